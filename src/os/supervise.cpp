#include "os/supervise.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/exit_reason.h"
#include "core/lifecycle.h"
#include "os/clock.h"
#include "os/descendants.h"
#include "os/job.h"
#include "os/procfs.h"

namespace os {
namespace {

// An endless storm of orphans must not keep cppinit from looking at signals: it reaps at most this many in between.
constexpr int max_batch = 64;
// After an error of wait4 that does not mean "no child", cppinit tries again this soon, even without a SIGCHLD.
constexpr long retry_interval_ms = 100;

class Supervisor {
  public:
    Supervisor(const core::Options& options, pid_t own_pid, std::optional<pid_t> main_child, Parent& parent,
               Terminal& terminal, const OomKills& oom_kills, Log& log, core::Report& report)
        : options_(options),
          policy_(options.policy),
          own_pid_(own_pid),
          main_child_(main_child),
          parent_(parent),
          job_(own_pid, main_child, terminal),
          oom_kills_(oom_kills),
          log_(log),
          report_(report),
          descendants_(own_pid, main_child),
          state_(core::first_state(policy_, policy_.timeout == core::never ? 0 : clock_.now())) {}

    Outcome run(Inbox& inbox) {
        // Children may have ended before, an unknown one inherited across exec among them, and their SIGCHLD with them:
        // the first look does not wait for a signal.
        (void)reap();
        while (state_.phase != core::Phase::done) {
            const auto arrived = inbox.next(time_to_wait(), clock_);
            const bool is_for_program = arrived && arrived->si_signo != SIGCHLD;
            if (is_for_program) take(*arrived);
            if (arrived && !is_for_program) parent_.look();
            // Without a signal, too: where signals cannot be fetched, a SIGCHLD may be waiting. And before the time is
            // looked at: a program that has ended in time has not hit its limit, however late cppinit wakes up.
            const bool has_reaped = (!is_for_program || reap_in_ms_) && reap();
            descendants_.proceed();
            if (core::deadline(state_) != core::never) {
                const bool has_progressed = has_reaped || is_in_first_round_of_kills();
                step({.kind = core::Event::Kind::time_passed, .has_progressed = has_progressed});
            }
        }
        // With --leftovers=leave, what was forwarded may not have reached everybody yet.
        if (policy_.leftovers == core::Leftovers::leave) finish_sending();
        job_.take_foreground();
        // A neighbour that was refused the terminal just now would have nobody to answer it.
        take_pending(core::SignalSet::of({SIGTTIN, SIGTTOU}));
        log_exit();
        return {state_.exit_code, state_.dies_of, state_.timed_out};
    }

  private:
    /// None: for as long as it takes.
    [[nodiscard]] std::optional<long> time_to_wait() {
        if (reap_in_ms_ == 0 || descendants_.has_more_to_send()) return 0;
        const core::Milliseconds deadline = core::deadline(state_);
        if (deadline == core::never) return reap_in_ms_;
        // A long has 32 bits on some machines; waking up early does no harm.
        const core::Milliseconds max_wait = reap_in_ms_.value_or(1'000'000'000);
        return static_cast<long>(std::clamp(deadline - clock_.now(), core::Milliseconds{0}, max_wait));
    }

    /// A KILL for each of thousands takes time. Only the first round counts: what cannot be killed gets KILL again and
    /// again, and must not keep cppinit.
    [[nodiscard]] bool is_in_first_round_of_kills() {
        if (state_.phase != core::Phase::killing) return false;
        if (!descendants_.has_more_to_send()) has_sent_kill_ = true;
        return !has_sent_kill_;
    }

    // ---- what happened ----

    void take(const siginfo_t& arrived) {
        report_.received.add(arrived.si_signo);
        const bool is_of_terminal = job_.is_of_terminal(arrived);
        if (job_.answers(arrived.si_signo, is_of_terminal)) return;
        step({.kind = core::Event::Kind::signal_arrived, .number = arrived.si_signo, .is_of_terminal = is_of_terminal},
             &arrived);
    }

    void take_pending(core::SignalSet signals) {
        while (const auto arrived = sys::sigtimedwait(signals, 0)) take(*arrived);
    }

    /// One SIGCHLD may stand for many ends: pending ones merge (signal(7)). Returns whether a child had ended or
    /// stopped.
    [[nodiscard]] bool reap() {
        reap_in_ms_.reset();
        int reaped = 0;
        while (state_.phase != core::Phase::done) {
            if (reaped == max_batch) {
                reap_in_ms_ = 0;
                break;
            }
            // Only a child that was not reaped yet has a name. One that was stopped is found only by the second call.
            const pid_t ended = needs_names() ? sys::ended_child() : 0;
            const ProcessName name(ended);
            core::Usage usage;
            const auto waited = wait(ended != 0 ? ended : -1, is_reporting() ? &usage : nullptr);
            if (!waited) {
                wait_failed(waited.error());
                break;
            }
            if (waited->pid == 0) {
                step({core::Event::Kind::children_remain});
                break;
            }
            changed(*waited, name, usage);
            ++reaped;
        }
        return reaped > 0;
    }

    [[nodiscard]] bool is_reporting() const { return options_.report != nullptr; }
    [[nodiscard]] core::Verbosity orphan_level() const {
        return options_.warn_on_reap ? core::Verbosity::warnings : core::Verbosity::details;
    }
    [[nodiscard]] bool needs_names() const {
        return log_.shows(orphan_level()) || (is_reporting() && state_.asked_to_end);
    }

    /// If wait4 fails, waitid is asked too, because a filter may refuse one of them: a wrong "no child" (ECHILD) would
    /// end cppinit and the container with it, and any other error would leave the dead unreaped. If both fail, and one
    /// of them with ECHILD, that is the answer.
    [[nodiscard]] static sys::Result<sys::Waited> wait(pid_t which, core::Usage* usage) {
        constexpr int options = WNOHANG | WUNTRACED;
        const auto by_wait4 = sys::wait4(which, options, usage);
        if (by_wait4) return by_wait4;
        const auto by_waitid = sys::waitid(which, options);
        return by_waitid || by_wait4.error().number != ECHILD ? by_waitid : by_wait4;
    }

    /// An error other than ECHILD does not say whether children remain: cppinit tries again, but not at once, because a
    /// filter may refuse the call for ever.
    void wait_failed(const sys::Error& error) {
        if (error.number == ECHILD) return step({core::Event::Kind::no_children});
        reap_in_ms_ = retry_interval_ms;
    }

    void changed(const sys::Waited& child, std::string_view name, const core::Usage& usage) {
        const auto status = core::WaitStatus::decode(child.status);
        if (child.pid != main_child_) {
            if (status.ended()) orphan_ended(child.pid, name, status, usage);
            return;
        }
        if (status.ended()) report_.main_child_ended(status, usage);
        const char* const unless_exited = status.ended() ? "program killed" : "program stopped";
        log_change(core::Verbosity::information, "program exited", unless_exited, child.pid, name, status);
        if (status.ended()) learn_why(status);
        const auto signal = core::terminal_signal_in(status);
        step({.kind = core::Event::Kind::main_child_changed,
              .status = status,
              .is_of_terminal = signal && job_.was_sent_to_main_child(*signal)});
    }

    void learn_why(const core::WaitStatus& status) {
        ending_.main_child = status;
        if (status.kind == core::WaitStatus::Kind::killed) ending_.killer = killer_by(status.number);
        if (ending_.killer != core::Killer::out_of_memory) return;
        log_.write(core::Verbosity::warnings, {.event = "the kernel killed the program because memory ran out: raise "
                                                        "the memory limit, or let the program use less memory"});
    }

    [[nodiscard]] core::Killer killer_by(int signal) const {
        if (report_.forwarded.of(signal) != 0) return core::Killer::forwarding;
        if (own_signals_.contains(signal)) return core::Killer::deadline;
        if (signal != SIGKILL) return core::Killer::other;
        return oom_kills_.during_run().value_or(0) > 0 ? core::Killer::out_of_memory : core::Killer::other;
    }

    void log_exit() {
        if (!log_.shows(core::Verbosity::information)) return;
        ending_.exit_code = state_.exit_code;
        ending_.is_pause = policy_.pause;
        ending_.timed_out = state_.timed_out;
        core::Line reason;
        core::write_exit_reason(ending_, reason);
        log_.write(core::Verbosity::information,
                   {.event = "exiting", .exit_code = state_.exit_code, .reason = reason.c_string()});
    }

    void orphan_ended(pid_t pid, std::string_view name, const core::WaitStatus& status, const core::Usage& usage) {
        report_.orphan_ended(name, status, usage, state_.asked_to_end);
        log_change(orphan_level(), "orphan exited", "orphan killed", pid, name, status);
    }

    /// /proc may hide a process, and its name with it (hidepid).
    [[nodiscard]] static std::optional<std::string_view> if_known(std::string_view name) {
        return name.empty() ? std::nullopt : std::optional(name);
    }

    void log_change(core::Verbosity level, const char* if_exited, const char* unless_exited, pid_t pid,
                    std::string_view name, const core::WaitStatus& status) {
        const bool exited = status.kind == core::WaitStatus::Kind::exited;
        log_.write(level, {.event = exited ? if_exited : unless_exited,
                           .name = if_known(name),
                           .pid = pid,
                           .exit_code = exited ? std::optional(status.number) : std::nullopt,
                           .signal = exited ? std::nullopt : std::optional(status.number)});
    }

    // ---- what is to be done ----

    /// `arrived` is the signal that the event is about, with the value that it was sent with.
    void step(const core::Event& happened, const siginfo_t* arrived = nullptr) {
        core::Event event = happened;
        if (core::is_timed(policy_, state_, event)) event.now = clock_.now();
        const core::Step next = core::step(policy_, state_, event);
        state_ = next.state;
        for (const core::Action& action : next.actions) perform(action, arrived);
    }

    void perform(const core::Action& action, const siginfo_t* arrived) {
        using Kind = core::Action::Kind;
        switch (action.kind) {
            case Kind::send: return send(action, arrived);
            case Kind::terminate: return descendants_.terminate(state_.reached);
            case Kind::reap_again: reap_in_ms_ = 0; return;
            case Kind::look_for_guests: return look_for_guests();
            case Kind::lend_foreground: return job_.lend_foreground();
            case Kind::take_foreground: return job_.take_foreground();
            case Kind::take_free_foreground: return job_.take_free_foreground();
            case Kind::tell_own_group: return job_.tell_own_group(action.signal);
            case Kind::answer_stop: return answer_stop(action);
            case Kind::report_limit: return report_limit();
            case Kind::report_remaining: return report_remaining();
        }
    }

    void look_for_guests() {
        const bool guests_remain = descendants_.others_live();
        step({guests_remain ? core::Event::Kind::guests_remain : core::Event::Kind::nobody_remains});
    }

    void finish_sending() {
        while (descendants_.has_more_to_send()) descendants_.proceed();
    }

    void answer_stop(const core::Action& action) {
        // What was forwarded to everybody must not wait until cppinit is continued.
        if (action.may_suspend) finish_sending();
        const Job::Outcome outcome = job_.answer_stop(action.signal, action.may_suspend);
        if (outcome == Job::Outcome::stays_stopped) return;
        if (outcome == Job::Outcome::resumed) {
            report_.received.add(SIGCONT);
            // A shell's `kill` of a stopped job sends TERM, then CONT. Continued first, a main child that wants the
            // terminal would be stopped again before the TERM is there to end it.
            take_pending(core::SignalSet::of({SIGTERM, SIGHUP, SIGINT, SIGQUIT}));
            finish_sending();
        }
        step({core::Event::Kind::continued});
    }

    void report_limit() {
        core::Line limit;
        limit.add("--timeout ");
        core::write_duration(policy_.timeout, limit);
        log_.write(core::Verbosity::warnings,
                   {.event = "time limit reached, stopping", .name = *options_.program, .reason = limit.c_string()});
    }

    void report_remaining() {
        while (const auto pid = descendants_.next_remaining()) {
            log_.write(core::Verbosity::warnings,
                       {.event = "left behind, cannot be killed", .name = if_known(ProcessName(*pid)), .pid = pid});
        }
    }

    void send(const core::Action& action, const siginfo_t* arrived) {
        log_.write(core::Verbosity::details, {.event = "forwarding", .signal = action.signal});
        const bool has_value =
            action.origin == core::Action::Origin::event && arrived != nullptr && arrived->si_code == SI_QUEUE;
        const auto sent = send_to_target(action, has_value ? arrived : nullptr);
        if (sent && !action.forwards()) own_signals_.add(action.signal);
        if (sent && action.forwards()) report_.forwarded.add(action.signal);
        // Not even EPERM (a setuid main child) may end cppinit. ESRCH is no news: the target has just ended.
        if (!sent && sent.error().number != ESRCH) {
            log_.write(core::Verbosity::warnings,
                       {.event = "cannot forward", .signal = action.signal, .error = sent.error().number});
        }
        if (action.then_continue) continue_stopped(action.target);
    }

    /// A signal that asks a program to end stays pending while the program is suspended. CONT follows the signal, so
    /// that its handler runs before anything else.
    void continue_stopped(core::Target target) {
        switch (target) {
            case core::Target::main_child: return continue_main_child();
            case core::Target::group:
                // It can have left the group that it led (setpgid(2)).
                continue_main_child();
                return descendants_.continue_stopped_group();
            case core::Target::group_leftovers: return descendants_.continue_stopped_group();
            case core::Target::everything: return descendants_.continue_stopped();
        }
    }

    /// The lifecycle sends to the main child only if there is one.
    [[nodiscard]] pid_t main_child() const {
        return *main_child_;  // NOLINT(bugprone-unchecked-optional-access)
    }

    /// Without /proc of this PID namespace nobody can tell whether it is stopped.
    void continue_main_child() const {
        const auto process = read_stat_of_child(main_child(), own_pid_);
        if (!process || process->state == 'T') (void)sys::kill(main_child(), SIGCONT);
    }

    /// The main child's pid cannot belong to another process here: the lifecycle sends to it only until it is reaped.
    sys::Result<void> send_to_target(const core::Action& action, const siginfo_t* with_value) {
        switch (action.target) {
            case core::Target::main_child: return send_to_main_child(action.signal, with_value);
            case core::Target::group: return send_to_group(action.signal, action.then_continue);
            case core::Target::everything: descendants_.send_to_all(action.signal); break;
            case core::Target::group_leftovers: descendants_.send_to_group_leftovers(action.signal); break;
        }
        return {};
    }

    /// The main child can have left the group that it led (setpgid(2)), and gets the signal all the same. If it left
    /// others behind there, no error says so, and asking costs a system call, which only a request to end is worth.
    [[nodiscard]] sys::Result<void> send_to_group(int signal, bool is_request_to_end) const {
        const auto sent = sys::kill(-main_child(), signal);
        const bool is_empty = !sent && sent.error().number == ESRCH;
        const auto group = is_request_to_end && !is_empty ? sys::getpgid(main_child()) : main_child();
        const bool has_left = is_empty || (group && *group != main_child());
        return has_left ? sys::kill(main_child(), signal) : sent;
    }

    [[nodiscard]] sys::Result<void> send_to_main_child(int signal, const siginfo_t* with_value) const {
        if (with_value == nullptr) return sys::kill(main_child(), signal);
        siginfo_t info = *with_value;
        info.si_signo = signal;
        return sys::sigqueueinfo(main_child(), info);
    }

    const core::Options& options_;
    const core::Policy& policy_;
    const pid_t own_pid_;
    const std::optional<pid_t> main_child_;
    Parent& parent_;
    Job job_;
    const OomKills& oom_kills_;
    Log& log_;
    core::Report& report_;
    Descendants descendants_;
    Clock clock_;
    core::State state_;
    /// What cppinit has sent because a deadline had come.
    core::SignalSet own_signals_;
    core::Ending ending_;
    /// When to reap again even if no SIGCHLD arrives; none if there is no need.
    std::optional<long> reap_in_ms_;
    /// KILL was sent to everything once.
    bool has_sent_kill_ = false;
};

}  // namespace

Outcome supervise(Inbox& inbox, const core::Options& options, pid_t own_pid, std::optional<pid_t> main_child,
                  Parent& parent, Terminal& terminal, const OomKills& oom_kills, Log& log, core::Report& report) {
    return Supervisor(options, own_pid, main_child, parent, terminal, oom_kills, log, report).run(inbox);
}

}  // namespace os
