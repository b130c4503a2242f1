#pragma once

#include <optional>

#include "core/options.h"
#include "os/sys.h"

namespace os {

/// cppinit's parent process, for --parent-death.
///
/// The kernel sends the parent death signal when the *thread* that started cppinit ends (prctl(2)), with SI_USER and
/// the parent's pid (kernel/exit.c, forget_original_parent). The death of the whole process looks the same, and so does
/// a signal that the parent sends with kill, so nothing in the signal itself can tell the three apart. Therefore
/// cppinit has the kernel send CHLD, which it never forwards, and then looks at who its parent is: the kernel changes
/// the parent before it sends the signal, and only if the whole process has ended.
class Parent {
  public:
    /// Watches the parent if the options ask for it. A parent that dies during this call is noticed.
    [[nodiscard]] static sys::Result<Parent> watch(const core::Options& options);

    /// Called for each SIGCHLD. If cppinit has a new parent, it sends itself the chosen signal, which then waits in the
    /// inbox like any other; KILL and STOP take effect at once.
    void look();

  private:
    Parent(std::optional<int> signal, pid_t pid) : signal_(signal), pid_(pid) {}

    /// The signal to send; none if there is nothing to look for.
    std::optional<int> signal_;
    pid_t pid_;
};

}  // namespace os
