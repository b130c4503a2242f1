#pragma once

#include <cstdint>

#include "core/signals.h"
#include "core/status.h"

namespace core {

/// Whom a forwarded signal reaches.
enum class Scope : std::uint8_t { group, main_child };

/// What the options say about the lifecycle.
struct Policy {
    Scope scope = Scope::group;
    Rewrites rewrites;
    ExitRemap exit_remap;
};

}  // namespace core
