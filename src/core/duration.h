#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "core/text.h"

namespace core {

/// Spans and points of time, in milliseconds. Points are of CLOCK_MONOTONIC, which no change of the wall clock moves.
using Milliseconds = std::int64_t;

/// The span that never ends, and the point of time that never comes. It is half of the largest number, so that a point
/// and a span can be added whatever they are.
inline constexpr Milliseconds never = std::numeric_limits<Milliseconds>::max() / 2;

/// The point of time that lies a span after another.
constexpr Milliseconds after(Milliseconds point, Milliseconds span) {
    return std::min(point + span, never);
}

/// "5" and "5s", "250ms", "2m", "1h", a decimal fraction of these, or "infinity". Part of a millisecond counts as a
/// whole one: what is not nothing does not become nothing. At most 1,000,000 hours.
[[nodiscard]] std::optional<Milliseconds> parse_duration(std::string_view word);

/// Writes a span as parse_duration reads it, in the largest unit that needs no fraction: "1500ms", "90s", "2m". Not for
/// the span that never ends.
void write_duration(Milliseconds span, TextWriter& out);

}  // namespace core
