#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/policy.h"

/// The behaviour of cppinit once its program runs, as a pure function: what happened goes in, what is to be done comes
/// out. Nothing here calls the system or reads a clock, so that a test can walk through every state and event.
namespace core {

enum class Phase : std::uint8_t {
    /// The main child lives.
    running,
    /// cppinit exits with State::exit_code.
    done,
};

struct State {
    Phase phase = Phase::running;
    int exit_code = 0;
};

struct Event {
    enum class Kind : std::uint8_t {
        /// A signal that is not SIGCHLD arrived; number is the signal.
        signal_arrived,
        /// The main child was reaped; number is its exit code, 128 + n for a death by signal n.
        main_child_ended,
        /// cppinit has no child (ECHILD of wait(2)).
        nothing_left,
    };

    Kind kind;
    int number = 0;
};

/// One signal to one target: all that the lifecycle ever asks for.
struct Action {
    Scope target;
    int signal;
};

class Actions {
  public:
    constexpr void add(Action action) { actions_[size_++] = action; }
    [[nodiscard]] constexpr const Action* begin() const { return actions_.data(); }
    [[nodiscard]] constexpr const Action* end() const { return actions_.data() + size_; }

  private:
    std::array<Action, 1> actions_{};
    std::size_t size_ = 0;
};

struct Step {
    State state;
    Actions actions;
};

[[nodiscard]] Step step(const Policy& policy, const State& state, const Event& event);

}  // namespace core
