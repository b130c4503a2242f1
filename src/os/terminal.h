#pragma once

#include <optional>

#include "core/job_control.h"
#include "os/sys.h"

namespace os {

/// Whether no process is in that group (kill(2), ESRCH).
[[nodiscard]] bool is_empty_group(pid_t group);

/// The foreground of the controlling terminal, as far as it is cppinit's to give: the main child gets it only where
/// cppinit's group has it, so that a cppinit in the background takes nothing from anybody.
///
/// Block SIGTTOU before moving the foreground; otherwise tcsetpgrp(3) stops the caller.
class Terminal {
  public:
    /// Decides whether the main child gets the foreground from its first moment on: only if cppinit's group has it now.
    /// It is normal that there is no terminal, no /dev or no permission; then there is nothing to give.
    ///
    /// In two cases the main child is lent the foreground only when it asks for it. In a pipeline, a neighbour may need
    /// the terminal too, and would be stopped because it lacks it. And in a script's background job, whose stdin is
    /// /dev/null, Ctrl-C is meant for the script.
    static Terminal find();

    /// Gives up the controlling terminal, so that another session can take it, if cppinit leads the session that has
    /// it. Discards the HUP and the CONT that the kernel sends at that moment.
    static void give_up();

    /// Which group has the foreground, with regard to the one that the main child leads or led.
    [[nodiscard]] core::Foreground foreground(std::optional<pid_t> main_group) const;

    /// Called in the main child before exec: gives the foreground to its group, if cppinit's group had it.
    void give_to_caller() const;

    /// Gives the foreground to the main child's group, where cppinit's own has it now, or a neighbour's program.
    /// Returns whether it did.
    bool lend_to(pid_t main_group);

    /// The same, but only if the main child was given the foreground before, and cppinit's group has it now.
    void lend_again_to(pid_t main_group);

    /// The main child's group has the foreground, and from cppinit.
    [[nodiscard]] bool is_lent_to(pid_t main_group) const;

    /// The terminal that was lent to the main child has hung up.
    [[nodiscard]] bool is_lost() const;

    /// Gives the foreground back to cppinit's group, if it was given away and the main child's group still has it, or
    /// has passed it to one that is dead. Returns whether it did. A group that is led from outside of the PID namespace
    /// has no number in here: as PID 1 below unshare(1), for example, cppinit cannot give it back (tty_ioctl(4),
    /// ESRCH).
    [[nodiscard]] bool reclaim_from(std::optional<pid_t> main_group) const;

  private:
    class Opened;

    static bool is_foreground(const Opened& terminal);
    [[nodiscard]] core::Foreground foreground_of(const Opened& terminal, std::optional<pid_t> main_group) const;

    explicit Terminal(bool is_lender) : is_lender_(is_lender) {}

    /// The foreground was cppinit's, and went to the main child's group.
    bool is_lender_;
};

}  // namespace os
