#include "os/descendants.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/text.h"
#include "os/clock.h"

// That there is a visit, a walk or a group is known from the function that called; the check sees only one function.
// NOLINTBEGIN(bugprone-unchecked-optional-access)

namespace os {
namespace {

// After this long cppinit looks at its signals. Between two looks there can be two slices, and a batch of the dead.
constexpr core::Milliseconds slice_ms = 1;

core::Milliseconds now() {
    return time_of(CLOCK_MONOTONIC);
}

/// CLOCK_BOOTTIME, as the start times in /proc. If a filter refuses it, nothing counts as started later.
core::Milliseconds boottime() {
    return sys::clock_gettime(CLOCK_BOOTTIME).value_or(core::never);
}

core::Reached in_boottime(core::Reached reached) {
    const core::Milliseconds offset = time_of(CLOCK_BOOTTIME) - now();
    for (auto* reach : {&reached.term, &reached.other}) {
        if (*reach) (*reach)->at += offset;
    }
    return reached;
}

}  // namespace

void Descendants::send_to_all(int signal) {
    // The kernel reaches all processes in one step, so nothing can fork past it (kill(2), kernel/signal.c).
    if (own_pid_ == 1) {
        if (signal == SIGKILL) errand_count_ = 0;
        return (void)sys::kill(-1, signal);
    }
    if (signal == SIGKILL) kill_own_children();
    begin({.signal = signal});
}

void Descendants::send_to_group_leftovers(int signal) {
    if (!main_child_) return;
    // In one step, so that nothing can fork past it, if the number still belongs to the group. The second KILL that
    // follows makes no difference.
    if (signal == SIGKILL && has_child(P_PGID, *main_child_)) (void)sys::kill(-*main_child_, signal);
    begin({.signal = signal, .is_for_group = true});
}

void Descendants::continue_stopped() {
    begin({.continues_stopped = true});
}

void Descendants::continue_stopped_group() {
    if (main_child_) begin({.is_for_group = true, .continues_stopped = true});
}

void Descendants::terminate(const core::Reached& reached) {
    reached_ = in_boottime(reached);
    if (terminated_at_) return terminate_others();
    terminated_at_ = boottime();
    terminated_ = PidSet::map();
    if (own_pid_ == 1 && !reached.term && !reached.other) {
        terminated_all_ = true;
        (void)sys::kill(-1, SIGTERM);
    }
    begin({.signal = SIGTERM, .is_for_leftovers = true, .continues_stopped = true, .since = *terminated_at_});
}

void Descendants::terminate_others() {
    // cppinit does not know which ones it has sent TERM.
    if (!terminated_.has_memory()) return;
    // What was started in the same hundredth of a second may be an answer to the first TERM.
    const core::Milliseconds since = *terminated_at_ - core::start_precision_ms;
    begin({.signal = SIGTERM, .is_for_leftovers = true, .continues_stopped = true, .since = since});
}

// ---- carrying it out ----

void Descendants::begin(Errand errand) {
    if (!errand.is_repeatable() && errand.since == core::never) errand.since = boottime();
    if (joins_another(errand)) return;
    if (errand.signal == SIGKILL && !errand.is_for_group) {
        errand_count_ = 0;
        expects_others_ = false;
    }
    // No signal may be lost.
    while (errand_count_ == errands_.size()) work();
    errands_[errand_count_++] = errand;
    if (errand_count_ == 1) start_errand();
}

bool Descendants::joins_another(const Errand& errand) {
    // Linux's own first real-time signal: these are queued. Others that wait for the same process merge (signal(7)).
    constexpr int first_queued_signal = 32;
    for (std::size_t index = 0; index < errand_count_; ++index) {
        if (!errands_[index].is_like(errand)) continue;
        // Rounds of KILL come faster than a walk among many processes ends.
        if (index == 0 && (errand.signal == SIGKILL || errand.is_for_leftovers)) return true;
        if (index == 0 || errand.signal.value_or(0) >= first_queued_signal) continue;
        errands_[index].since = errand.since;
        return true;
    }
    return false;
}

void Descendants::proceed() {
    if (errand_count_ == 0 && expects_others_) terminate_others();
    if (errand_count_ > 0) work();
}

void Descendants::work() {
    const core::Milliseconds end = now() + slice_ms;
    while (errand_count_ > 0) {
        if (const auto found = next_found()) serve(*found);
        if (!is_walking()) {
            std::move(errands_.begin() + 1, errands_.end(), errands_.begin());
            if (--errand_count_ > 0) start_errand();
        }
        if (now() >= end) return;
    }
}

void Descendants::start_errand() {
    has_served_somebody_ = false;
    served_ = errand().is_repeatable() ? PidSet() : PidSet::map();
    start_walk(errand().since, errand().is_repeatable() || served().has_memory());
    if (!is_walking()) send_without_proc();
    has_asked_leftovers_ = has_asked_leftovers_ || errand().is_for_leftovers;
}

void Descendants::start_walk(core::Milliseconds since, bool may_show_twice) {
    look_ = Look::none;
    tree_.reset();
    full_.reset();
    if (own_pid_ != 1 && may_show_twice && proc_is_of_namespace(own_pid_)) {
        tree_.emplace(own_pid_, since);
        if (tree_->is_possible()) return;
        tree_.reset();
    }
    full_.emplace(own_pid_, since);
    if (!full_->is_possible()) full_.reset();
}

std::optional<Found> Descendants::next_found() {
    if (tree_ && !tree_->is_finished()) return tree_->next();
    if (full_ && !full_->is_finished()) return full_->next();
    finish_walk();
    return std::nullopt;
}

/// Ends the walk, or begins another pass or kind of walk, for processes that were not found yet.
void Descendants::finish_walk() {
    if (std::exchange(has_served_somebody_, false) && tree_) return tree_->begin_next_pass();
    const bool is_incomplete = tree_ && tree_->is_incomplete();
    if (tree_ && errand().is_for_leftovers) expects_others_ = tree_->hides_some();
    tree_.reset();
    full_.reset();
    if (is_incomplete) full_.emplace(own_pid_, errand().since);
}

void Descendants::serve(const Found& found) {
    const bool is_meant = !errand().is_for_group || found.stat.group == main_child_;
    if (!found.stat.can_be_ended() || !is_meant) return;
    if (errand().signal && !served().contains(found.stat.pid)) send_once(found);
    if (!errand().continues_stopped) return;
    // Looked at after the signal was sent: one that stopped in between would keep it pending.
    const auto stat = found.pin != nullptr ? found.pin->stat() : std::nullopt;
    if (found.pin == nullptr || (stat && stat->is_stopped())) found.send(SIGCONT);
}

void Descendants::send_once(const Found& found) {
    bool was_reached = false;
    bool is_hung_up = false;
    if (errand().is_for_leftovers) {
        // Only if a later look knows whether it was sent TERM.
        if (terminated_.has_memory() && found.stat.is_guest() && core::is_entering(found.stat, boottime())) return;
        const bool may_be_shell = found.stat.leads_session_with_terminal();
        const bool matters = found.pin != nullptr && (may_be_shell || reached_.other);
        const auto signals = matters ? found.pin->signal_sets() : std::nullopt;
        was_reached = (terminated_all_ && found.stat.started_at <= *terminated_at_) ||
                      core::was_reached(reached_, main_child_, found.stat, signals);
        is_hung_up = core::is_hung_up(found.stat, signals);
    }
    if (!was_reached) found.send(*errand().signal);
    if (is_hung_up) found.send(SIGHUP);
    if ((was_reached && !is_hung_up) || errand().is_repeatable()) return;
    served().add(found.stat.pid);
    has_served_somebody_ = true;
}

/// A process that forks and ends, again and again, is gone from /proc before a walk comes to it, but the process that
/// it leaves behind becomes a child of cppinit at once. Children of cppinit can be signalled by pid without a look,
/// because only cppinit can free their pids. So only microseconds lie between reading a pid and its KILL.
void Descendants::kill_own_children() const {
    // A long list is not read again at once: it consists of dead processes, and of those that a walk finds.
    constexpr int max_rounds = 20;
    constexpr int short_list = 64;
    if (!proc_is_of_namespace(own_pid_)) return;
    const core::Milliseconds end = now() + slice_ms;
    int seen = 0;
    for (int round = 0; round < max_rounds && seen <= round * short_list; ++round) {
        const auto list = open_own_children(own_pid_);
        if (!list) return;
        NumberList children(*list);
        for (; const auto pid = children.next(); ++seen) {
            if (now() >= end) return;
            (void)sys::kill(*pid, SIGKILL);
        }
    }
}

// ---- without /proc ----

/// What kill(2) can reach without /proc: as PID 1 everything, otherwise the group that the main child led. The number
/// of the group is used only while a child of cppinit is a member and so keeps it: only cppinit could free that child's
/// pid.
std::optional<pid_t> Descendants::target_without_proc() const {
    if (own_pid_ == 1 && !errand().is_for_group) return -1;
    if (!main_child_) return std::nullopt;
    if (has_child(P_PGID, *main_child_)) return -*main_child_;
    if (has_child(P_PID, *main_child_)) return main_child_;
    return std::nullopt;
}

void Descendants::send_without_proc() {
    const auto target = target_without_proc();
    // Leftovers are asked once: newcomers among them cannot be recognised.
    if (!target || (errand().is_for_leftovers && has_asked_leftovers_)) return;
    // Only the group of the receivers is known.
    core::ProcStat receiver;
    if (main_child_ && *target == -*main_child_) receiver.group = *main_child_;
    const bool was_reached = errand().is_for_leftovers &&
                             (terminated_all_ || core::was_reached(reached_, main_child_, receiver, std::nullopt));
    if (errand().signal && !was_reached) (void)sys::kill(*target, *errand().signal);
    if (errand().continues_stopped) (void)sys::kill(*target, SIGCONT);
}

// ---- looking ----

bool Descendants::others_live() {
    // The kernel counts zombies too.
    const auto exist = sys::kill(-1, 0);
    if (!exist && exist.error().number == ESRCH) return false;
    if (errand_count_ > 0) return true;
    if (look_ != Look::at_others) {
        start_walk(core::never, false);
        look_ = Look::at_others;
        saw_unendable_ = false;
    }
    const core::Milliseconds end = now() + slice_ms;
    while (full_ && !full_->is_finished()) {
        const auto found = full_->next();
        const bool lives = found && found->stat.can_be_ended();
        if (found && !lives) saw_unendable_ = true;
        if (lives) look_ = Look::none;
        if (lives || now() >= end) return true;
    }
    look_ = Look::none;
    // A process exists that /proc shows neither as a zombie nor as a thread of the kernel. cppinit does not wait for
    // one that it can neither signal (EPERM, or a filter) nor see.
    return exist && !saw_unendable_;
}

std::optional<pid_t> Descendants::next_remaining() {
    errand_count_ = 0;
    if (look_ != Look::at_remaining) {
        start_walk(core::never, true);
        look_ = Look::at_remaining;
    }
    while (is_walking()) {
        const auto found = next_found();
        if (found && found->stat.can_be_ended()) return found->stat.pid;
    }
    look_ = Look::none;
    return std::nullopt;
}

}  // namespace os

// NOLINTEND(bugprone-unchecked-optional-access)
