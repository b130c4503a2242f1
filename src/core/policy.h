#pragma once

#include <cstdint>

#include "core/duration.h"
#include "core/signals.h"
#include "core/status.h"

namespace core {

/// Whom a forwarded signal reaches.
enum class Scope : std::uint8_t { group, main_child, everything };

/// What becomes of the processes that are alive under cppinit once the main child has ended.
enum class Leftovers : std::uint8_t { terminate, wait, leave };

/// What the options say about the lifecycle.
struct Policy {
    Scope scope = Scope::group;
    Leftovers leftovers = Leftovers::terminate;
    /// There is no main child: reap until a stop signal comes.
    bool pause = false;
    /// cppinit is PID 1.
    bool owns_namespace = false;
    /// The main child's group gets a TERM when the main child has ended, whatever becomes of the leftovers.
    bool ends_group = false;
    /// The signals that ask the program to stop, as they arrive or once they are rewritten.
    SignalSet stop_signals = SignalSet::of({SIGTERM, SIGINT});
    /// How long the program may run.
    Milliseconds timeout = never;
    /// How long the first stop signal is held back.
    Milliseconds stop_delay = 0;
    /// From the first forwarded stop signal to the KILL.
    Milliseconds kill_after = never;
    /// From the TERM that leftovers get to their KILL.
    Milliseconds grace = 5000;
    Rewrites rewrites;
    ExitRemap exit_remap;
};

}  // namespace core
