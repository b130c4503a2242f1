#include "os/supervise.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/lifecycle.h"
#include "os/proc.h"
#include "os/processes.h"
#include "os/self.h"

namespace os {
namespace {

// An endless storm of orphans must not keep cppinit from looking at signals: it reaps so many, then looks.
constexpr int batch_size = 64;
// How soon a wait that failed is tried again, though no child has ended since.
constexpr long retry_interval_ms = 100;

class Supervisor {
  public:
    Supervisor(const core::Options& options, pid_t own_pid, Terminal& terminal, Log& log, core::Report& report)
        : policy_(options.policy),
          orphan_level_(options.warn_on_reap ? core::Verbosity::warnings : core::Verbosity::details),
          own_pid_(own_pid),
          main_child_(report.pid),
          terminal_(terminal),
          log_(log),
          report_(report),
          is_reporting_(options.report != nullptr),
          processes_(own_pid, report.pid) {}

    void run(Inbox& inbox) {
        // Children may have ended before, an unknown one inherited across exec among them, and their SIGCHLD with them:
        // the first look does not wait for a signal.
        reap();
        while (state_.phase != core::Phase::done) {
            const auto arrived = inbox.next(time_to_wait(), clock_);
            const bool is_for_program = arrived && arrived->si_signo != SIGCHLD;
            if (is_for_program) take_signal(*arrived);
            if (core::deadline(state_) != core::never) happened(core::Event::Kind::time_passed);
            // Without a signal, too: where signals cannot be fetched, a SIGCHLD may be waiting.
            if (!is_for_program || reap_in_ms_) reap();
        }
        (void)terminal_.reclaim_from(main_child_);
        // Who was stopped just now would have nobody to answer.
        take_pending(core::SignalSet::of({SIGTTIN, SIGTTOU}));
        report_.exit_code = state_.exit_code;
    }

  private:
    /// None: for as long as it takes.
    [[nodiscard]] std::optional<long> time_to_wait() {
        if (reap_in_ms_ == 0) return 0;
        const core::Milliseconds deadline = core::deadline(state_);
        if (deadline == core::never) return reap_in_ms_;
        // A long has 32 bits on some machines; waking up early does no harm.
        const core::Milliseconds longest = reap_in_ms_.value_or(1'000'000'000);
        return static_cast<long>(std::clamp(deadline - clock_.now(), core::Milliseconds{0}, longest));
    }

    void take_signal(const siginfo_t& info) {
        report_.received.add(info.si_signo);
        if (is_plea_for_terminal(info)) return;
        last_signal_ = info.si_code == SI_KERNEL ? info.si_signo : 0;
        arrived_ = &info;
        happened(core::Event::Kind::signal_arrived, info.si_signo);
        arrived_ = nullptr;
    }

    void take_pending(core::SignalSet signals) {
        while (const auto arrived = sys::sigtimedwait(signals, 0)) take_signal(*arrived);
    }

    /// The terminal stops cppinit's whole group where another member of it, a pager in the same pipeline, say, wanted
    /// to use it while the main child's group had the foreground. cppinit itself never asks for the terminal: the
    /// others get the foreground and go on.
    bool is_plea_for_terminal(const siginfo_t& info) {
        if (info.si_code != SI_KERNEL || !wants_terminal(info.si_signo)) return false;
        if (!terminal_.reclaim_from(main_child_) && !Terminal::is_ours()) return false;
        tell_own_group(SIGCONT);
        return true;
    }

    static bool wants_terminal(int stop_signal) { return stop_signal == SIGTTIN || stop_signal == SIGTTOU; }

    /// cppinit belongs to its group, but is not to forward what it sends itself.
    static void tell_own_group(int signal) {
        (void)sys::kill(0, signal);
        (void)sys::sigtimedwait(core::SignalSet::only(signal), 0);
    }

    /// One SIGCHLD may stand for many ends: pending ones merge (signal(7)).
    void reap() {
        reap_in_ms_.reset();
        for (int reaped = 0; state_.phase != core::Phase::done; ++reaped) {
            if (reaped == batch_size) {
                reap_in_ms_ = 0;
                return;
            }
            // Only a child that was not reaped yet has a name. What was stopped is found by the second call alone.
            const pid_t ended = needs_names() ? sys::ended_child() : 0;
            const ProcessName name(ended);
            core::Usage usage;
            const auto waited = wait(ended != 0 ? ended : -1, is_reporting_ ? &usage : nullptr);
            if (!waited) return nobody_waited_for(waited.error());
            if (waited->pid == 0) return happened(core::Event::Kind::others_left);
            changed(*waited, name, usage);
        }
    }

    [[nodiscard]] bool needs_names() const {
        return log_.shows(orphan_level_) || (is_reporting_ && state_.asked_to_end);
    }

    /// Where wait4 fails, waitid has its say: "no child" (ECHILD) ends cppinit and the container with it, and any other
    /// error would leave the dead unreaped. ECHILD is the answer if either has given it and the other failed as well.
    [[nodiscard]] static sys::Result<sys::Waited> wait(pid_t which, core::Usage* usage) {
        constexpr int options = WNOHANG | WUNTRACED;
        const auto by_wait4 = sys::wait4(which, options, usage);
        if (by_wait4) return by_wait4;
        const auto by_waitid = sys::waitid(which, options);
        return by_waitid || by_wait4.error().number != ECHILD ? by_waitid : by_wait4;
    }

    /// An error other than ECHILD says nothing about who is left: the wait is tried again, but not at once. A filter
    /// may refuse it for ever.
    void nobody_waited_for(const sys::Error& error) {
        if (error.number == ECHILD) return happened(core::Event::Kind::nothing_left);
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
        tell_change(core::Verbosity::information, "program exited", unless_exited, child.pid, name, status);
        // A shell's `fg` of a job that was running gives the foreground to cppinit's group and sends nothing.
        const bool lacks_terminal = status.kind == core::WaitStatus::Kind::stopped && wants_terminal(status.number);
        if (lacks_terminal && terminal_.lend_to(main_child_)) return happened(core::Event::Kind::continued);
        happened(core::Event::Kind::main_child_changed, 0, status);
    }

    void orphan_ended(pid_t pid, std::string_view name, const core::WaitStatus& status, const core::Usage& usage) {
        report_.orphan_ended(name, status, usage, state_.asked_to_end);
        tell_change(orphan_level_, "orphan exited", "orphan killed", pid, name, status);
    }

    void tell_change(core::Verbosity level, const char* if_exited, const char* unless_exited, pid_t pid,
                     std::string_view name, const core::WaitStatus& status) {
        const bool exited = status.kind == core::WaitStatus::Kind::exited;
        log_.write(level, {.event = exited ? if_exited : unless_exited,
                           .name = name.empty() ? std::nullopt : std::optional(name),
                           .pid = pid,
                           .exit_code = exited ? std::optional(status.number) : std::nullopt,
                           .signal = exited ? std::nullopt : std::optional(status.number)});
    }

    void happened(core::Event::Kind kind, int number = 0, core::WaitStatus status = {}) {
        core::Event event{kind, 0, number, status};
        if (core::is_timed(policy_, state_, event)) event.now = clock_.now();
        const core::Step next = core::step(policy_, state_, event);
        state_ = next.state;
        for (const core::Action& action : next.actions) perform(action);
    }

    void perform(const core::Action& action) {
        switch (action.kind) {
            case core::Action::Kind::send: return send(action);
            case core::Action::Kind::terminate: return processes_.terminate(state_.reached);
            case core::Action::Kind::count: reap_in_ms_ = 0; return;
            case core::Action::Kind::lend_foreground: return terminal_.lend_again_to(main_child_);
            case core::Action::Kind::take_foreground: return take_foreground(action.signal);
            case core::Action::Kind::stop: return stop(action.signal);
        }
    }

    void take_foreground(int signal) {
        const bool was_main_childs = terminal_.reclaim_from(main_child_);
        if (was_main_childs && signal != 0) tell_own_group(signal);
    }

    /// As a job of a shell. Without a terminal there is none; and a STOP, which somebody sent to the main child alone,
    /// is the shell's business only where cppinit is the whole job, and no shell is above the leader of a session.
    void stop(int signal) {
        if (signal == SIGSTOP && (sys::getpgrp() != own_pid_ || sys::getsid() == own_pid_)) return;
        if (!Terminal::exists()) return;
        take_foreground(0);
        // The terminal would have sent it to the whole group: the job can be a script's or a pipeline's. Where it has
        // sent it here, it has.
        constexpr pid_t own_group = 0;
        const bool is_for_all = signal != SIGSTOP && signal != std::exchange(last_signal_, 0);
        (void)sys::kill(is_for_all ? own_group : own_pid_, signal);
        const bool was_stopped = be_stopped_by(signal);
        // A shell's `kill` of a stopped job sends TERM, then CONT. Continued first, a main child that wants the
        // terminal would be stopped again before the TERM is there to end it.
        if (was_stopped) {
            report_.received.add(SIGCONT);
            take_pending(core::SignalSet::of({SIGTERM, SIGHUP, SIGINT, SIGQUIT}));
        }
        // Ctrl-Z without a shell to return to has no effect. A main child that was refused the terminal stays stopped:
        // it would only be refused again.
        if (was_stopped || signal == SIGTSTP) happened(core::Event::Kind::continued);
    }

    void send(const core::Action& action) {
        log_.write(core::Verbosity::details, {.event = "forwarding", .signal = action.signal});
        const auto sent = send_to_target(action);
        // cppinit's own KILLs come at a deadline or to leftovers.
        const bool is_own = action.signal == SIGKILL && (arrived_ == nullptr || state_.phase == core::Phase::killing);
        if (sent && !is_own) report_.forwarded.add(action.signal);
        // Not even EPERM (a setuid main child) may end cppinit. ESRCH is no news: the target has just ended.
        if (!sent && sent.error().number != ESRCH) {
            log_.write(core::Verbosity::warnings,
                       {.event = "cannot forward", .signal = action.signal, .error = sent.error().number});
        }
    }

    /// The main child's number cannot be somebody else's here: it was not waited for yet, or the lifecycle would not
    /// ask.
    sys::Result<void> send_to_target(const core::Action& action) {
        switch (action.target) {
            case core::Target::main_child: return send_to_main_child(action.signal);
            case core::Target::group: return send_to_group(action.signal);
            case core::Target::everything: processes_.send_to_all(action.signal); break;
            case core::Target::group_leftovers: processes_.send_to_group_leftovers(action.signal); break;
        }
        return {};
    }

    [[nodiscard]] sys::Result<void> send_to_group(int signal) const {
        const auto sent = sys::kill(-main_child_, signal);
        // The main child can have left the group that it led (setpgid(2)).
        if (!sent && sent.error().number == ESRCH) return sys::kill(main_child_, signal);
        return sent;
    }

    [[nodiscard]] sys::Result<void> send_to_main_child(int signal) const {
        const bool has_value = arrived_ != nullptr && arrived_->si_code == SI_QUEUE;
        if (!has_value) return sys::kill(main_child_, signal);
        siginfo_t info = *arrived_;
        info.si_signo = signal;
        return sys::sigqueueinfo(main_child_, info);
    }

    const core::Policy& policy_;
    const core::Verbosity orphan_level_;
    const pid_t own_pid_;
    const pid_t main_child_;
    Terminal& terminal_;
    Log& log_;
    core::Report& report_;
    const bool is_reporting_;
    Processes processes_;
    Clock clock_;
    core::State state_ = core::first_state(policy_);
    /// When the children are to be looked at again though no SIGCHLD came. None: there is no need.
    std::optional<long> reap_in_ms_;
    /// The last that came to cppinit itself, if it was of the terminal and so came to its whole group.
    int last_signal_ = 0;
    /// The signal that is being forwarded, for the value that came with it.
    const siginfo_t* arrived_ = nullptr;
};

}  // namespace

void supervise(Inbox& inbox, const core::Options& options, pid_t own_pid, Terminal& terminal, Log& log,
               core::Report& report) {
    Supervisor(options, own_pid, terminal, log, report).run(inbox);
}

}  // namespace os
