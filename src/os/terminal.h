#pragma once

#include <optional>

#include "os/sys.h"

namespace os {

/// The controlling terminal, as far as its foreground was cppinit's to give: the main child gets it only then, so that
/// a cppinit started in the background takes nothing from anybody.
class Terminal {
  public:
    /// Looks whether cppinit's group has the foreground. No terminal, no /dev and no permission are ordinary: there is
    /// then nothing to give.
    static Terminal find();

    /// Called in the main child before exec, which so gets the foreground for its group. TTOU must be blocked: the call
    /// would stop the caller else (tcsetpgrp(3)). Does nothing where the foreground was not cppinit's.
    void give_to_caller() const;

    /// Gives the foreground back to cppinit's group, where it was given away and the receiving group still has it, or
    /// has passed it to one that is dead. A group that is led from outside of the PID namespace has no number in here:
    /// as PID 1 below unshare(1), say, cppinit cannot give it back (tty_ioctl(4), ESRCH).
    void reclaim_from(pid_t group) const;

  private:
    explicit Terminal(bool foreground_was_ours) : foreground_was_ours_(foreground_was_ours) {}

    bool foreground_was_ours_;
};

}  // namespace os
