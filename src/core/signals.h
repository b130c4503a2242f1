#pragma once

// <csignal> belongs to the C++ standard library; Linux puts the architecture's numbers of its own signals into it.
#include <array>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace core {

/// The signals of Linux are 1 to 64 (signal(7)).
inline constexpr int last_signal = 64;
/// What programs on glibc call SIGRTMIN; 32 and 33 are the kernel's first two real-time signals, which libcs keep to
/// themselves. A name must mean the same signal whatever libc cppinit is built with.
inline constexpr int first_real_time_signal = 34;

/// A set of signals as the kernel holds it: bit n-1 is signal n. libc's own sets leave out 32 to 34.
class SignalSet {
  public:
    constexpr SignalSet() = default;
    constexpr explicit SignalSet(std::uint64_t bits) : bits_(bits) {}

    static constexpr SignalSet all() { return SignalSet(~std::uint64_t{0}); }
    static constexpr SignalSet only(int signal) { return SignalSet(bit(signal)); }
    static consteval SignalSet of(std::initializer_list<int> signals) {
        SignalSet set;
        for (const int signal : signals) set.add(signal);
        return set;
    }

    [[nodiscard]] constexpr bool contains(int signal) const { return (bits_ & bit(signal)) != 0; }
    constexpr void add(int signal) { bits_ |= bit(signal); }
    [[nodiscard]] constexpr SignalSet without(SignalSet other) const { return SignalSet(bits_ & ~other.bits_); }
    [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
    friend constexpr bool operator==(SignalSet, SignalSet) = default;

  private:
    static constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }

    std::uint64_t bits_ = 0;
};

/// A name with or without SIG, in any case ("TERM", "sigrtmin+3"), or a number 1 to 64.
[[nodiscard]] std::optional<int> parse_signal(std::string_view word);

/// The name of signals 1 to 64 without SIG, as parse_signal reads it; signals without a name are their number.
class SignalName {
  public:
    explicit SignalName(int signal);
    operator std::string_view() const { return {text_.data(), size_}; }
    [[nodiscard]] const char* c_string() const { return text_.data(); }

  private:
    std::array<char, 9> text_{};
    std::size_t size_ = 0;
};

/// Which signal is forwarded where another arrives.
class Rewrites {
  public:
    /// None: the signal is dropped.
    [[nodiscard]] constexpr std::optional<int> apply(int signal) const {
        const int target = target_[static_cast<std::size_t>(signal)];
        if (target == dropped) return std::nullopt;
        return target == unchanged ? signal : target;
    }
    constexpr void set(int from, std::optional<int> to) {
        target_[static_cast<std::size_t>(from)] = static_cast<std::uint8_t>(to.value_or(dropped));
    }
    constexpr void set_unless_set(int from, int to) {
        if (target_[static_cast<std::size_t>(from)] == unchanged) set(from, to);
    }

  private:
    static constexpr int dropped = 0;
    static constexpr int unchanged = 0xff;
    std::array<std::uint8_t, last_signal + 1> target_ = [] {
        std::array<std::uint8_t, last_signal + 1> table{};
        table.fill(unchanged);
        return table;
    }();
};

}  // namespace core
