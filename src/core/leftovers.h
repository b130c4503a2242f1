#pragma once

#include <optional>

#include "core/duration.h"
#include "core/policy.h"

namespace core {

/// What a forwarded stop signal has reached: the target's members that had been started by then and did not ignore it.
struct StopReach {
    int signal;
    Target target;
    Milliseconds at;
};

/// The stop signals that leftovers may already have received, so that they are not sent TERM into their clean-up.
struct Reached {
    std::optional<StopReach> term;
    std::optional<StopReach> other;
};

}  // namespace core
