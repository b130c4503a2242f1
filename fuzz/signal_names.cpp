// Any word as a signal: none, or one of 64, whose name means the same signal again.

#include <string>
#include <string_view>

#include "core/signals.h"
#include "core/text.h"
#include "expect.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string word(reinterpret_cast<const char*>(bytes), size);
    const auto signal = core::parse_signal(word);
    if (!signal) return 0;
    EXPECT(*signal >= 1 && *signal <= core::last_signal);

    const core::SignalName name(*signal);
    EXPECT(core::parse_signal(name) == signal);
    EXPECT(core::parse_signal(join("sig", std::string_view(name))) == signal ||
           core::is_digit(std::string_view(name)[0]));

    std::string in_capitals = word;
    for (char& byte : in_capitals) byte = core::to_upper(byte);
    EXPECT(core::parse_signal(in_capitals) == signal);
    // Only what is spelled out is taken.
    EXPECT(!core::parse_signal(join(word, " ")));
    EXPECT(!core::parse_signal(join(" ", word)));
    return 0;
}
