#include "os/job.h"

#include <utility>

#include "os/neighbour.h"
#include "os/procfs.h"
#include "os/self.h"

namespace os {

core::Foreground Job::foreground() const {
    return terminal_.foreground(main_child_);
}

bool Job::is_of_terminal(const siginfo_t& arrived) const {
    if (arrived.si_code == SI_KERNEL) return true;
    // A sender in another PID namespace has no number here.
    if (own_pid_ == 1 || arrived.si_code != SI_USER || arrived.si_pid == 0) return false;
    // Asking who has sent it costs system calls, which only these signals are worth.
    constexpr auto passed_on = core::SignalSet::of({SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU});
    return passed_on.contains(arrived.si_signo) && is_neighbour(arrived.si_pid);
}

bool Job::answers(int signal, bool is_of_terminal) {
    group_has_received_ = is_of_terminal ? std::optional(signal) : std::nullopt;
    // Asking for the foreground costs system calls.
    if (!core::neighbour_wants_terminal(signal, is_of_terminal)) return false;
    if (!core::can_be_given_to_neighbour(foreground())) return false;
    take_foreground();
    tell_own_group(SIGCONT);
    return true;
}

Job::Outcome Job::answer_stop(int signal, bool may_suspend) {
    const bool group_has_received = std::exchange(group_has_received_, std::nullopt) == signal;
    // Between the look at the foreground and the call that moves it, a neighbour can take it or give it back: then
    // cppinit looks again, and the answer may be another one.
    constexpr int max_looks = 10;
    for (int looks = 0; looks < max_looks; ++looks) {
        if (const auto outcome = answer_stop_now(signal, may_suspend, group_has_received)) return *outcome;
    }
    return Outcome::stays_stopped;
}

std::optional<Job::Outcome> Job::answer_stop_now(int signal, bool may_suspend, bool group_has_received) {
    if (!main_child_) return Outcome::stays_stopped;
    const core::StopAnswer answer =
        core::answer_to_stop({.signal = signal,
                              .foreground = foreground(),
                              .is_traced_by_cppinit = tracer_of_child(*main_child_, own_pid_) == own_pid_,
                              .may_suspend = may_suspend,
                              .cppinit_leads_group = sys::getpgrp() == own_pid_,
                              .cppinit_leads_session = sys::getsid() == own_pid_,
                              .group_has_received = group_has_received});
    constexpr pid_t own_group = 0;
    bool was_suspended = false;
    switch (answer) {
        case core::StopAnswer::none: return Outcome::stays_stopped;
        case core::StopAnswer::continue_it: return Outcome::goes_on;
        case core::StopAnswer::lend_and_continue:
            return terminal_.lend_to(*main_child_) ? std::optional(Outcome::goes_on) : std::nullopt;
        case core::StopAnswer::suspend_cppinit: was_suspended = suspend(signal, own_pid_); break;
        case core::StopAnswer::suspend_group: was_suspended = suspend(signal, own_group); break;
    }
    if (was_suspended) return Outcome::resumed;
    return core::goes_on_unsuspended(signal) ? Outcome::goes_on : Outcome::stays_stopped;
}

bool Job::suspend(int signal, pid_t target) {
    // A stop signal takes a CONT away that came before it (signal(7)). One that is here has come after the signal that
    // stopped the main child: the job was continued before cppinit came to its own part of the stop.
    if (sys::sigtimedwait(core::SignalSet::only(SIGCONT), 0)) return true;
    take_foreground();
    (void)sys::kill(target, signal);
    return be_stopped();
}

bool Job::was_sent_to_main_child(int signal) const {
    return signal == SIGHUP ? terminal_.is_lost() : core::is_main_childs(foreground());
}

void Job::lend_foreground() {
    if (main_child_) terminal_.lend_again_to(*main_child_);
}

void Job::take_foreground() {
    (void)terminal_.reclaim_from(main_child_);
}

bool Job::take_free_foreground() {
    if (!main_child_) return false;
    if (!is_empty_group(*main_child_)) return terminal_.is_lent_to(*main_child_);
    take_foreground();
    return false;
}

/// cppinit belongs to its group, but is not to forward what it sends itself.
void Job::tell_own_group(int signal) {
    (void)sys::kill(0, signal);
    (void)sys::sigtimedwait(core::SignalSet::only(signal), 0);
}

}  // namespace os
