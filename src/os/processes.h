#pragma once

#include <array>
#include <optional>

#include "core/lifecycle.h"
#include "core/process.h"
#include "os/log.h"
#include "os/sys.h"

namespace os {

/// The processes under cppinit: all others in the PID namespace where it is PID 1, else those whose chain of parents
/// leads to it. They come and go while they are looked at, and their numbers can be another process's at any moment.
///
/// They are found by going through /proc in the order of numbers, which shows each process that lives all the while
/// exactly once. A walk down /proc/PID/task/TID/children does not: a process whose parent ends in between turns up a
/// second time among cppinit's own children, and would be signalled twice, or not at all (proc(5) calls the list
/// unreliable).
class Processes {
  public:
    Processes(pid_t own_pid, std::optional<pid_t> main_child)
        : own_pid_(own_pid), main_child_(main_child.value_or(0)) {}

    /// Sends a signal to everything under cppinit.
    void send_to_all(int signal);
    /// Sends a signal to the leftovers in the main child's group. The main child has ended, so that the group's number
    /// itself is used only while a child of cppinit is a member and so keeps it.
    void send_to_group_leftovers(int signal);
    /// Sends TERM and CONT to each leftover, of these TERM only to those that no stop signal has reached.
    void terminate(const core::Reached& reached);

    /// Sends CONT to those of the target that are stopped.
    void continue_stopped(core::Target target);
    /// Whether any other process lives in the namespace; only as PID 1.
    [[nodiscard]] bool others_live() const;
    /// Logs those that are left behind.
    void report_remaining(Log& log) const;

  private:
    /// A process that was found to be under cppinit, held so that its number stays its own.
    struct Ancestor {
        pid_t pid = 0;
        std::optional<sys::Descriptor> handle;
    };

    void send_to(const core::Selection& selection);
    /// False where there is no /proc of this PID namespace.
    [[nodiscard]] bool send_through_proc(const core::Selection& selection);
    void kill_own_children() const;
    void send_without_proc(const core::Selection& selection);
    void send_pinned(pid_t pid, const core::Selection& selection);
    [[nodiscard]] std::optional<pid_t> target_without_proc(const core::Selection& selection) const;
    [[nodiscard]] bool is_under(const core::Process& process) const;
    [[nodiscard]] std::optional<std::uint32_t> trail_to_own(pid_t pid) const;
    [[nodiscard]] bool is_held_ancestor(pid_t pid) const;
    void hold(pid_t pid, std::optional<sys::Descriptor> handle);

    const pid_t own_pid_;
    const pid_t main_child_;
    // The last few that were found to be under cppinit: parents most often come shortly before their children.
    std::array<Ancestor, 8> held_;
    std::size_t next_held_ = 0;
    bool uses_handles_ = true;
};

}  // namespace os
