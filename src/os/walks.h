#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/proc_stat.h"
#include "os/pid_set.h"
#include "os/procfs.h"
#include "os/sys.h"

/// Finding the processes under cppinit. A walk goes on step by step, so that cppinit can look at its signals in
/// between.
namespace os {

/// Whether cppinit has a child with that pid (P_PID) or in that group (P_PGID), dead or alive: until cppinit reaps it,
/// the number belongs to it.
[[nodiscard]] bool has_child(idtype_t kind, pid_t id);

/// A process under cppinit, as a walk came to it.
struct Found {
    core::ProcStat stat;
    /// Null if /proc does not show the process. Its pid is certain nevertheless: it is a child that cppinit has not
    /// waited for, or cppinit is PID 1, so that whatever has the pid is under it.
    const PinnedProcess* pin = nullptr;

    void send(int signal) const;
};

/// Goes down cppinit's own tree, from children to their children, through the lists in /proc/PID/task/TID/children, so
/// that other processes on the machine cost nothing.
///
/// A process counts only while it is pinned, and if its parent is cppinit or a process that was found before and still
/// exists. A process whose parent ends in the meantime becomes a child of cppinit, whose list is read again until it
/// has no new entry. But it can also become the child of another subreaper that the walk has already passed, and
/// proc(5) calls the lists unreliable while children end. A caller that must not miss a process therefore makes passes
/// until one finds nothing new.
class TreeWalk {
  public:
    /// Leaves out processes that were started after `since` (CLOCK_BOOTTIME). Once some were signalled, it also leaves
    /// out those that were started in the same hundredth of a second: they may be an answer to the signal.
    TreeWalk(pid_t own_pid, core::Milliseconds since);

    /// False if the kernel has no such lists, or no memory to remember the processes.
    [[nodiscard]] bool is_possible() const { return !memory_.as<Entry>().empty() && queued_.has_memory(); }
    /// One step. Returns a process whose children are already in the list, so that it can be signalled; none if this
    /// step found none.
    [[nodiscard]] std::optional<Found> next();
    [[nodiscard]] bool is_finished() const { return is_finished_; }
    /// It cannot know all: there were more processes than it has memory for, or it had no descriptor for a list.
    [[nodiscard]] bool is_incomplete() const { return is_incomplete_; }
    /// /proc hides some processes, and their children with them. These become visible when their parents end.
    [[nodiscard]] bool hides_some() const { return hides_some_; }
    /// Begins another pass, whose processes count as found after some were signalled.
    void begin_next_pass();

  private:
    struct Entry {
        pid_t pid;
        /// The index of the process whose list it was in.
        std::uint32_t parent;
        std::uint32_t start_tick;
        /// The pid and start_tick identify the process: it is too old for another one to have both.
        bool is_identified;
        /// It was found after some were signalled.
        bool is_late;
    };
    /// A process whose children are read, one thread after the other.
    struct Visit {
        std::uint32_t index;
        PinnedProcess pin;
        core::ProcStat stat;
        std::optional<NumberedEntries> threads;
    };

    void add_own_children(bool is_late);
    void add_children(const sys::Result<sys::Descriptor>& list, std::uint32_t parent, bool is_late);
    [[nodiscard]] std::optional<Found> enter(std::uint32_t index);
    [[nodiscard]] std::optional<Found> read_next_thread();
    [[nodiscard]] Found leave();
    [[nodiscard]] bool is_newcomer(const core::ProcStat& stat, const Entry& entry) const;
    [[nodiscard]] bool is_under(const core::ProcStat& stat, const Entry& entry);
    [[nodiscard]] bool is_still_there(const Entry& parent);

    const pid_t own_pid_;
    const core::Milliseconds since_;
    sys::Mapping memory_;
    std::uint32_t size_ = 0;
    std::uint32_t position_ = 0;
    PidSet queued_;
    std::optional<Visit> visit_;
    /// The parent that was looked at last: siblings follow one another.
    std::optional<PinnedProcess> parent_;
    /// A living process was found since cppinit's own list was last read.
    bool found_somebody_ = false;
    bool is_finished_ = false;
    bool is_incomplete_ = false;
    bool hides_some_ = false;
};

/// The last few processes that were found to be under cppinit: parents most often come shortly before their children.
class PinnedAncestors {
  public:
    void add(PinnedProcess process);
    [[nodiscard]] bool contains(pid_t pid) const;

  private:
    std::array<std::optional<PinnedProcess>, 8> pins_;
    std::size_t next_ = 0;
};

/// Goes through all of /proc in the order of pids, and so meets each process that lives through the whole walk exactly
/// once. For PID 1, under which all processes are, guests included; and for kernels without lists of children.
class FullWalk {
  public:
    /// Leaves out what was started after `since` (CLOCK_BOOTTIME), except guests.
    FullWalk(pid_t own_pid, core::Milliseconds since);

    /// False without /proc, or if a filter refuses to list it.
    [[nodiscard]] bool is_possible() const { return next_pid_.has_value(); }
    /// One step.
    [[nodiscard]] std::optional<Found> next();
    [[nodiscard]] bool is_finished() const { return is_finished_; }

  private:
    [[nodiscard]] std::optional<Found> look_at(pid_t pid);
    [[nodiscard]] std::optional<Found> next_hidden();
    [[nodiscard]] bool is_under(const core::ProcStat& stat) const;
    [[nodiscard]] bool is_newcomer(const core::ProcStat& stat) const;

    const pid_t own_pid_;
    const core::Milliseconds since_;
    core::Milliseconds own_start_ = 0;
    std::optional<NumberedEntries> pids_;
    std::optional<PinnedProcess> pin_;
    PinnedAncestors ancestors_;
    bool pins_ancestors_ = false;
    std::optional<int> next_pid_;
    /// If cppinit is PID 1 and /proc hides processes: those that it shows, and up to which pid the others were tried.
    PidSet shown_;
    pid_t highest_ = 0;
    pid_t tried_ = 1;
    bool is_finished_ = false;
};

}  // namespace os
