#include "core/duration.h"

namespace core {
namespace {

// Digits of a fraction beyond this many are too small to matter.
constexpr int max_decimals = 6;
constexpr std::int64_t max_duration = std::int64_t{1'000'000} * 3600 * 1000;

/// How many milliseconds one of a unit lasts, the shortest first. A number without a unit is in seconds.
struct Unit {
    char name[3];
    int lasts;
};
constexpr Unit units[] = {{"ms", 1}, {"", 1000}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view word) {
    if (word == "infinity") return never;

    // The digits before and after the point as one number, and the power of ten that it is to be divided by.
    std::int64_t number = 0;
    std::int64_t divisor = 1;
    std::size_t digits = 0;
    bool has_point = false;
    for (; !word.empty(); word.remove_prefix(1)) {
        const char byte = word.front();
        if (byte == '.' && digits > 0 && !has_point) {
            has_point = true;
            digits = 0;
            continue;
        }
        if (!is_digit(byte)) break;
        ++digits;
        if (has_point && digits > max_decimals) continue;
        if (has_point) divisor *= 10;
        if (number > max_duration * divisor / 10) return std::nullopt;
        number = number * 10 + (byte - '0');
    }
    for (const Unit& unit : units) {
        if (word != text_of(unit.name)) continue;
        if (digits == 0 || number > max_duration / unit.lasts * divisor) return std::nullopt;
        return (number * unit.lasts + divisor - 1) / divisor;
    }
    return std::nullopt;
}

void write_duration(Milliseconds span, TextWriter& out) {
    Unit largest = units[0];
    for (const Unit& unit : units) {
        if (span % unit.lasts == 0) largest = unit;
    }
    out.add(span / largest.lasts).add(text_of(largest.name));
}

}  // namespace core
