#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/duration.h"
#include "core/leftovers.h"
#include "core/policy.h"

/// The behaviour of cppinit once its program runs, as a pure function: what happened goes in, what is to be done comes
/// out. Nothing here calls the system or reads a clock, so that a test can walk through every state and event.
namespace core {

enum class Phase : std::uint8_t {
    /// The main child lives, and nobody has asked it to end.
    running,
    /// The first stop signal is held back (--stop-delay).
    delaying,
    /// A stop signal was forwarded; the main child lives.
    stopping,
    /// The main child has ended, and cppinit stays for the leftovers (--leftovers=wait).
    waiting,
    /// The main child has ended; the leftovers are asked to end and have time to (--grace).
    ending,
    /// The leftovers are being killed.
    killing,
    /// There is no main child (--pause).
    pausing,
    /// cppinit exits with State::exit_code.
    done,
};

struct State {
    Phase phase = Phase::running;
    int exit_code = 0;
    /// A stop signal has come, in whatever phase: the next one in the end cuts the grace short.
    bool stop_requested = false;
    /// The leftovers were asked to end, if only by a KILL.
    bool asked_to_end = false;
    /// The signal that is held back while delaying.
    int held_signal = 0;
    Reached reached;
    /// When the held signal is forwarded.
    Milliseconds delay_until = never;
    /// When --kill-after strikes. It goes on counting after the main child's end.
    Milliseconds kill_at = never;
    /// How long it goes on striking in ending, in rounds.
    Milliseconds kill_until = never;
    /// When the phase is over: the grace in ending, cppinit's patience in killing.
    Milliseconds end_by = never;
    /// When the next round of KILLs is due: what was forked meanwhile is killed too.
    Milliseconds next_round = never;
};

struct Event {
    enum class Kind : std::uint8_t {
        /// A signal that is not SIGCHLD arrived; number is the signal.
        signal_arrived,
        /// The main child ended and was reaped, or was stopped; status says how.
        main_child_changed,
        /// cppinit goes on after Action::stop, or has just lent the foreground to a main child that was stopped for
        /// want
        /// of it.
        continued,
        /// All that was dead is reaped, and cppinit still has children.
        others_left,
        /// cppinit has no child (ECHILD of wait(2)).
        nothing_left,
        /// A deadline of the state may have come.
        time_passed,
    };

    Kind kind;
    Milliseconds now = 0;
    int number = 0;
    WaitStatus status{};
};

struct Action {
    enum class Kind : std::uint8_t {
        /// The signal goes to the target.
        send,
        /// Each leftover gets TERM, unless State::reached says that it was reached, and CONT.
        terminate,
        /// See who is left: others_left or nothing_left is to follow.
        count,
        /// The terminal's foreground goes to the main child's group once more, where cppinit's own group has it.
        lend_foreground,
        /// cppinit's own group takes the foreground back from the main child's. Where that had it, the signal, if any,
        /// goes to the others in cppinit's group: the terminal has sent it to the foreground alone.
        take_foreground,
        /// cppinit takes the foreground back and is stopped by the signal, as the main child was, so that the shell
        /// that waits for cppinit sees it. `continued` is to follow.
        stop,
    };

    Kind kind;
    Target target = Target::everything;
    int signal = 0;
};

class Actions {
  public:
    constexpr void add(Action action) { actions_[size_++] = action; }
    [[nodiscard]] constexpr const Action* begin() const { return actions_.data(); }
    [[nodiscard]] constexpr const Action* end() const { return actions_.data() + size_; }

  private:
    // No step has more than three: the foreground, a held and a new stop signal (a CONT that is rewritten to one).
    std::array<Action, 3> actions_{};
    std::size_t size_ = 0;
};

struct Step {
    State state;
    Actions actions;
};

/// The state in which cppinit begins to supervise.
[[nodiscard]] State first_state(const Policy& policy);

[[nodiscard]] Step step(const Policy& policy, const State& state, const Event& event);

/// Whether step looks at Event::now: for other events the clock need not be read, which is a system call.
[[nodiscard]] bool is_timed(const Policy& policy, const State& state, const Event& event);

/// When time_passed is to be told at the latest; never where the state waits for no time.
[[nodiscard]] Milliseconds deadline(const State& state);

}  // namespace core
