#include "core/duration.h"

#include "core/text.h"

namespace core {
namespace {

constexpr std::int64_t millionths = 1'000'000;
constexpr std::int64_t longest = std::int64_t{1'000'000} * 3600 * 1000;

/// How many milliseconds one of the unit lasts. Digits alone are seconds.
std::optional<std::int64_t> milliseconds_of(std::string_view unit) {
    if (unit == "ms") return 1;
    if (unit.empty() || unit == "s") return 1000;
    if (unit == "m") return 60'000;
    if (unit == "h") return 3'600'000;
    return std::nullopt;
}

/// Moves over the digits in front and returns their value times the scale, of a fraction with a scale that falls from
/// digit to digit. None: there are no digits, or more than any duration has.
std::optional<std::int64_t> take_digits(std::string_view& word, std::int64_t scale, bool is_fraction) {
    std::optional<std::int64_t> sum;
    for (; !word.empty() && is_digit(word.front()); word.remove_prefix(1)) {
        const std::int64_t digit = word.front() - '0';
        if (is_fraction) scale /= 10;
        sum = is_fraction ? sum.value_or(0) + digit * scale : sum.value_or(0) * 10 + digit;
        if (*sum > longest) return std::nullopt;
    }
    return sum;
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view word) {
    if (word == "infinity") return never;

    const auto whole = take_digits(word, 1, false);
    std::optional<std::int64_t> fraction = 0;
    if (word.starts_with('.')) {
        word.remove_prefix(1);
        // Further digits are too small to matter.
        fraction = take_digits(word, millionths, true);
    }
    const auto unit = milliseconds_of(word);
    if (!whole || !fraction || !unit || *whole > longest / *unit) return std::nullopt;
    return *whole * *unit + (*fraction * *unit + millionths - 1) / millionths;
}

}  // namespace core
