// What the contract promises, and what is counted for it.
#include <signal.h>

#include <algorithm>

#include "core/status.h"
#include "sim/files.h"
#include "sim/simulation.h"

namespace sim {
namespace {

// As the lifecycle has them (core/lifecycle.cpp); restated here, because they are promises.
constexpr Milliseconds request_window_ms = 500;
constexpr Milliseconds quiet_ms = 100;
constexpr Milliseconds patience_ms = 1000;

/// Where nobody has written it yet, it counts as an earlier run's.
std::string report_text() {
    return content_of(report_path).value_or(std::string(old_report));
}

}  // namespace

// ---- what is counted ----

void Simulation::note_taken(int signal) {
    if (signal != SIGCHLD && signal != SIGCONT) has_older_term_ = false;
    if (is_cppinit() && main_pid_ != 0) ++taken_[static_cast<std::size_t>(signal)];
    // Nobody can tell how long a signal has been pending: it counts from the moment in which cppinit takes it.
    if (!is_cppinit() || !options_.policy.is_stop(signal)) return;
    if (!ends_since_ && (main_is_reaped_ || options_.policy.pause)) ends_since_ = kernel.now;
    if (last_request_at_ && kernel.now < *last_request_at_ + request_window_ms) return;
    last_request_at_ = kernel.now;
    ++requests_;
}

/// `fg` and `bg` continue both, and the main child has the foreground again if the shell has left it to the job.
void Simulation::note_continued() {
    owes_foreground_ = was_lender_ && job_has_foreground();
}

void Simulation::note_parent_watched(int signal) {
    parent_signal_ = signal;
}

void Simulation::note_waited_for(const Waited& waited) {
    const bool is_supervising = main_pid_ != 0 || main_is_reaped_ || options_.policy.pause;
    if (is_supervising && waited.pid != main_pid_) ++orphans_;
    if (waited.pid != main_pid_ || !core::WaitStatus::decode(waited.status).ended()) return;
    main_pid_ = 0;
    main_is_reaped_ = true;
}

/// What arrives while the same signal is pending merges with it.
void Simulation::note_accepted(int signal) {
    constexpr int first_queued_signal = 32;
    if (signal < first_queued_signal && kernel.find(cppinit_)->has_pending(signal)) return;
    ++accepted_[static_cast<std::size_t>(signal)];
    if (!options_.policy.is_stop(signal)) return;
    if (!first_stop_at_) first_stop_at_ = kernel.now;
}

void Simulation::on_fork(const Process& parent, Process& child) {
    const auto found = notes_.find(parent.id);
    const bool was_asked = found != notes_.end() && found->second.was_asked_to_end;
    const bool is_behind = parent.is_hidden || (found != notes_.end() && found->second.is_behind_hidden);
    if (was_asked || is_behind) notes_[child.id] = {.is_answer_to_term = was_asked, .is_behind_hidden = is_behind};
}

void Simulation::on_signal(pid_t sender, const Process& receiver, int signal) {
    // Once it is dead, the signal is the kernel's: what its children asked to be sent then.
    const Process& cppinit = *kernel.find(cppinit_);
    if (sender != cppinit_ || signal == 0 || signal == SIGCHLD || !cppinit.is_alive()) return;
    const bool is_own_group = receiver.group == cppinit.group && !is_under(receiver);
    if (is_own_group && (receiver.pid == cppinit_ || signal != SIGKILL)) return;
    if (!is_under(receiver) && !may_lose(Loss::orphans)) {
        throw Violation(name_of_signal(signal) + " is sent to " + describe(receiver));
    }
    if (receiver.id == main_id_) ++main_got_[static_cast<std::size_t>(signal)];
    if (!receiver.is_alive()) return;
    if (signal == SIGCONT && receiver.id == main_id_ && has_older_term_) {
        throw Violation("CONT is sent to the main child before the TERM that came first");
    }
    notes_[receiver.id].was_sent.add(signal);
    if (signal == SIGTERM) check_term(receiver);
    if (signal == SIGKILL) check_kill(receiver);
}

// ---- the promises ----

void Simulation::check_term(const Process& receiver) {
    Notes& notes = notes_[receiver.id];
    ++notes.terms;
    if (!main_is_reaped_) return;
    notes.was_asked_to_end = true;
    if (notes.terms > 1 && !may_lose(Loss::second_term)) throw Violation("TERM is sent twice to " + describe(receiver));
    if (notes.is_answer_to_term && !world.is_pid_1 && world.has_children_lists) {
        throw Violation("TERM is sent to what a leftover has started to clean up with, " + describe(receiver));
    }
}

void Simulation::check_kill(const Process& receiver) {
    const core::Policy& policy = options_.policy;
    const Milliseconds now = kernel.now;
    const bool kill_after =
        policy.kill_after != core::never && first_stop_at_ && now >= *first_stop_at_ + policy.kill_after;
    const bool is_limit = policy.timeout != core::never && now >= limit_at() + patience_after_limit();
    const bool waits = policy.leftovers == core::Leftovers::wait || policy.pause;
    const Milliseconds begin = waits && ends_since_ ? *ends_since_ : main_ended_at_;
    const bool grace = (main_status_ || policy.pause) && now >= begin + policy.grace;
    if (!kill_after && !is_limit && !grace && requests_ < 2 && !may_kill_) {
        throw Violation("KILL is sent too early to " + describe(receiver));
    }
    // A stop signal that arrives later does not end the killing.
    may_kill_ = true;
    const bool had_time = receiver.started_at + 20 <= begin + std::min(quiet_ms, policy.grace);
    const bool counts = grace && !is_limit && !kill_after && requests_ < 2 && !may_lose(Loss::term) && world.has_proc;
    // A process that a stop signal may have reached is left to it.
    const auto notes = notes_.find(receiver.id);
    const bool was_asked = notes != notes_.end() && (notes->second.terms > 0 || notes->second.is_behind_hidden);
    if (had_time && counts && requests_ == 0 && !was_asked && policy.leftovers == core::Leftovers::terminate) {
        throw Violation("KILL is sent without a TERM before to " + describe(receiver));
    }
}

/// cppinit is about to sleep.
void Simulation::check_asleep() {
    if (self_ != cppinit_) return;
    for (const pid_t pid : kernel.children_of(cppinit_)) {
        const bool is_news = !kernel.find(pid)->is_alive() && !kernel.find(cppinit_)->has_pending(SIGCHLD);
        if (is_news && !wait_failed_) throw Violation("cppinit sleeps, and a dead child is not reaped");
    }
    check_forwarded();
    check_stopped();
    const bool is_shutting_down = main_is_reaped_ && options_.policy.leftovers == core::Leftovers::terminate;
    const Milliseconds slack = patience_ms + 3000;
    if (is_shutting_down && kernel.now > main_ended_at_ + options_.policy.grace + slack) {
        throw Violation("the shutdown takes too long");
    }
    const core::Policy& policy = options_.policy;
    const Process* const main = main_child();
    const bool is_over = policy.kill_after != core::never && first_stop_at_ &&
                         kernel.now > *first_stop_at_ + policy.stop_delay + policy.kill_after + slack;
    if (is_over && main != nullptr && main->is_alive() && !main->is_hung) {
        throw Violation("the main child lives after --kill-after");
    }
    check_foreground();
}

/// From the start of the main child, which cppinit may notice later, where the machine is busy.
Milliseconds Simulation::limit_at() const {
    return started_at_ + options_.policy.timeout;
}

Milliseconds Simulation::patience_after_limit() const {
    const core::Policy& policy = options_.policy;
    return policy.kill_after != core::never ? policy.kill_after : policy.grace;
}

/// After --timeout everybody in the scope was asked to end, and the main child does not outlive the KILL.
void Simulation::check_limit() const {
    const core::Policy& policy = options_.policy;
    const Process* const main = main_child();
    const bool is_over = policy.timeout != core::never && kernel.now > limit_at() + delayed_ms_;
    if (!is_over || main == nullptr || !main->is_alive() || !has_exec_ || may_lose(Loss::forwarding)) return;
    // Whoever came after the first request to stop is not sent another one.
    const auto signal = policy.rewrites.apply(SIGTERM);
    const Milliseconds asked_at = std::min(first_stop_at_.value_or(core::never), limit_at());
    for (const Process& process : kernel.processes()) {
        const bool is_meant = policy.scope == core::Scope::main_child ? process.id == main_id_
                              : policy.scope == core::Scope::group    ? process.group == main->pid
                                                                      : is_under(process);
        if (!is_meant || !signal || !process.is_alive() || process.started_at >= asked_at) continue;
        const auto notes = notes_.find(process.id);
        if (notes == notes_.end() || !notes->second.was_sent.contains(*signal)) {
            throw Violation("the time limit is over, and nobody has asked to end " + describe(process));
        }
    }
    if (kernel.now > limit_at() + delayed_ms_ + patience_after_limit() && !main->dies_of && !main->is_hung) {
        throw Violation("the main child outlives its time limit");
    }
}

/// Nothing is pending for cppinit, so that it has done what it could.
void Simulation::check_foreground() const {
    const Process& cppinit = *kernel.find(cppinit_);
    if (!was_lender_ || may_lose(Loss::foreground) || kernel.foreground == 0 || !cppinit.pending.empty()) return;
    const Process* const main = main_child();
    const bool is_group_alive = std::ranges::any_of(kernel.processes(), [this](const Process& process) {
        return process.group == kernel.foreground && process.is_alive();
    });
    if (!is_group_alive && !is_neighbours_turn())
        throw Violation("cppinit sleeps, and a dead group has the foreground");
    const bool is_main_stopped = main != nullptr && main->state == Process::State::stopped;
    if (is_main_stopped && kernel.foreground == main->pid && !world.is_pid_1) {
        throw Violation("cppinit sleeps, and the stopped main child has the foreground");
    }
    const bool runs = main != nullptr && main->state == Process::State::running && !kernel.has_to_act(*main);
    if (owes_foreground_ && runs && main->group == main->pid && kernel.foreground != main->pid) {
        throw Violation("cppinit sleeps, and the main child has lost the foreground");
    }
}

/// A shell sees a job stopped only if cppinit is stopped too. Where it is not, `fg` has continued both.
void Simulation::check_stopped() const {
    const Process* const main = main_child();
    const bool is_stopped = main != nullptr && main->state == Process::State::stopped;
    if (!world.has_terminal || world.is_pid_1 || !is_stopped || may_lose(Loss::job)) return;
    // Where others are in cppinit's group, a STOP that somebody sends to the main child alone is not the job's.
    if (world.has_neighbour && main->wait_status >> 8 == SIGSTOP) return;
    if (kernel.find(cppinit_)->state != Process::State::stopped) {
        throw Violation("cppinit sleeps, and the main child stays stopped");
    }
}

void Simulation::check_forwarded() const {
    const Process* const main = main_child();
    const core::Policy& policy = options_.policy;
    const bool is_delayed = policy.stop_delay > 0;
    if (main == nullptr || !has_exec_ || !main->is_alive() || main->group != main->pid) return;
    if (may_lose(Loss::forwarding)) return;
    constexpr std::array signals{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE, 35};
    for (const int signal : signals) {
        const auto index = static_cast<std::size_t>(signal);
        if (policy.is_stop(signal) && is_delayed) continue;
        // What still waits for cppinit is not forwarded yet.
        int expected = 0;
        for (const int arrived : signals) {
            if (policy.rewrites.apply(arrived) != signal) continue;
            const auto waiting = std::ranges::count(kernel.find(cppinit_)->pending, arrived, &PendingSignal::signal);
            expected += accepted_[static_cast<std::size_t>(arrived)] - static_cast<int>(waiting);
        }
        if (main_got_[index] == expected) continue;
        // --timeout sends one of its own, unless the program was being stopped already.
        const bool was_asked = first_stop_at_ && *first_stop_at_ < limit_at();
        const bool may_be_limit = policy.timeout != core::never && kernel.now >= limit_at() && !was_asked;
        if (may_be_limit && main_got_[index] == expected + 1 && policy.rewrites.apply(SIGTERM) == signal) continue;
        throw Violation(name_of_signal(signal) + " was to be forwarded " + std::to_string(expected) +
                        " times, and the main child got it " + std::to_string(main_got_[index]) + " times");
    }
}

void Simulation::check_gone() const {
    if (options_.policy.leftovers == core::Leftovers::leave) return;
    const bool has_started = main_status_ || options_.policy.pause;
    if (!has_started) return;
    // Without /proc, a subreaper reaches no more than the main child's group (docs/DESIGN.md).
    if (!world.has_proc && !world.is_pid_1) return;
    for (const Process& process : kernel.processes()) {
        const bool is_guests = std::ranges::any_of(guests_, [&](int id) {
            const Process* const guest = const_cast<Kernel&>(kernel).find_id(id);
            return process.id == id || (guest != nullptr && kernel.descends_from(process, guest->pid));
        });
        if (!is_under(process) || process.is_hung || !process.is_alive()) continue;
        // Where the machine is busy for longer than cppinit is patient, the dying are not waited for.
        if (process.dies_of && delayed_ms_ >= patience_ms) continue;
        // A guest may enter after the last look.
        if (!is_guests) throw Violation("cppinit ends before " + describe(process));
    }
}

void Simulation::check_terminal() const {
    if (!was_lender_ || kernel.terminal_session == 0 || options_.new_session) return;
    if (may_lose(Loss::foreground)) return;
    const Process& cppinit = *kernel.find(cppinit_);
    if (kernel.foreground != cppinit.group && !kernel.is_taken(kernel.foreground)) {
        throw Violation("cppinit ends, and a dead group has the foreground");
    }
    if (kernel.foreground != cppinit.group) return;
    for (const Process& process : kernel.processes()) {
        const bool is_refused = process.state == Process::State::stopped && (process.wait_status >> 8) == SIGTTIN;
        if (is_who(process, Who::neighbour) && is_refused) {
            throw Violation("cppinit ends, and a neighbour that was refused the terminal stays stopped");
        }
    }
}

int Simulation::expected_exit_code(int exit_code) const {
    if (options_.policy.pause) return 0;
    if (main_status_) return core::WaitStatus::decode(*main_status_).exit_code();
    if (has_exec_) throw Violation("cppinit ends with " + std::to_string(exit_code) + " while the main child lives");
    // The start failed.
    constexpr int own_failure_code = 125;
    constexpr int not_executable_code = 126;
    if (may_lose(Loss::start)) return own_failure_code;
    if (may_lose(Loss::exec)) return not_executable_code;
    if (world.exec_error == 0) throw Violation("cppinit cannot start the program");
    return world.exec_failure_code;
}

/// At the end it is whole and right, or the log says why it is not.
void Simulation::check_report(int exit_code) const {
    if (options_.report == nullptr || logged_.contains("cannot write the report")) return;
    const std::string report = report_text();
    // It was not yet asked for.
    if (may_lose(Loss::start) && report == old_report && logged_.contains("cannot")) return;
    const auto expect = [&report](const std::string& part) {
        if (!report.contains(part)) throw Violation("the report does not say " + part + ": " + report);
    };
    expect("{\"version\":");
    expect("\"exit_code\":" + std::to_string(exit_code) + ",");
    const auto status = core::WaitStatus::decode(main_status_.value_or(0));
    const bool was_killed = status.kind == core::WaitStatus::Kind::killed;
    if (was_killed) expect("\"signal\":\"" + name_of_signal(status.number) + "\",");
    if (!was_killed && report.contains("\"signal\":")) throw Violation("the report names a signal: " + report);
    expect(exit_code == 124 ? "\"timed_out\":true," : "\"timed_out\":false,");
    expect("\"orphans\":{\"reaped\":" + std::to_string(orphans_) + ",");
    std::string forwarded;
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        // The TERM of --timeout was not forwarded.
        const auto index = static_cast<std::size_t>(signal);
        const int count = std::min(taken_[index], main_got_[index]);
        if (count == 0) continue;
        forwarded += (forwarded.empty() ? "\"" : ",\"") + name_of_signal(signal) + "\":" + std::to_string(count);
    }
    expect("\"forwarded\":{" + forwarded + "}");
    if (!report.ends_with("}\n")) throw Violation("the report has no end: " + report);
}

/// Whether --timeout has expired. None: the main child ended in the same moment, or while the machine was busy.
std::optional<bool> Simulation::has_timed_out() const {
    if (options_.policy.timeout == core::never || !main_status_ || main_ended_at_ < limit_at()) return false;
    const bool was_told = main_got_[SIGTERM] > taken_[SIGTERM];
    return was_told || main_ended_at_ > limit_at() + delayed_ms_ ? std::optional(true) : std::nullopt;
}

void Simulation::check_end(int exit_code) const {
    constexpr int timed_out_code = 124;
    const auto timed_out = has_timed_out();
    const bool counts_as_timed_out = timed_out.value_or(exit_code == timed_out_code);
    const int expected = counts_as_timed_out ? timed_out_code : expected_exit_code(exit_code);
    if (exit_code != expected) {
        throw Violation("the exit code is " + std::to_string(exit_code) + " and should be " + std::to_string(expected));
    }
    check_report(exit_code);
    check_gone();
    check_terminal();
}

void Simulation::check_end_by(int wait_status) const {
    // Somebody killed it: what --kill-child promises. And nobody reads half of a report.
    if (wait_status == SIGKILL) {
        const std::string report = report_text();
        if (report != old_report && !report.ends_with("}\n")) throw Violation("half of a report is left: " + report);
        const auto signal = options_.kill_child_signal;
        const Process* const main = const_cast<Kernel&>(kernel).find_id(main_id_);
        if (!signal || main == nullptr || !main->is_alive() || !has_exec_) return;
        const bool has_it = main->dies_of == *signal || main->has_pending(*signal);
        if (!has_it) throw Violation("cppinit is dead, and the main child was not told");
        return;
    }
    // Its first call failed, and nothing is blocked.
    if (may_lose(Loss::start) && main_id_ == 0) return;
    const bool is_like_program = main_status_ == wait_status && !world.is_pid_1;
    if (!is_like_program) throw Violation("cppinit dies of a signal, status " + std::to_string(wait_status));
    check_report(core::WaitStatus::decode(wait_status).exit_code());
    check_gone();
    check_terminal();
}

}  // namespace sim
