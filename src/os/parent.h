#pragma once

#include <optional>

#include "core/options.h"
#include "os/sys.h"

namespace os {

/// cppinit's parent process, for --parent-death.
///
/// The kernel sends the parent death signal at the end of the parent's *thread* that made cppinit (prctl(2)), and says
/// SI_USER and the parent's pid with it: the same as at the end of the whole process, and the same as of a signal that
/// the parent sends with kill (kernel/exit.c, forget_original_parent). So the signal itself tells nothing. cppinit asks
/// for CHLD, which it never forwards, as a hint to look who its parent is: the kernel changes that first, and only if
/// the process has ended.
class Parent {
  public:
    /// Begins to watch, where the options ask for it. A parent that ends meanwhile counts as well.
    [[nodiscard]] static sys::Result<Parent> watch(const core::Options& options);

    /// Called for each SIGCHLD. If the parent is another process by now, the chosen signal is sent to cppinit, and
    /// waits in the inbox like any other; a KILL or a STOP has its effect at once.
    void look();

  private:
    Parent(std::optional<int> signal, pid_t pid) : signal_(signal), pid_(pid) {}

    /// None: there is nothing to look at.
    std::optional<int> signal_;
    pid_t pid_;
};

}  // namespace os
