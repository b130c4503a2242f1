#include "os/walks.h"

#include <errno.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "os/clock.h"

// That there is a visit, a walk or a group is known from the function that called; the check sees only one function.
// NOLINTBEGIN(bugprone-unchecked-optional-access)

namespace os {
namespace {

constexpr std::size_t max_entries = 1 << 18;
constexpr std::size_t min_entries = 1 << 8;
// Instead of an index: the parent is cppinit.
constexpr std::uint32_t no_entry = max_entries;

std::uint32_t start_tick(const core::ProcStat& stat) {
    // Only compared for equality, so it does not matter that it begins again after 497 days.
    return static_cast<std::uint32_t>(stat.started_at / core::start_precision_ms);
}

/// Whether every process that gets the same number later will have been started visibly later.
bool is_old(const core::ProcStat& stat) {
    return stat.started_at + 2 * core::start_precision_ms <= time_of(CLOCK_BOOTTIME);
}

/// Whether the pid is that of a process and not of another thread of one; asked if /proc does not show it.
bool is_process(pid_t pid) {
    const auto exists = sys::tgkill(pid, pid, 0);
    return exists || exists.error().number == EPERM;
}

Found hidden(pid_t pid) {
    return {.stat = {.pid = pid, .group = sys::getpgid(pid).value_or(0)}};
}

/// The chain of parents of a process, up to cppinit or to a process that is known to be under it.
class Chain {
  public:
    Chain(pid_t own_pid, const PinnedAncestors& known) : own_pid_(own_pid), known_(known) {}

    /// The chain counts if two looks in a row see the same one. A pid in it cannot have passed to another process in
    /// between: when a parent ends, its children get another parent, which the second look would have seen.
    [[nodiscard]] bool leads_to_own(pid_t pid) {
        constexpr int max_looks = 10;
        bool leads = look(pid);
        for (int looks = 1; looks < max_looks; ++looks) {
            const bool again = look(pid);
            if (is_as_before_ && again == leads) return leads;
            leads = again;
        }
        return false;
    }

  private:
    // Deeper than the tree of any program. A process below that depth comes nearer as its ancestors end.
    static constexpr std::size_t max_depth = 1000;

    bool look(pid_t pid) {
        is_as_before_ = true;
        for (std::size_t depth = 0; depth < max_depth; ++depth) {
            const auto stat = read_stat(pid);
            pid = stat ? stat->parent : 0;
            if (std::exchange(parents_[depth], pid) != pid) is_as_before_ = false;
            if (pid == own_pid_ || known_.contains(pid)) return true;
            if (pid <= 1) return false;
        }
        return false;
    }

    pid_t own_pid_;
    const PinnedAncestors& known_;
    std::array<pid_t, max_depth> parents_{};
    bool is_as_before_ = false;
};

}  // namespace

bool has_child(idtype_t kind, pid_t id) {
    return sys::find_ended(kind, id).has_value();
}

void Found::send(int signal) const {
    if (pin != nullptr) return pin->send(signal);
    (void)sys::kill(stat.pid, signal);
}

// ---- TreeWalk ----

TreeWalk::TreeWalk(pid_t own_pid, core::Milliseconds since) : own_pid_(own_pid), since_(since) {
    if (!open_own_children(own_pid)) return;
    queued_ = PidSet::map();
    // With a limit on its memory (RLIMIT_AS) cppinit makes do with less.
    auto memory = sys::map_memory(max_entries * sizeof(Entry));
    for (std::size_t count = max_entries; !memory && count > min_entries; count /= 2) {
        memory = sys::map_memory(count / 2 * sizeof(Entry));
    }
    if (memory) memory_ = std::move(*memory);
    add_own_children(false);
}

void TreeWalk::begin_next_pass() {
    for (const Entry& entry : memory_.as<Entry>().first(size_)) queued_.remove(entry.pid);
    size_ = position_ = 0;
    is_finished_ = false;
    add_own_children(true);
}

void TreeWalk::add_own_children(bool is_late) {
    found_somebody_ = false;
    add_children(open_own_children(own_pid_), no_entry, is_late);
}

void TreeWalk::add_children(const sys::Result<sys::Descriptor>& list, std::uint32_t parent, bool is_late) {
    if (!list) {
        // A process or thread that has ended has left its children to another one. Otherwise descriptors are few.
        const int error = list.error().number;
        is_incomplete_ = is_incomplete_ || (error != ENOENT && error != ESRCH);
        return;
    }
    const auto entries = memory_.as<Entry>();
    NumberList children(*list);
    while (const auto pid = children.next()) {
        if (queued_.contains(*pid)) continue;
        if (size_ == entries.size()) {
            is_incomplete_ = true;
            return;
        }
        entries[size_++] = {.pid = *pid, .parent = parent, .is_late = is_late};
        queued_.add(*pid);
    }
}

std::optional<Found> TreeWalk::next() {
    if (visit_ && visit_->threads) return read_next_thread();
    if (position_ < size_) return enter(position_++);
    // Processes whose parents have ended since are in cppinit's own list now. It is read again until it has no new
    // living process. Dead ones do not count: a process that forks without end would make the walk endless.
    is_finished_ = !found_somebody_;
    if (!is_finished_) add_own_children(true);
    return std::nullopt;
}

std::optional<Found> TreeWalk::enter(std::uint32_t index) {
    Entry& entry = memory_.as<Entry>()[index];
    if (visit_ && visit_->index == entry.parent) parent_.emplace(std::move(visit_->pin));
    visit_.reset();
    auto pin = PinnedProcess::open(entry.pid);
    const auto stat = pin ? pin->stat() : std::nullopt;
    if (!stat) {
        // Gone, or hidden. A child of cppinit keeps its pid until cppinit reaps it.
        const bool is_own_child = has_child(P_PID, entry.pid);
        hides_some_ = hides_some_ || is_own_child || is_process(entry.pid);
        return is_own_child ? std::optional(hidden(entry.pid)) : std::nullopt;
    }
    if (is_newcomer(*stat, entry) || !is_under(*stat, entry)) return std::nullopt;
    entry.start_tick = start_tick(*stat);
    entry.is_identified = is_old(*stat);
    visit_.emplace(index, std::move(*pin), *stat);
    if (stat->threads > 1) {
        if (auto folder = visit_->pin.open_file("task", O_RDONLY | O_DIRECTORY)) {
            visit_->threads.emplace(std::move(*folder));
            return std::nullopt;
        }
    }
    add_children(visit_->pin.open_children(entry.pid), index, entry.is_late);
    return leave();
}

std::optional<Found> TreeWalk::read_next_thread() {
    const auto thread = visit_->threads->next();
    if (!thread) return leave();
    add_children(visit_->pin.open_children(*thread), visit_->index, memory_.as<Entry>()[visit_->index].is_late);
    return std::nullopt;
}

/// All its children are in the list, so none of these was started in answer to the signal that may be sent now.
Found TreeWalk::leave() {
    visit_->threads.reset();
    // A dead one has left its children to cppinit, perhaps since cppinit's list was read. Without a limit to their
    // starts those who fork without end leave ever new dead ones; but then the signal is a KILL, whose next round finds
    // them.
    found_somebody_ = found_somebody_ || !visit_->stat.is_dead() || since_ != core::never;
    return {visit_->stat, &visit_->pin};
}

bool TreeWalk::is_newcomer(const core::ProcStat& stat, const Entry& entry) const {
    return stat.started_at > since_ - (entry.is_late ? core::start_precision_ms : 0);
}

bool TreeWalk::is_under(const core::ProcStat& stat, const Entry& entry) {
    if (stat.parent == own_pid_) return true;
    const auto entries = memory_.as<Entry>();
    if (entry.parent != no_entry && stat.parent == entries[entry.parent].pid && is_still_there(entries[entry.parent])) {
        return true;
    }
    return Chain(own_pid_, {}).leads_to_own(stat.pid);
}

bool TreeWalk::is_still_there(const Entry& parent) {
    if (!parent_ || parent_->pid() != parent.pid || !parent_->exists()) {
        parent_.reset();
        auto pin = PinnedProcess::open(parent.pid);
        const auto stat = pin && parent.is_identified ? pin->stat() : std::nullopt;
        if (stat && start_tick(*stat) == parent.start_tick) parent_.emplace(std::move(*pin));
    }
    return parent_.has_value();
}

// ---- PinnedAncestors ----

void PinnedAncestors::add(PinnedProcess process) {
    pins_[next_].emplace(std::move(process));
    next_ = (next_ + 1) % pins_.size();
}

bool PinnedAncestors::contains(pid_t pid) const {
    return std::ranges::any_of(pins_, [pid](const auto& pin) { return pin && pin->pid() == pid && pin->exists(); });
}

// ---- FullWalk ----

FullWalk::FullWalk(pid_t own_pid, core::Milliseconds since) : own_pid_(own_pid), since_(since) {
    const auto own = read_stat(own_pid);
    auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (!own || !proc || !proc_is_of_namespace(own_pid)) return;
    own_start_ = own->started_at;
    pids_.emplace(std::move(*proc));
    next_pid_ = pids_->next();
    // If descriptors are few (RLIMIT_NOFILE), none can be spared for ancestors.
    constexpr std::uint64_t enough_descriptors = 32;
    pins_ancestors_ = sys::descriptor_limit().value_or(0) >= enough_descriptors;
    if (own_pid == 1 && proc_hides_processes()) {
        shown_ = PidSet::map();
        highest_ = last_pid().value_or(0);
    }
}

std::optional<Found> FullWalk::next() {
    if (!next_pid_) return next_hidden();
    const pid_t pid = *next_pid_;
    next_pid_ = pids_->next();
    is_finished_ = !next_pid_ && !shown_.has_memory();
    shown_.add(pid);
    highest_ = std::max(highest_, pid);
    return look_at(pid);
}

std::optional<Found> FullWalk::look_at(pid_t pid) {
    if (pid == own_pid_) return std::nullopt;
    if (pin_ && pins_ancestors_) ancestors_.add(std::move(*pin_));
    pin_.reset();
    auto pin = PinnedProcess::open(pid);
    const auto stat = pin ? pin->stat() : std::nullopt;
    if (!stat) return own_pid_ == 1 && is_process(pid) ? std::optional(hidden(pid)) : std::nullopt;
    if (is_newcomer(*stat) || !is_under(*stat)) return std::nullopt;
    pin_.emplace(std::move(*pin));
    return Found{*stat, &*pin_};
}

std::optional<Found> FullWalk::next_hidden() {
    constexpr int numbers_per_step = 50;
    for (int tries = 0; tries < numbers_per_step; ++tries) {
        if (tried_ >= highest_) {
            is_finished_ = true;
            break;
        }
        ++tried_;
        if (!shown_.contains(tried_) && is_process(tried_)) return hidden(tried_);
    }
    return std::nullopt;
}

bool FullWalk::is_newcomer(const core::ProcStat& stat) const {
    const bool is_guest = own_pid_ == 1 && stat.is_guest();
    return stat.started_at > since_ && !is_guest;
}

bool FullWalk::is_under(const core::ProcStat& stat) const {
    if (own_pid_ == 1 || stat.parent == own_pid_) return true;
    // A process that is older than cppinit cannot descend from it.
    return stat.started_at >= own_start_ && Chain(own_pid_, ancestors_).leads_to_own(stat.pid);
}

}  // namespace os

// NOLINTEND(bugprone-unchecked-optional-access)
