#pragma once

#include <optional>

#include "core/options.h"
#include "core/report.h"
#include "os/inbox.h"
#include "os/log.h"
#include "os/memory_cgroup.h"
#include "os/parent.h"
#include "os/terminal.h"

namespace os {

/// How the run ended, and so how cppinit is to end.
struct Outcome {
    int exit_code;
    /// The signal that cppinit is to die of, so that its parent sees what it would have seen of the program.
    std::optional<int> dies_of;
    /// --timeout has expired.
    bool timed_out;
};

/// The pump: fetches what happened, asks core::step what is to be done, does it, until the lifecycle is done. Nothing
/// in here can fail. There is no main child with --pause. The report gets what is counted during the run.
[[nodiscard]] Outcome supervise(Inbox& inbox, const core::Options& options, pid_t own_pid,
                                std::optional<pid_t> main_child, Parent& parent, Terminal& terminal,
                                const OomKills& oom_kills, Log& log, core::Report& report);

}  // namespace os
