#pragma once

#include <optional>

#include "core/job_control.h"
#include "os/sys.h"
#include "os/terminal.h"

namespace os {

/// cppinit as a job of a shell: it owns the terminal's foreground and carries out what core/job_control decides.
class Job {
  public:
    Job(pid_t own_pid, std::optional<pid_t> main_child, Terminal& terminal)
        : own_pid_(own_pid), main_child_(main_child), terminal_(terminal) {}

    /// Whether the terminal has sent the signal to cppinit's whole group. The kernel sends it by itself then
    /// (sigaction(2), SI_KERNEL), unless only the group of a neighbour's program had the foreground: the neighbour
    /// passes it on. PID 1, whose group nobody else is in, has no neighbours.
    [[nodiscard]] bool is_of_terminal(const siginfo_t& arrived) const;

    /// Called for each signal that arrives. True: a neighbour in cppinit's group wanted the terminal and has it now;
    /// there is nothing to forward.
    [[nodiscard]] bool answers(int signal, bool is_of_terminal);

    /// What came of a stop of the main child.
    enum class Outcome : std::uint8_t {
        stays_stopped,
        goes_on,
        /// cppinit was stopped with it, and CONT has continued cppinit: the main child goes on.
        resumed,
    };
    [[nodiscard]] Outcome answer_stop(int signal, bool may_suspend);

    /// Whether the terminal has sent a signal that ended the main child, if it was INT, QUIT or HUP: only to the main
    /// child's group, which was in front.
    [[nodiscard]] bool was_sent_to_main_child(int signal) const;
    /// See the actions of the same names in core/lifecycle.h.
    void lend_foreground();
    void take_foreground();
    /// Returns whether the main child's group keeps it, because it has members.
    [[nodiscard]] bool take_free_foreground();
    void tell_own_group(int signal);

  private:
    [[nodiscard]] core::Foreground foreground() const;
    /// None: a neighbour was faster, and the question is to be asked again.
    [[nodiscard]] std::optional<Outcome> answer_stop_now(int signal, bool may_suspend, bool group_has_received);
    [[nodiscard]] bool suspend(int signal, pid_t target);

    const pid_t own_pid_;
    const std::optional<pid_t> main_child_;
    Terminal& terminal_;
    /// The last signal that arrived, if the terminal sent it: then all of cppinit's group has it.
    std::optional<int> group_has_received_;
};

}  // namespace os
