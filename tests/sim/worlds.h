#pragma once

#include <vector>

#include "sim/simulation.h"

namespace sim {

/// The small worlds, which are explored completely, and the large ones, through which random schedules lead.
[[nodiscard]] const std::vector<World>& worlds();

}  // namespace sim
