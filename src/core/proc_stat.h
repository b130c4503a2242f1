#pragma once

#include <optional>
#include <string_view>

#include "core/duration.h"
#include "core/signals.h"

/// What /proc says about a process (proc(5)).
namespace core {

/// /proc/PID/stat.
struct ProcStat {
    int pid = 0;
    int parent = 0;
    int group = 0;
    int session = 0;
    /// It has a controlling terminal.
    bool has_terminal = false;
    /// The letter that ps(1) shows too; '?' where /proc does not show the process.
    char state = '?';
    int threads = 0;
    /// A thread of the kernel itself. Only the kernel's own init has some in its PID namespace.
    bool is_kernel_thread = false;
    /// It has executed a program since it was forked.
    bool has_executed = true;
    /// CLOCK_BOOTTIME, rounded down to hundredths of a second.
    Milliseconds started_at = 0;

    /// A process whose first thread has ended while others live is shown as a zombie, but is not dead.
    [[nodiscard]] constexpr bool is_dead() const { return (state == 'Z' || state == 'X') && threads <= 1; }
    /// Neither dead nor a thread of the kernel: a signal can end it.
    [[nodiscard]] constexpr bool can_be_ended() const { return !is_dead() && !is_kernel_thread; }
    /// The parent of a guest is outside of the PID namespace, and has no number in it (pid_namespaces(7)).
    [[nodiscard]] constexpr bool is_guest() const { return parent == 0; }
    [[nodiscard]] constexpr bool is_stopped() const { return state == 'T'; }
    [[nodiscard]] constexpr bool leads_session_with_terminal() const { return session == pid && has_terminal; }
};

/// The unit in which /proc gives the start of a process: USER_HZ is 100 on every architecture that cppinit is built
/// for, whatever the frequency of the kernel's own clock.
inline constexpr Milliseconds start_precision_ms = 10;

/// Reads a line of /proc/PID/stat. A program's name may hold anything, brackets and line ends too.
[[nodiscard]] std::optional<ProcStat> parse_stat(std::string_view line);

/// The program's name in such a line.
[[nodiscard]] std::string_view name_in(std::string_view line);

/// How a process treats signals (/proc/PID/status).
struct SignalSets {
    /// Of its first thread.
    SignalSet blocked;
    SignalSet ignored;
    SignalSet caught;
};

/// None where the text does not say so: gVisor has no such lines.
[[nodiscard]] std::optional<SignalSets> parse_signal_sets(std::string_view status);

/// The process that traces this one (ptrace(2)); 0 if none does. None where the text does not say so.
[[nodiscard]] std::optional<int> parse_tracer(std::string_view status);

/// Whether the status is that of the process with this number in the PID namespace that /proc shows, and of no process
/// in a namespace below it: a /proc that was mounted for another namespace can happen to show the caller under the same
/// number.
[[nodiscard]] bool is_status_in_own_namespace(std::string_view status, int pid);

}  // namespace core
