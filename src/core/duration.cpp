#include "core/duration.h"

#include "core/text.h"

namespace core {
namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t most_microseconds = std::int64_t{1'000'000} * 3600 * microseconds_per_second;

/// What one of the unit lasts. Digits alone are seconds.
std::optional<std::int64_t> microseconds_of(std::string_view unit) {
    if (unit.empty() || unit == "s") return microseconds_per_second;
    if (unit == "ms") return 1000;
    if (unit == "m") return 60 * microseconds_per_second;
    if (unit == "h") return 3600 * microseconds_per_second;
    return std::nullopt;
}

/// Moves over the digits in front and calls use with each. False where there is none.
template <class Use>
bool take_digits(std::string_view& word, Use use) {
    bool any = false;
    for (; !word.empty() && is_digit(word.front()); word.remove_prefix(1)) {
        use(word.front() - '0');
        any = true;
    }
    return any;
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view word) {
    if (word == "infinity") return never;

    // Whole units and millionths of one; further digits of a fraction are too small to matter.
    constexpr std::int64_t millionths = 1'000'000;
    std::int64_t whole = 0;
    std::int64_t fraction = 0;
    bool too_large = false;
    const bool has_whole = take_digits(word, [&](int digit) {
        whole = whole * 10 + digit;
        too_large = too_large || whole > most_microseconds / microseconds_per_second;
        if (too_large) whole = 0;
    });
    if (!has_whole || too_large) return std::nullopt;
    if (word.starts_with('.')) {
        word.remove_prefix(1);
        std::int64_t place = millionths / 10;
        const bool has_fraction = take_digits(word, [&](int digit) {
            fraction += digit * place;
            place /= 10;
        });
        if (!has_fraction) return std::nullopt;
    }

    const auto unit = microseconds_of(word);
    if (!unit || whole > most_microseconds / *unit) return std::nullopt;
    constexpr std::int64_t microseconds_per_millisecond = 1000;
    // The fraction of an hour is at most 3.6e9 microseconds times a million: that fits.
    const std::int64_t microseconds = whole * *unit + (fraction * *unit + millionths - 1) / millionths;
    return (microseconds + microseconds_per_millisecond - 1) / microseconds_per_millisecond;
}

}  // namespace core
