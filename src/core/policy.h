#pragma once

#include <cstdint>

#include "core/duration.h"
#include "core/signals.h"
#include "core/status.h"

namespace core {

/// Which processes a forwarded signal reaches.
enum class Scope : std::uint8_t { group, main_child, everything };

/// What happens to the processes that are still alive under cppinit when the main child has ended.
enum class Leftovers : std::uint8_t { terminate, wait, leave };

/// Which processes an action is for.
enum class Target : std::uint8_t {
    /// Every process under cppinit.
    everything,
    main_child,
    /// The group that the main child leads. Like the main child it is never a target after the main child's end: its
    /// number can be somebody else's by then.
    group,
    /// The leftovers that belong to the main child's group.
    group_leftovers,
};

/// What the options say about the lifecycle.
struct Policy {
    Scope scope = Scope::group;
    Leftovers leftovers = Leftovers::terminate;
    /// There is no main child: reap until a stop signal arrives.
    bool pause = false;
    /// cppinit is PID 1.
    bool owns_namespace = false;
    /// The main child's group gets TERM when the main child has ended, whatever happens to the leftovers.
    bool ends_group = false;
    /// How long the first stop request is held back.
    Milliseconds stop_delay = 0;
    /// From the first forwarded stop signal to the KILL.
    Milliseconds kill_after = never;
    /// From the end of the main child to the KILL that ends its leftovers.
    Milliseconds grace = 5000;
    /// How long the program may run.
    Milliseconds timeout = never;
    /// The signals that mean "stop" (see is_stop).
    SignalSet stop_signals = SignalSet::of({SIGTERM, SIGINT});
    Rewrites rewrites;
    ExitRemap exit_remap;

    /// Whether an arriving signal asks the program to stop: it is one of the stop signals, or is rewritten to one. A
    /// signal that is dropped asks for nothing.
    [[nodiscard]] constexpr bool is_stop(int arrived) const {
        const auto forwarded = rewrites.apply(arrived);
        return forwarded && (stop_signals.contains(arrived) || stop_signals.contains(*forwarded));
    }
};

}  // namespace core
