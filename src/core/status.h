#pragma once

#include <array>
#include <cstdint>

namespace core {

/// The codes of cppinit itself, as shells, env(1) and timeout(1) use them.
inline constexpr int timed_out_code = 124;
inline constexpr int own_failure_code = 125;
inline constexpr int not_executable_code = 126;
inline constexpr int not_found_code = 127;

/// What a wait status says (wait(2)). Linux encodes it alike on every architecture: the low 7 bits are the signal of
/// a death, 0 for an exit and 127 for a stop; bit 7 says that a core was dumped; the next byte holds the exit code or
/// the signal of the stop; 0xffff is a continuation.
struct WaitStatus {
    enum class Kind : std::uint8_t { exited, killed, stopped, continued };

    Kind kind;
    /// The exit code of an exit, the signal of a death or a stop, 0 of a continuation.
    int number;

    static constexpr WaitStatus decode(int status) {
        constexpr int stop_mark = 0x7f;
        const int low = status & 0x7f;
        const int high = (status >> 8) & 0xff;
        if (low == 0) return {Kind::exited, high};
        if (low != stop_mark) return {Kind::killed, low};
        if ((status & 0xff) == stop_mark) return {Kind::stopped, high};
        return {Kind::continued, 0};
    }

    /// A stopped or continued child is not one that ended.
    [[nodiscard]] constexpr bool ended() const { return kind == Kind::exited || kind == Kind::killed; }

    /// The exit code that shells give to such an end. Only for a child that ended.
    [[nodiscard]] constexpr int exit_code() const { return kind == Kind::killed ? 128 + number : number; }
};

/// Which exit code takes the place of another (--remap-exit).
class ExitRemap {
  public:
    constexpr ExitRemap() {
        for (std::size_t code = 0; code < new_code_.size(); ++code) new_code_[code] = static_cast<std::uint8_t>(code);
    }

    [[nodiscard]] constexpr int apply(int code) const { return new_code_[static_cast<std::size_t>(code)]; }
    constexpr void set(int code, int new_code) {
        new_code_[static_cast<std::size_t>(code)] = static_cast<std::uint8_t>(new_code);
    }

  private:
    std::array<std::uint8_t, 256> new_code_{};
};

}  // namespace core
