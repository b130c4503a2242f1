#pragma once

#include <cstdint>

namespace core {

/// Which log lines are written; each level includes the ones before it.
enum class Verbosity : std::uint8_t { errors, warnings, information, details };

}  // namespace core
