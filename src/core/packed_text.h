#pragma once

#include <array>
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
    std::array<std::uint8_t, Size> bytes;
    std::array<Pair, Pairs> pairs;

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
    /// Of a byte and the one before it, as one number.
    [[nodiscard]] constexpr std::size_t pair_at(std::size_t position) const {
        return text.bytes[position - 1] * 256U + text.bytes[position];
    }

    constexpr bool replace_most_frequent() {
        std::size_t best = 0;
        for (std::size_t i = 1; i < size; ++i) {
            const std::size_t pair = pair_at(i);
            const bool is_within_text = text.bytes[i - 1] != 0 && text.bytes[i] != 0;
            if (is_within_text && ++counts[pair] > counts[best]) best = pair;
        }
        const bool pays = counts[best] >= fewest;
        for (std::size_t i = 1; i < size; ++i) counts[pair_at(i)] = 0;
        if (!pays) return false;
        text.pairs[pairs] = {static_cast<std::uint8_t>(best / 256), static_cast<std::uint8_t>(best % 256)};
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const bool is_pair = i + 1 < size && pair_at(i + 1) == best;
            text.bytes[kept++] = is_pair ? static_cast<std::uint8_t>(text.first_pair + pairs) : text.bytes[i];
            if (is_pair) ++i;
        }
        size = kept;
        return true;
    }

    // All zero but while pairs are counted.
    std::array<std::uint16_t, 256 * 256> counts{};
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
