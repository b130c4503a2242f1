#include "os/descendants.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>

#include "core/text.h"

namespace os {
namespace {

// After this long cppinit looks at its signals.
constexpr core::Milliseconds slice_ms = 3;

core::Milliseconds now() {
    return sys::clock_ms(CLOCK_MONOTONIC);
}

core::Reached in_boottime(core::Reached reached) {
    const core::Milliseconds offset = sys::clock_ms(CLOCK_BOOTTIME) - now();
    for (auto* reach : {&reached.term, &reached.other}) {
        if (*reach) (*reach)->at += offset;
    }
    return reached;
}

}  // namespace

void Descendants::send_to_all(int signal) {
    // The kernel reaches all at one stroke, and nothing can fork past it (kill(2), kernel/signal.c).
    if (own_pid_ == 1) return (void)sys::kill(-1, signal);
    if (signal == SIGKILL) kill_own_children();
    begin({.signal = signal});
}

void Descendants::send_to_group_leftovers(int signal) {
    if (!main_child_) return;
    // At one stroke, so that nothing forks past it, where the number is known to be the group's still. Nobody can tell
    // that a KILL came twice.
    if (signal == SIGKILL && sys::has_child(P_PGID, *main_child_)) (void)sys::kill(-*main_child_, signal);
    begin({.signal = signal, .group = main_child_});
}

void Descendants::continue_stopped() {
    begin({.continues_stopped = true});
}

void Descendants::continue_stopped_group() {
    if (main_child_) begin({.group = main_child_, .continues_stopped = true});
}

void Descendants::terminate(const core::Reached& reached) {
    Errand errand{.signal = SIGTERM, .is_for_leftovers = true, .continues_stopped = true, .reached = reached};
    if (terminated_at_) {
        // What was started in the same hundredth of a second may be an answer to the first TERM.
        errand.since = *terminated_at_ - core::start_precision_ms;
        return begin(errand);
    }
    terminated_at_ = errand.since = sys::clock_ms(CLOCK_BOOTTIME);
    terminated_ = PidSet::map();
    if (own_pid_ == 1 && reached == core::Reached{}) {
        terminated_all_ = true;
        (void)sys::kill(-1, SIGTERM);
    }
    begin(errand);
}

// ---- carrying it out ----

void Descendants::begin(const Errand& new_errand) {
    Errand errand = new_errand;
    if (!errand.is_repeatable() && errand.since == core::never) errand.since = sys::clock_ms(CLOCK_BOOTTIME);
    const auto errands = std::span(errands_).first(errand_count_);
    const bool is_begun = !errands.empty() && errands[0] == errand;
    if (errand.signal == SIGKILL && !errand.group && !is_begun) errand_count_ = 0;
    // The rounds of KILL come faster than a walk among many processes ends. A walk that looks for stopped ones may have
    // been past one that is stopped now.
    const bool is_waiting = std::ranges::contains(errands.subspan(errands.empty() ? 0 : 1), errand);
    if (is_waiting || (is_begun && errand.signal)) return;
    // Nothing may be lost.
    while (errand_count_ == errands_.size()) work();
    errands_[errand_count_++] = errand;
    if (errand_count_ == 1) start_errand();
    work();
}

bool Descendants::proceed() {
    work();
    return errand_count_ > 0;
}

void Descendants::work() {
    const core::Milliseconds end = now() + slice_ms;
    while (errand_count_ > 0) {
        if (const auto found = next_found()) serve(*found);
        if (now() >= end) return;
    }
}

void Descendants::start_errand() {
    const Errand& errand = errands_[0];
    reached_ = in_boottime(errand.reached);
    has_served_somebody_ = false;
    served_ = errand.is_repeatable() ? PidSet() : PidSet::map();
    start_walk(errand.since, errand.is_repeatable() || served().has_memory());
    if (!tree_ && !full_) send_without_proc(errand);
}

/// The tree may show a process twice.
void Descendants::start_walk(core::Milliseconds since, bool can_tell_who_was_served) {
    look_ = Look::none;
    tree_.reset();
    full_.reset();
    const bool has_tree = own_pid_ != 1 && can_tell_who_was_served && proc_is_of_namespace(own_pid_);
    if (has_tree) tree_ = TreeWalk::begin(own_pid_, since);
    if (!tree_) full_ = FullWalk::begin(own_pid_, since);
}

std::optional<Found> Descendants::next_found() {
    if (tree_ && !tree_->is_finished()) return tree_->next();
    if (full_ && !full_->is_finished()) return full_->next();
    finish_walk();
    return std::nullopt;
}

void Descendants::finish_walk() {
    const Errand& errand = errands_[0];
    if (tree_ && has_served_somebody_ && !errand.is_repeatable()) {
        has_served_somebody_ = false;
        return tree_->begin_next_pass();
    }
    const bool is_incomplete = tree_ && tree_->is_incomplete();
    tree_.reset();
    full_.reset();
    if (is_incomplete) full_ = FullWalk::begin(own_pid_, errand.since);
    if (full_) return;
    std::ranges::move(std::span(errands_).first(errand_count_).subspan(1), errands_.begin());
    served_ = PidSet();
    if (--errand_count_ > 0) start_errand();
}

void Descendants::serve(const Found& found) {
    const Errand& errand = errands_[0];
    if (found.stat.is_dead() || (errand.group && found.stat.group != *errand.group)) return;
    if (errand.signal && !served().contains(found.stat.pid)) send_once(errand, found);
    if (!errand.continues_stopped) return;
    // Looked at after the signal was sent: one that stopped in between would keep it pending.
    const auto stat = found.pin != nullptr ? found.pin->stat() : std::nullopt;
    if (found.pin == nullptr || (stat && stat->is_stopped())) found.send(SIGCONT);
}

void Descendants::send_once(const Errand& errand, const Found& found) {
    const bool may_be_shell = errand.is_for_leftovers && found.stat.leads_session_with_terminal();
    const auto signals =
        found.pin != nullptr && (may_be_shell || reached_.other) ? found.pin->signal_sets() : std::nullopt;
    const bool was_reached = (terminated_all_ && found.stat.started_at <= *terminated_at_) ||
                             core::was_reached(reached_, main_child_, found.stat, signals);
    const bool is_hung_up = may_be_shell && core::is_hung_up(found.stat, signals);
    if (was_reached && !is_hung_up) return;
    if (!was_reached) found.send(*errand.signal);
    if (is_hung_up) found.send(SIGHUP);
    served().add(found.stat.pid);
    has_served_somebody_ = true;
}

/// A process that forks and ends without end is gone from /proc before a walk comes to it, but what it left is a child
/// of cppinit at once. cppinit's children need no look, because only cppinit can set their numbers free: few
/// microseconds lie between reading a number and its KILL.
void Descendants::kill_own_children() const {
    // A long list is not read again at once: it is of dead ones, and of those that a walk finds.
    constexpr int max_rounds = 20;
    constexpr int short_list = 64;
    int seen = 0;
    for (int round = 0; round < max_rounds && seen <= round * short_list; ++round) {
        auto list = open_own_children(own_pid_);
        if (!list) return;
        NumberList children(std::move(*list));
        for (; const auto pid = children.next(); ++seen) (void)sys::kill(*pid, SIGKILL);
    }
}

// ---- without /proc ----

/// Whom kill(2) can reach without /proc: as PID 1 everything, elsewhere the group that the main child led. The number
/// of the group is used only while a child of cppinit is in it and so keeps it: only cppinit could make that child's
/// place free.
std::optional<pid_t> Descendants::target_without_proc(const Errand& errand) const {
    if (own_pid_ == 1 && !errand.group) return -1;
    if (!main_child_) return std::nullopt;
    if (sys::has_child(P_PGID, *main_child_)) return -*main_child_;
    if (sys::has_child(P_PID, *main_child_)) return main_child_;
    return std::nullopt;
}

void Descendants::send_without_proc(const Errand& errand) const {
    const auto target = target_without_proc(errand);
    if (!target) return;
    // Of the receivers only their group is known.
    core::ProcStat receiver;
    if (main_child_ && *target == -*main_child_) receiver.group = *main_child_;
    const bool is_reached = terminated_all_ || core::was_reached(reached_, main_child_, receiver, std::nullopt);
    if (errand.signal && !is_reached) (void)sys::kill(*target, *errand.signal);
    if (errand.continues_stopped) (void)sys::kill(*target, SIGCONT);
}

// ---- looking ----

bool Descendants::others_live() {
    // The kernel counts zombies too.
    if (const auto exist = sys::kill(-1, 0); !exist && exist.error().number == ESRCH) return false;
    if (errand_count_ > 0) return true;
    if (look_ != Look::at_others) {
        start_walk(core::never, false);
        look_ = Look::at_others;
        saw_zombie_ = false;
    }
    const core::Milliseconds end = now() + slice_ms;
    while (full_ && !full_->is_finished()) {
        const auto found = full_->next();
        if (found && found->stat.is_dead()) saw_zombie_ = true;
        const bool lives = found && !found->stat.is_dead();
        if (lives) look_ = Look::none;
        if (lives || now() >= end) return true;
    }
    look_ = Look::none;
    // Somebody exists, and is no zombie that /proc shows.
    return !saw_zombie_;
}

std::optional<pid_t> Descendants::next_remaining() {
    errand_count_ = 0;
    if (look_ != Look::at_remaining) {
        start_walk(core::never, true);
        look_ = Look::at_remaining;
    }
    while ((tree_ && !tree_->is_finished()) || (full_ && !full_->is_finished())) {
        const auto found = next_found();
        if (found && !found->stat.is_dead()) return found->stat.pid;
    }
    look_ = Look::none;
    return std::nullopt;
}

}  // namespace os
