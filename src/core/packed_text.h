#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/text.h"

namespace core {

/// Texts that take a third less room in the binary: the pair of bytes that comes most often becomes one byte of those
/// that ASCII leaves free, again and again (byte pair encoding, Gage 1994). It is done at compile time.
template <std::size_t Size, std::size_t Pairs>
struct PackedText {
    static constexpr std::uint8_t first_pair = 128;

    struct Pair {
        std::uint8_t left;
        std::uint8_t right;
    };

    /// The texts, each with a zero byte after it.
    std::uint8_t bytes[Size];
    Pair pairs[Pairs];

    void unpack(std::uint8_t byte, TextWriter& out) const {
        if (byte < first_pair) return (void)out.add({reinterpret_cast<const char*>(&byte), 1});
        const Pair& pair = pairs[byte - first_pair];
        unpack(pair.left, out);
        unpack(pair.right, out);
    }
};

/// The making of it.
template <std::size_t Capacity>
struct Packing {
    static constexpr std::size_t most_pairs = 128;
    // A pair takes two bytes and each time saves one.
    static constexpr int fewest = 4;

    PackedText<Capacity, most_pairs> text{};
    std::size_t size = 0;
    std::size_t pairs = 0;

    constexpr void add(std::string_view piece) {
        for (const char byte : piece) text.bytes[size++] = static_cast<std::uint8_t>(byte);
        ++size;
    }

    constexpr void pack() {
        while (pairs < most_pairs && replace_most_frequent()) ++pairs;
    }

  private:
    constexpr bool replace_most_frequent() {
        // A pair as one number. Zero bytes are of none: each text ends in one, and the last text too.
        std::size_t best = 0;
        std::size_t left = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t right = text.bytes[i];
            const std::size_t pair = left * 256 + right;
            if (left != 0 && right != 0 && ++counts_[pair] > counts_[best]) best = pair;
            left = right;
        }
        if (counts_[best] < fewest) return false;

        text.pairs[pairs] = {static_cast<std::uint8_t>(best / 256), static_cast<std::uint8_t>(best % 256)};
        std::size_t kept = 0;
        bool is_replaced = false;
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint8_t byte = text.bytes[i];
            const std::size_t pair = byte * std::size_t{256} + text.bytes[i + 1];
            counts_[pair] = 0;
            if (is_replaced) {
                is_replaced = false;
                continue;
            }
            is_replaced = pair == best;
            text.bytes[kept++] = is_replaced ? static_cast<std::uint8_t>(text.first_pair + pairs) : byte;
        }
        size = kept;
        return true;
    }

    // All zero but while pairs are counted.
    // Not a std::array: calls of its operator are steps as well, of which compilers allow few.
    std::uint16_t counts_[256 * 256]{};
};

/// What a Packing holds, in arrays of its size.
template <std::size_t Size, std::size_t Pairs, std::size_t Capacity>
constexpr PackedText<Size, Pairs> packed_text(const Packing<Capacity>& packing) {
    PackedText<Size, Pairs> text{};
    for (std::size_t i = 0; i < Size; ++i) text.bytes[i] = packing.text.bytes[i];
    for (std::size_t i = 0; i < Pairs; ++i) {
        const auto [left, right] = packing.text.pairs[i];
        text.pairs[i] = {left, right};
    }
    return text;
}

}  // namespace core
