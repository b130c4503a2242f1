#pragma once

#include "os/sys.h"

namespace os {

/// What a clock says, for what is only compared or shown: 0 if a filter refuses it.
[[nodiscard]] inline core::Milliseconds time_of(clockid_t clock) {
    return sys::clock_gettime(clock).value_or(0);
}

/// CLOCK_MONOTONIC. A filter may refuse it: then this clock goes on by the waits that have run out, so that a deadline
/// still comes.
class Clock {
  public:
    [[nodiscard]] core::Milliseconds now() {
        if (const auto read = sys::clock_gettime(CLOCK_MONOTONIC)) now_ = *read;
        return now_;
    }

    /// A wait until this moment has run out. The kernel's answer takes precedence over it.
    void reach(core::Milliseconds moment) { now_ = moment; }

  private:
    core::Milliseconds now_ = 0;
};

}  // namespace os
