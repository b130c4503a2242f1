#pragma once

#include <cstdint>

#include "core/signals.h"

/// What cppinit does as a job of a shell, as pure functions of what is known about the terminal. The table in
/// docs/DESIGN.md has the same rows.
namespace core {

/// Which process group has the foreground of cppinit's controlling terminal.
enum class Foreground : std::uint8_t {
    /// There is no controlling terminal, or it has hung up.
    no_terminal,
    /// There may be one, but cppinit cannot reach it.
    unreachable,
    /// cppinit's own.
    ours,
    /// The main child's, which got it from cppinit.
    main_childs,
    /// Nobody's: cppinit gave it to the main child, and a group has died with it, a neighbour's program's for example.
    dead_groups,
    /// That of a program that runs under a cppinit in cppinit's own group. Without the two, this program and the main
    /// child would be in one group and take turns.
    neighbours,
    /// Another group's, or one that is not known.
    somebody_elses,
};

/// Whether the main child can be given the foreground, without taking it from anybody but those with whom it would
/// share it if there were no cppinit.
constexpr bool can_be_lent(Foreground foreground) {
    return foreground == Foreground::ours || foreground == Foreground::neighbours ||
           foreground == Foreground::dead_groups;
}

/// Whether the main child has the foreground, or had it last.
constexpr bool is_main_childs(Foreground foreground) {
    return foreground == Foreground::main_childs || foreground == Foreground::dead_groups;
}

/// The terminal stops a process that reads from it, or changes it, in the background (tty_ioctl(4), termios(3)).
constexpr bool wants_terminal(int stop_signal) {
    return stop_signal == SIGTTIN || stop_signal == SIGTTOU;
}

/// The terminal sends TTIN and TTOU to the whole group of the process that wanted to use it. cppinit itself never asks
/// for the terminal: if it receives one, a neighbour in its group does, a pager in the same pipeline for example.
constexpr bool neighbour_wants_terminal(int signal, bool is_of_terminal) {
    return is_of_terminal && wants_terminal(signal);
}

/// Whether cppinit answers the neighbour, by giving the foreground to its own group and continuing it, rather than
/// forwards the signal.
constexpr bool can_be_given_to_neighbour(Foreground foreground) {
    return can_be_lent(foreground) || foreground == Foreground::main_childs;
}

/// A main child that was stopped, and what is known at that moment.
struct StoppedMainChild {
    int signal;
    Foreground foreground;
    /// It has made cppinit its tracer (ptrace(2), PTRACE_TRACEME): each signal stops it, and none of these stops is a
    /// job's. What another tracer sees, cppinit does not.
    bool is_traced_by_cppinit = false;
    /// The lifecycle allows cppinit to sleep: see Action::may_suspend.
    bool may_suspend = true;
    bool cppinit_leads_group = true;
    bool cppinit_leads_session = false;
    /// The terminal has sent the same signal to cppinit's whole group.
    bool group_has_received = false;
};

enum class StopAnswer : std::uint8_t {
    /// It stays stopped, and cppinit goes on.
    none,
    /// It was refused a terminal that has hung up since. It is continued: its read(2) returns the end of the file.
    continue_it,
    /// It was refused the terminal while cppinit's group had it, or a neighbour's program: lend it the foreground, and
    /// continue it. A shell's `fg` of a job that was running gives the foreground to cppinit's group and sends no
    /// signal.
    lend_and_continue,
    /// cppinit stops as well, so that the shell sees the job stopped.
    suspend_cppinit,
    /// The same for cppinit's whole group, to which the terminal would have sent the signal without cppinit: the job
    /// can be a script or a pipeline.
    suspend_group,
};

[[nodiscard]] constexpr StopAnswer answer_to_stop(const StoppedMainChild& stopped) {
    const bool is_job_stop = stopped.signal == SIGTSTP || stopped.signal == SIGSTOP || wants_terminal(stopped.signal);
    if (stopped.is_traced_by_cppinit || !is_job_stop) return StopAnswer::none;
    if (wants_terminal(stopped.signal)) {
        if (stopped.foreground == Foreground::no_terminal) return StopAnswer::continue_it;
        if (can_be_lent(stopped.foreground)) return StopAnswer::lend_and_continue;
    }
    // Without a terminal nobody looks at a job.
    const bool is_job = stopped.foreground != Foreground::no_terminal && stopped.foreground != Foreground::unreachable;
    if (!stopped.may_suspend || !is_job) return StopAnswer::none;
    if (stopped.signal == SIGSTOP) {
        // Somebody sent it to the main child alone. It is the shell's business only if cppinit is the whole job, and
        // no shell is above the leader of a session.
        const bool is_whole_job = stopped.cppinit_leads_group && !stopped.cppinit_leads_session;
        return is_whole_job ? StopAnswer::suspend_cppinit : StopAnswer::none;
    }
    return stopped.group_has_received ? StopAnswer::suspend_cppinit : StopAnswer::suspend_group;
}

/// Whether the main child goes on although the kernel did not suspend cppinit: it lets no terminal stop a group that
/// nobody could continue (setpgid(2), orphaned process group). A Ctrl-Z then has no effect, as it has none on cppinit.
/// A main child that was refused the terminal stays stopped: it would only be refused again.
constexpr bool goes_on_unsuspended(int signal) {
    return signal == SIGTSTP;
}

}  // namespace core
