#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What must hold for every input; libFuzzer keeps the input for which it does not.
#define EXPECT(condition)                                                        \
    do {                                                                         \
        if (!(condition)) {                                                      \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                        \
        }                                                                        \
    } while (false)

/// The parts, one after the other. Not std::string's own way: what is linked of it is libFuzzer's copy, which the
/// memory sanitizer cannot see into.
template <class... Parts>
std::string join(Parts... parts) {
    std::string joined((std::string_view(parts).size() + ...), ' ');
    char* end = joined.data();
    ((end = std::copy_n(std::string_view(parts).data(), std::string_view(parts).size(), end)), ...);
    return joined;
}

/// libFuzzer calls it with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
