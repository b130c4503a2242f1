#pragma once

#include "core/options.h"
#include "os/inbox.h"
#include "os/log.h"
#include "os/terminal.h"

namespace os {

/// The pump: fetches what happened, asks core::step what is to be done, does it, until the lifecycle is done. Returns
/// the exit code. Nothing in here can fail. Without a main child (--pause) that is 0.
[[nodiscard]] int supervise(Inbox& inbox, const core::Policy& policy, pid_t own_pid, pid_t main_child,
                            Terminal& terminal, Log& log);

}  // namespace os
