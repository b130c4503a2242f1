#pragma once

#include "core/options.h"
#include "core/report.h"
#include "os/inbox.h"
#include "os/log.h"
#include "os/memory_cgroup.h"
#include "os/terminal.h"

namespace os {

/// The pump: fetches what happened, asks core::step what is to be done, does it, until the lifecycle is done. Nothing
/// in here can fail. The report has the main child's pid, 0 without one (--pause), and gets what is to be told of the
/// run, the exit code above all.
void supervise(Inbox& inbox, const core::Options& options, pid_t own_pid, Terminal& terminal, const OomKills& oom_kills,
               Log& log, core::Report& report);

}  // namespace os
