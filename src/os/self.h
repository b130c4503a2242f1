#pragma once

#include "core/options.h"
#include "os/log.h"
#include "os/sys.h"

/// What cppinit asks of the kernel for itself.
namespace os {

/// Makes cppinit the process that orphans are given to. As PID 1 it is that already. Elsewhere a failure counts only
/// where the options insist: a kernel before 3.4 or a seccomp filter can refuse.
[[nodiscard]] sys::Result<void> become_reaper(const core::Options& options, pid_t own_pid);

/// Lets cppinit receive a signal when its own parent dies, where the options ask for it. A parent that died before the
/// kernel was told counts as well: the signal then waits in the inbox.
[[nodiscard]] sys::Result<void> watch_parent(const core::Options& options, pid_t own_pid);

/// Lets a stop signal that is pending stop cppinit, and returns once it is continued. False: nothing stopped. The
/// kernel lets no terminal stop a group that nobody could continue (setpgid(2), orphaned process group).
[[nodiscard]] bool be_stopped_by(int signal);

/// Ends cppinit by a signal, without a core file: its parent sees that the signal killed it. Returns where that cannot
/// be done.
void die_of(int signal);

/// Closes every descriptor but stderr and goes to the root directory: cppinit pins no mount, and a pipe that the main
/// child closes is closed. Called once the main child runs.
void let_go_of_files();

}  // namespace os
