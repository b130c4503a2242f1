#include "os/job.h"

#include <errno.h>

#include <utility>

#include "os/procfs.h"
#include "os/self.h"

namespace os {

core::Foreground Job::foreground() const {
    return terminal_.foreground(main_child_);
}

/// cppinit belongs to its group, but is not to forward what it sends itself.
void Job::tell_own_group(int signal) {
    (void)sys::kill(0, signal);
    (void)sys::sigtimedwait(core::SignalSet::only(signal), 0);
}

bool Job::answers(const siginfo_t& arrived) {
    const int signal = arrived.si_signo;
    const bool is_of_terminal = os::is_of_terminal(arrived);
    group_has_received_ = is_of_terminal ? std::optional(signal) : std::nullopt;
    // Asking for the foreground costs system calls, which only these two signals are worth.
    if (!is_of_terminal || !core::wants_terminal(signal)) return false;
    if (!core::neighbour_wants_terminal(signal, is_of_terminal, foreground())) return false;
    (void)terminal_.reclaim_from(main_child_);
    tell_own_group(SIGCONT);
    return true;
}

Job::Outcome Job::answer_stop(int signal, bool may_suspend) {
    if (!main_child_) return Outcome::stays_stopped;
    const auto process = read_stat_of_child(*main_child_, own_pid_);
    const core::StopAnswer answer =
        core::answer_to_stop({.signal = signal,
                              .foreground = foreground(),
                              .is_traced = process && process->state == 't',
                              .may_suspend = may_suspend,
                              .cppinit_leads_group = sys::getpgrp() == own_pid_,
                              .cppinit_leads_session = sys::getsid() == own_pid_,
                              .group_has_received = std::exchange(group_has_received_, std::nullopt) == signal});
    constexpr pid_t own_group = 0;
    bool was_suspended = false;
    switch (answer) {
        case core::StopAnswer::none: return Outcome::stays_stopped;
        case core::StopAnswer::lend_and_continue:
            return terminal_.lend_to(*main_child_) ? Outcome::goes_on : Outcome::stays_stopped;
        case core::StopAnswer::suspend_cppinit: was_suspended = suspend(signal, own_pid_); break;
        case core::StopAnswer::suspend_group: was_suspended = suspend(signal, own_group); break;
    }
    if (was_suspended) return Outcome::resumed;
    return core::goes_on(signal, was_suspended) ? Outcome::goes_on : Outcome::stays_stopped;
}

bool Job::suspend(int signal, pid_t target) {
    take_foreground(0);
    (void)sys::kill(target, signal);
    return be_stopped_by(signal);
}

bool Job::main_child_is_in_front() const {
    return foreground() == core::Foreground::main_childs;
}

void Job::lend_foreground() {
    if (main_child_) terminal_.lend_again_to(*main_child_);
}

void Job::take_foreground(int signal) {
    const bool was_main_childs = terminal_.reclaim_from(main_child_);
    if (was_main_childs && signal != 0) tell_own_group(signal);
}

void Job::take_free_foreground() {
    if (!main_child_) return;
    const auto is_alive = sys::kill(-*main_child_, 0);
    if (!is_alive && is_alive.error().number == ESRCH) take_foreground(0);
}

}  // namespace os
