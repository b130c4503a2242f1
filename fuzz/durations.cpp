// Any word as a duration, against a second reading of it in floating point.

#include <cmath>
#include <string>
#include <utility>

#include "core/duration.h"
#include "core/text.h"
#include "expect.h"

namespace {

/// Milliseconds, not rounded; negative where the word is no duration.
long double read_again(const std::string& word) {
    std::size_t digits = 0;
    const auto skip_digits = [&] {
        const std::size_t before = digits;
        while (digits < word.size() && core::is_digit(word[digits])) ++digits;
        return digits > before;
    };
    if (!skip_digits()) return -1;
    if (digits < word.size() && word[digits] == '.') {
        ++digits;
        if (!skip_digits()) return -1;
    }
    const long double number = std::strtold(word.substr(0, digits).c_str(), nullptr);
    const std::string unit = word.substr(digits);
    for (const auto& [name, lasts] : {std::pair{"", 1e3L}, {"s", 1e3L}, {"ms", 1.0L}, {"m", 60e3L}, {"h", 3600e3L}}) {
        if (unit == name) return number * lasts;
    }
    return -1;
}

constexpr long double most = 1e6L * 3600e3L;

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string word(reinterpret_cast<const char*>(bytes), size);
    const auto duration = core::parse_duration(word);
    if (word == "infinity") {
        EXPECT(duration == core::never);
        return 0;
    }
    const long double expected = read_again(word);
    if (!duration) {
        // More than a number of seconds can be in any unit is refused too.
        EXPECT(expected < 0 || expected > most || std::strtold(word.c_str(), nullptr) > most / 1e3L);
        return 0;
    }
    EXPECT(expected >= 0);
    // What is not nothing does not become nothing: rounded up, but what is below a millionth of the unit.
    const auto got = static_cast<long double>(*duration);
    EXPECT(got <= std::ceil(expected) + 1 && got >= std::floor(expected - 4) && got <= most + 3600e3L);
    return 0;
}
