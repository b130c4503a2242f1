#include "os/account.h"

#include <errno.h>

namespace os {

core::Verbosity Account::orphan_level() const {
    return options_.warn_on_reap ? core::Verbosity::warnings : core::Verbosity::details;
}

bool Account::wants_names(bool of_leftovers) const {
    return log_.shows(orphan_level()) || (wants_usage() && of_leftovers);
}

void Account::sending(const core::Action& action) {
    log_.write(core::Verbosity::details, {.event = "forwarding", .signal = action.signal});
}

void Account::sent(const core::Action& action, const sys::Result<void>& result) {
    if (result) {
        (action.forwards() ? forwarded_ : own_signals_).add(action.signal);
        if (action.forwards()) report_.forwarded.add(action.signal);
        return;
    }
    // ESRCH is no news: the target has just ended. Not even EPERM (a setuid main child) may end cppinit.
    if (result.error().number == ESRCH) return;
    log_.write(core::Verbosity::warnings,
               {.event = "cannot forward", .signal = action.signal, .error = result.error().number});
}

void Account::main_child_changed(pid_t pid, const ProcessName& name, const core::WaitStatus& status,
                                 const core::Usage& usage) {
    const char* const unless_exited = status.ended() ? "program killed" : "program stopped";
    log_change(core::Verbosity::information, "program exited", unless_exited, pid, name, status);
    if (status.ended()) main_child_ended(status, usage);
}

void Account::main_child_ended(const core::WaitStatus& status, const core::Usage& usage) {
    report_.main_child_ended(status, usage);
    ending_.main_child = status;
    if (status.kind == core::WaitStatus::Kind::killed) ending_.killer = killer_by(status.number);
    if (ending_.killer != core::Killer::out_of_memory) return;
    log_.write(core::Verbosity::warnings, {.event = "the kernel killed the program because memory ran out: raise "
                                                    "the memory limit, or let the program use less memory"});
}

core::Killer Account::killer_by(int signal) const {
    if (forwarded_.contains(signal)) return core::Killer::forwarding;
    if (own_signals_.contains(signal)) return core::Killer::deadline;
    if (signal != SIGKILL) return core::Killer::other;
    return oom_kills_.during_run().value_or(0) > 0 ? core::Killer::out_of_memory : core::Killer::other;
}

void Account::orphan_ended(pid_t pid, const ProcessName& name, const core::WaitStatus& status, const core::Usage& usage,
                           bool is_leftover) {
    report_.orphan_ended(name.text().value_or(""), status, usage, is_leftover);
    log_change(orphan_level(), "orphan exited", "orphan killed", pid, name, status);
}

void Account::log_change(core::Verbosity level, const char* if_exited, const char* unless_exited, pid_t pid,
                         const ProcessName& name, const core::WaitStatus& status) {
    const bool exited = status.kind == core::WaitStatus::Kind::exited;
    log_.write(level, {.event = exited ? if_exited : unless_exited,
                       .name = name.text(),
                       .pid = pid,
                       .exit_code = exited ? std::optional(status.number) : std::nullopt,
                       .signal = exited ? std::nullopt : std::optional(status.number)});
}

void Account::limit_reached() {
    core::Line limit;
    limit.add("--timeout ");
    core::write_duration(options_.policy.timeout, limit);
    log_.write(core::Verbosity::warnings,
               {.event = "time limit reached, stopping", .name = *options_.program, .reason = limit.c_string()});
}

void Account::left_behind(pid_t pid) {
    log_.write(core::Verbosity::warnings,
               {.event = "left behind, cannot be killed", .name = ProcessName(pid).text(), .pid = pid});
}

void Account::exiting(const core::State& state) {
    if (!log_.shows(core::Verbosity::information)) return;
    ending_.exit_code = state.exit_code;
    ending_.is_pause = options_.policy.pause;
    ending_.timed_out = state.timed_out;
    core::Line reason;
    core::write_exit_reason(ending_, reason);
    log_.write(core::Verbosity::information,
               {.event = "exiting", .exit_code = state.exit_code, .reason = reason.c_string()});
}

}  // namespace os
