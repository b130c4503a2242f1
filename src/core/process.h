#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/duration.h"
#include "core/leftovers.h"
#include "core/signals.h"
#include "core/text.h"

namespace core {

/// What /proc/PID/stat says of a process (proc(5)).
struct Process {
    int pid = 0;
    int parent = 0;
    int group = 0;
    /// The letter that ps(1) shows too; Z is a zombie.
    char state = '?';
    /// A process whose first thread has ended while others live shows as a zombie, and is none.
    int threads = 0;
    /// Of the signals 1 to 31 alone: the kernel tells no others there.
    SignalSet ignored;
    /// When it was started, of CLOCK_BOOTTIME, cut to hundredths of a second.
    Milliseconds started_at = 0;
};

/// Reads a line of /proc/PID/stat. A program's name may hold anything, brackets and line ends too.
[[nodiscard]] std::optional<Process> parse_process(std::string_view line);

/// The program's name in such a line.
[[nodiscard]] std::string_view name_in(std::string_view line);

/// The largest whole unit: "59s", "3m", "23h", "400d".
void write_age(Milliseconds age, TextWriter& out);

/// The words of /proc/PID/cmdline on one line; "[name]" where there are none: a zombie or a thread of the kernel.
void write_command(std::string_view cmdline, std::string_view name, TextWriter& out);

/// Whom of the processes under cppinit a signal is for.
struct Selection {
    int signal;
    /// Members of this group alone; 0: all.
    int group = 0;
    /// CONT follows, so that one that is stopped can end.
    bool then_continue = false;
    /// Who was reached by an earlier stop signal is spared this one. `at` is of CLOCK_BOOTTIME here.
    std::optional<StopReach> reached;
    int main_group = 0;
};

/// Whether the process is selected at all: it is of the group. Whether it lives cannot be told from its state: that is
/// its first thread's, which may have ended before the others (pthread_exit(3)), and a zombie takes no harm from a
/// signal.
[[nodiscard]] bool is_selected(const Selection& selection, const Process& process);

/// Whether a stop signal has already reached the process through forwarding. One that ignores the signal was not
/// reached by it: a shell without job control lets its background jobs ignore INT and QUIT. One that was started in the
/// same hundredth of a second counts as reached: it is most often what the program starts to clean up with.
[[nodiscard]] bool was_reached(const Selection& selection, const Process& process);

}  // namespace core
