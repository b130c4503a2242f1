#pragma once

#include "core/options.h"
#include "os/log.h"
#include "os/sys.h"

/// What cppinit asks of the kernel for itself.
namespace os {

/// Makes cppinit the process that adopts orphans. As PID 1 it does so already. Otherwise a failure, from a kernel
/// before 3.4 or a seccomp filter, is an error only if the options require a subreaper.
[[nodiscard]] sys::Result<void> become_reaper(const core::Options& options, pid_t own_pid);

/// Lets the terminal's stop signals stop cppinit, those that are pending too, and returns once it is continued. False:
/// nothing stopped. The kernel lets no terminal stop a group that nobody could continue (setpgid(2), orphaned process
/// group).
[[nodiscard]] bool be_stopped();

/// Ends cppinit by a signal, without a core file: its parent sees that the signal killed it. Returns only if that
/// fails.
void die_of(int signal);

/// Goes to the root directory and closes every descriptor above stderr, so that cppinit pins no mount. Called once the
/// main child runs.
///
/// PID 1 keeps stdin and stdout as well, because cron jobs and hooks write to the container's log through /proc/1/fd/1;
/// and so does cppinit under a peer's name, because the peers do. Otherwise they are closed, so that a pipe is closed
/// as soon as the main child closes it. `kept` stays open in any case.
void let_go_of_files(bool keeps_standard_streams, std::optional<int> kept);

}  // namespace os
