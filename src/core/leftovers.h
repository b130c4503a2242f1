#pragma once

#include <optional>

#include "core/duration.h"
#include "core/policy.h"
#include "core/proc_stat.h"

/// Which signals a leftover gets at shutdown, and when: TERM unless a forwarded stop signal has reached it, and HUP if
/// it may be an interactive shell.
namespace core {

/// What a forwarded stop signal has reached.
struct StopReach {
    int signal;
    Target target;
    /// When it was forwarded: a process that was started later was not reached.
    Milliseconds at;

    bool operator==(const StopReach&) const = default;
};

/// The forwarded stop signals that count, so that a leftover that received one is not sent TERM again.
struct Reached {
    std::optional<StopReach> term;
    /// Another stop signal. It does not count for a process that ignores it: a shell without job control lets its
    /// background jobs ignore INT and QUIT.
    std::optional<StopReach> other;

    bool operator==(const Reached&) const = default;
};

/// Whether a forwarded stop signal has reached the process. The times in `reached` are of CLOCK_BOOTTIME here. A
/// process that was started in the same hundredth of a second as the signal counts as reached: most often the program
/// has started it in order to clean up. TERM also counts for a process that ignores it: a second one would change
/// nothing. Another signal does not count if the process ignores it, or if it is not known what the process ignores.
[[nodiscard]] bool was_reached(const Reached& reached, std::optional<int> main_group, const ProcStat& process,
                               const std::optional<SignalSets>& signals);

/// Whether a leftover that leads a session with a controlling terminal gets HUP after its TERM: an interactive shell
/// ignores TERM, and ends when its terminal is closed. A program that handles TERM and would die of HUP is left to
/// finish its clean-up.
[[nodiscard]] bool is_hung_up(const ProcStat& process, const std::optional<SignalSets>& signals);

/// Whether a guest is only just entering, at `now` of CLOCK_BOOTTIME. It is left alone until the next look: runc's part
/// in the container dies of a TERM that comes before it has executed the guest's program, and `docker exec` fails; and
/// the program needs a moment to set its handlers.
[[nodiscard]] bool is_entering(const ProcStat& process, Milliseconds now);

}  // namespace core
