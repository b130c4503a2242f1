#include "os/supervise.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/lifecycle.h"
#include "os/clock.h"
#include "os/descendants.h"
#include "os/job.h"
#include "os/main_child.h"
#include "os/procfs.h"

namespace os {
namespace {

// An endless storm of orphans must not keep cppinit from looking at signals: it reaps at most this many in between.
constexpr int max_batch = 64;
// After an error of wait4 that does not mean "no child", cppinit tries again this soon, even without a SIGCHLD.
constexpr long retry_interval_ms = 100;

class Supervisor {
  public:
    Supervisor(const core::Policy& policy, pid_t own_pid, std::optional<pid_t> main_child, Parent& parent,
               Terminal& terminal, Account& account)
        : policy_(policy),
          main_child_(own_pid, main_child),
          parent_(parent),
          job_(own_pid, main_child, terminal),
          account_(account),
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
            // The dead are reaped after the time is read, and before a deadline is acted on: a program that has ended
            // in time has not hit its limit, however late cppinit looks.
            const bool has_deadline = core::deadline(state_) != core::never;
            const core::Milliseconds now = has_deadline ? clock_.now() : 0;
            const bool is_due = has_deadline && now >= core::deadline(state_);
            // Without a signal, too: where signals cannot be fetched, a SIGCHLD may be waiting.
            const bool has_reaped = (!is_for_program || reap_in_ms_ || is_due) && reap();
            descendants_.proceed();
            if (has_deadline) {
                const bool has_progressed = has_reaped || is_in_first_round_of_kills();
                step({.kind = core::Event::Kind::time_passed, .now = now, .has_progressed = has_progressed});
            }
        }
        // With --leftovers=leave, what was forwarded may not have reached everybody yet.
        if (policy_.leftovers == core::Leftovers::leave) finish_sending();
        job_.take_foreground();
        // A neighbour that was refused the terminal just now would have nobody to answer it.
        take_pending(core::SignalSet::of({SIGTTIN, SIGTTOU}));
        account_.exiting(state_);
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
        account_.received(arrived.si_signo);
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
            ProcessName name;
            core::Usage usage;
            const auto waited = wait_for_next(name, account_.wants_usage() ? &usage : nullptr);
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

    /// The next child that has ended or stopped, and, if names are wanted, the name of one that has ended, which it has
    /// until cppinit has waited for it. Then the wait is for that one: of any, it could find one that ended since.
    [[nodiscard]] sys::Result<sys::Waited> wait_for_next(ProcessName& name, core::Usage* usage) {
        if (account_.wants_names(state_.asked_to_end)) {
            const auto ended = sys::find_ended(P_ALL, 0);
            if (ended && *ended != 0) {
                name = ProcessName(*ended);
                return wait(*ended, usage);
            }
            // One that ends from here on brings a SIGCHLD that is still to be taken.
            const auto stopped = ended ? sys::wait_for_stopped() : std::unexpected(ended.error());
            if (stopped) return stopped;
        }
        constexpr pid_t any_child = -1;
        return wait(any_child, usage);
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

    void changed(const sys::Waited& child, const ProcessName& name, const core::Usage& usage) {
        const auto status = core::WaitStatus::decode(child.status);
        if (!main_child_.is(child.pid)) {
            if (status.ended()) account_.orphan_ended(child.pid, name, status, usage, state_.asked_to_end);
            return;
        }
        account_.main_child_changed(child.pid, name, status, usage);
        const auto signal = core::terminal_signal_in(status);
        step({.kind = core::Event::Kind::main_child_changed,
              .status = status,
              .is_of_terminal = signal && job_.was_sent_to_main_child(*signal)});
    }

    // ---- what is to be done ----

    /// `arrived` is the signal that the event is about, with the value that it was sent with.
    void step(core::Event event, const siginfo_t* arrived = nullptr) {
        if (core::needs_clock(policy_, state_, event)) event.now = clock_.now();
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
            case Kind::take_free_foreground: return take_free_foreground();
            case Kind::tell_own_group: return job_.tell_own_group(action.signal);
            case Kind::answer_stop: return answer_stop(action);
            case Kind::report_limit: return account_.limit_reached();
            case Kind::report_remaining: return report_remaining();
        }
    }

    void look_for_guests() {
        const bool guests_remain = descendants_.others_live();
        step({guests_remain ? core::Event::Kind::guests_remain : core::Event::Kind::nobody_remains});
    }

    void take_free_foreground() {
        if (job_.take_free_foreground()) step({core::Event::Kind::foreground_is_kept});
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
            account_.received(SIGCONT);
            // A shell's `kill` of a stopped job sends TERM, then CONT. Continued first, a main child that wants the
            // terminal would be stopped again before the TERM is there to end it.
            take_pending(core::SignalSet::of({SIGTERM, SIGHUP, SIGINT, SIGQUIT}));
            finish_sending();
        }
        step({core::Event::Kind::continued});
    }

    void report_remaining() {
        while (const auto pid = descendants_.next_remaining()) account_.left_behind(*pid);
    }

    void send(const core::Action& action, const siginfo_t* arrived) {
        account_.sending(action);
        const bool has_value =
            action.origin == core::Action::Origin::event && arrived != nullptr && arrived->si_code == SI_QUEUE;
        account_.sent(action, send_to_target(action, has_value ? arrived : nullptr));
        if (action.then_continue) continue_stopped(action.target);
    }

    /// A signal that asks a program to end stays pending while the program is suspended. CONT follows the signal, so
    /// that its handler runs before anything else.
    void continue_stopped(core::Target target) {
        switch (target) {
            case core::Target::main_child: return main_child_.continue_if_stopped();
            case core::Target::group:
                // It can have left the group that it led (setpgid(2)).
                main_child_.continue_if_stopped();
                return descendants_.continue_stopped_group();
            case core::Target::group_leftovers: return descendants_.continue_stopped_group();
            case core::Target::everything: return descendants_.continue_stopped();
        }
    }

    sys::Result<void> send_to_target(const core::Action& action, const siginfo_t* with_value) {
        switch (action.target) {
            case core::Target::main_child: return main_child_.send(action.signal, with_value);
            case core::Target::group: return main_child_.send_to_group(action.signal, action.then_continue);
            case core::Target::everything: descendants_.send_to_all(action.signal); break;
            case core::Target::group_leftovers: descendants_.send_to_group_leftovers(action.signal); break;
        }
        return {};
    }

    const core::Policy& policy_;
    const MainChild main_child_;
    Parent& parent_;
    Job job_;
    Account& account_;
    Descendants descendants_;
    Clock clock_;
    core::State state_;
    /// When to reap again even if no SIGCHLD arrives; none if there is no need.
    std::optional<long> reap_in_ms_;
    /// KILL was sent to everything once.
    bool has_sent_kill_ = false;
};

}  // namespace

Outcome supervise(Inbox& inbox, const core::Policy& policy, pid_t own_pid, std::optional<pid_t> main_child,
                  Parent& parent, Terminal& terminal, Account& account) {
    return Supervisor(policy, own_pid, main_child, parent, terminal, account).run(inbox);
}

}  // namespace os
