#pragma once

#include <array>
#include <optional>

#include "core/leftovers.h"
#include "os/sys.h"

namespace os {

/// The processes under cppinit: all others in the PID namespace where it is PID 1, otherwise those whose chain of
/// parents leads to it. They come and go while they are looked at, and their numbers can be another process's at any
/// moment.
///
/// There can be many thousands of them, among many thousands of others. What is begun here is carried out in slices of
/// a few milliseconds, so that cppinit can look at its signals in between.
class Descendants {
  public:
    /// Without a main child (--pause) there is no group either.
    Descendants(pid_t own_pid, std::optional<pid_t> main_child) : own_pid_(own_pid), main_child_(main_child) {}

    /// Sends a signal to everything under cppinit. KILL takes the place of whatever was begun before.
    void send_to_all(int signal);
    /// Sends a signal to the leftovers in the main child's group. The main child has ended, so that the group's number
    /// itself is used only while a child of cppinit is a member and so keeps it.
    void send_to_group_leftovers(int signal);
    /// Sends CONT to those that are stopped: in everything under cppinit, or in the main child's group. A forwarded
    /// stop signal is followed by it, because it would stay pending otherwise.
    void continue_stopped();
    void continue_stopped_group();
    /// Sends TERM to each leftover that no forwarded stop signal has reached, HUP to the leaders of sessions with a
    /// controlling terminal, and then CONT to those that are stopped. The times in `reached` are of CLOCK_MONOTONIC.
    /// Called again, it sends only to those that were not there before: guests that have come in the meantime.
    void terminate(const core::Reached& reached);

    /// Goes on with what was begun, for a few milliseconds. Called after each wake-up, between signals, and again at
    /// once while it says that there is more to be done.
    [[nodiscard]] bool proceed();

    /// As PID 1: whether any process but cppinit lives in the namespace. Guests are nobody's children, so that wait(2)
    /// cannot tell. A zombie does not count: a guest's parent is outside, and waits for it when it likes.
    [[nodiscard]] bool others_live();

    /// The next of the processes that are still there, for the warning that names them; none at the end. Called until
    /// then.
    [[nodiscard]] std::optional<pid_t> next_remaining();

  private:
    /// What goes to each of the processes, in this order: the signal, HUP, CONT.
    struct Errand {
        std::optional<int> signal;
        /// Only to members of this group.
        std::optional<pid_t> group;
        core::Reached reached;
        bool hangs_up = false;
        bool continues_stopped = false;
    };

    /// A process that was found to be under cppinit, held so that its number stays its own.
    struct Ancestor {
        pid_t pid = 0;
        std::optional<sys::Descriptor> handle;
    };

    void send_to(const Errand& errand);
    /// False where there is no /proc of this PID namespace.
    [[nodiscard]] bool send_through_proc(const Errand& errand);
    void kill_own_children() const;
    void send_without_proc(const Errand& errand);
    void send_pinned(pid_t pid, const Errand& errand);
    void send_to_process(const core::ProcStat& process, const std::optional<sys::Descriptor>& handle,
                         const Errand& errand) const;
    [[nodiscard]] std::optional<pid_t> target_without_proc(const Errand& errand) const;
    [[nodiscard]] bool is_under(const core::ProcStat& process) const;
    [[nodiscard]] std::optional<std::uint32_t> trail_to_own(pid_t pid) const;
    [[nodiscard]] bool is_held_ancestor(pid_t pid) const;
    void hold(pid_t pid, std::optional<sys::Descriptor> handle);

    const pid_t own_pid_;
    const std::optional<pid_t> main_child_;
    // The last few that were found to be under cppinit: parents most often come shortly before their children.
    std::array<Ancestor, 8> held_;
    std::size_t next_held_ = 0;
    bool uses_handles_ = true;
    pid_t listed_up_to_ = 0;
};

}  // namespace os
