#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/duration.h"
#include "core/leftovers.h"
#include "core/policy.h"

/// The behaviour of cppinit once its program runs, as a pure function: what happened goes in, what is to be done comes
/// out. Nothing here calls the system or reads a clock, so that a test can walk through every state and event.
namespace core {

enum class Phase : std::uint8_t {
    /// The main child lives, and nobody has asked it to stop.
    running,
    /// The first stop request is held back (--stop-delay).
    delaying,
    /// A stop signal was forwarded; the main child lives.
    stopping,
    /// The main child has ended, and cppinit stays for the leftovers (--leftovers=wait).
    waiting,
    /// The main child has ended. The leftovers have a moment to end by themselves, then get TERM and time to finish.
    ending,
    /// The leftovers are being killed.
    killing,
    /// There is no main child (--pause).
    pausing,
    /// cppinit exits with State::exit_code.
    done,
};

/// The stop signals that are held back, in the order in which they arrived.
class HeldSignals {
  public:
    [[nodiscard]] constexpr bool is_full() const { return size_ == signals_.size(); }
    /// Only where it is not full.
    constexpr void add(int signal) { signals_[size_++] = static_cast<std::uint8_t>(signal); }
    [[nodiscard]] constexpr std::span<const std::uint8_t> all() const { return {signals_.data(), size_}; }

  private:
    // One request is seldom more than two signals. Whoever sends more ends the delay.
    std::array<std::uint8_t, 4> signals_{};
    std::size_t size_ = 0;
};

struct State {
    Phase phase = Phase::running;
    int exit_code = 0;
    /// The signal that cppinit dies of instead of exiting: the terminal's INT or QUIT killed the main child.
    std::optional<int> dies_of;
    /// When the last stop request began: its first signal arrived.
    std::optional<Milliseconds> requested_at;
    /// When cppinit last forwarded a stop signal to the program, or sent the KILL that follows it.
    std::optional<Milliseconds> program_asked_at;
    /// --timeout has expired.
    bool timed_out = false;
    /// The leftovers were sent TERM, or KILL without it.
    bool asked_to_end = false;
    HeldSignals held;
    Reached reached;
    /// Of INT, QUIT and HUP: those that were forwarded, and those of them that the terminal had sent to cppinit's own
    /// group.
    SignalSet interrupts_forwarded;
    SignalSet interrupts_from_terminal;
    /// When the held signals are forwarded.
    Milliseconds delay_until = never;
    /// When --timeout expires.
    Milliseconds limit_at = never;
    /// When --kill-after strikes. It goes on counting after the main child's end.
    Milliseconds kill_at = never;
    /// Until when --kill-after strikes again and again in the phase `ending`.
    Milliseconds kill_until = never;
    /// When the leftovers get TERM.
    Milliseconds terminate_at = never;
    /// When the phase is over: the grace in `ending`, cppinit's patience in `killing`.
    Milliseconds end_by = never;
    /// When cppinit looks again which processes remain: guests are nobody's children, so no signal reports their end.
    /// In `killing`, when the next round of KILLs is due. In `waiting`, when cppinit looks again whether the foreground
    /// is free: a process that leaves its group (setsid(2)) is not reported either.
    Milliseconds next_look = never;
};

struct Event {
    enum class Kind : std::uint8_t {
        /// A signal that is not SIGCHLD arrived; `number` is the signal.
        signal_arrived,
        /// The main child ended and was reaped, or was stopped; `status` says how.
        main_child_changed,
        /// The main child was stopped, and is to go on: cppinit itself was suspended with it and continued; or the main
        /// child had been refused the terminal, and now has the foreground, or the terminal has hung up.
        continued,
        /// Everything dead is reaped, and cppinit still has children.
        children_remain,
        /// cppinit has no child (ECHILD of wait(2)).
        no_children,
        /// The answer to Action::look_for_guests.
        guests_remain,
        nobody_remains,
        /// The answer to Action::take_free_foreground, where the main child's group still has members, and the
        /// foreground that cppinit lent it.
        foreground_is_kept,
        /// A deadline of the state may have come.
        time_passed,
    };

    Kind kind;
    Milliseconds now = 0;
    int number = 0;
    WaitStatus status{};
    /// Of a signal: the terminal sent it, to the whole of cppinit's group. Of the main child's end: the terminal sent
    /// the signal that `status` shows, only to the main child's group.
    bool is_of_terminal = false;
    /// Of time_passed: children were reaped since the last time, or are still being signalled.
    bool has_progressed = false;
};

struct Action {
    enum class Kind : std::uint8_t {
        /// The signal goes to the target, followed by CONT to those that are stopped if `then_continue` is set.
        send,
        /// Each leftover gets TERM unless State::reached says that it already received it, then CONT if it is stopped.
        terminate,
        /// Reap again: children_remain or no_children is to follow.
        reap_again,
        /// guests_remain or nobody_remains is to follow.
        look_for_guests,
        /// The terminal's foreground goes to the main child's group once more, if cppinit's own group has it.
        lend_foreground,
        /// cppinit's own group takes the foreground back from the main child's.
        take_foreground,
        /// The same, if no process of the main child's group is left. foreground_is_kept may follow.
        take_free_foreground,
        /// The signal goes to the others in cppinit's group: the terminal has sent it only to the main child's.
        tell_own_group,
        /// The main child, or those that it has left behind, were stopped by the signal: job control decides what that
        /// means for cppinit, which may stop as well if `may_suspend` is set. `continued` may follow.
        answer_stop,
        /// Log that --timeout has expired.
        report_limit,
        /// Log the processes that cppinit leaves behind.
        report_remaining,
    };

    /// Why a signal is sent.
    enum class Origin : std::uint8_t {
        /// cppinit itself wants it: a deadline, or the end of leftovers.
        cppinit,
        /// It arrived earlier, and was held back.
        held,
        /// It is the one that the event is about, and is forwarded with the value that it was sent with.
        event,
    };

    Kind kind;
    Target target = Target::everything;
    int signal = 0;
    Origin origin = Origin::cppinit;
    bool then_continue = false;
    bool may_suspend = false;

    [[nodiscard]] constexpr bool forwards() const { return kind == Kind::send && origin != Origin::cppinit; }
};

class Actions {
  public:
    void add(Action action) { actions_[size_++] = action; }
    [[nodiscard]] const Action* begin() const { return actions_.data(); }
    [[nodiscard]] const Action* end() const { return actions_.data() + size_; }

  private:
    // The maximum of one step: the foreground, four held signals, and one that arrived (a CONT that is rewritten to
    // a stop signal).
    std::array<Action, 6> actions_{};
    std::size_t size_ = 0;
};

struct Step {
    State state;
    Actions actions;
};

/// The state in which cppinit begins to supervise. `now` matters only for a policy with a timeout.
[[nodiscard]] State first_state(const Policy& policy, Milliseconds now);

[[nodiscard]] Step step(const Policy& policy, const State& state, const Event& event);

/// Whether the clock must be read for this event, which is a system call: step looks at Event::now. time_passed comes
/// with its time, which is that of the look at the deadline.
[[nodiscard]] bool needs_clock(const Policy& policy, const State& state, const Event& event);

/// The signal that the terminal may have sent to the main child, by the way in which it ended. Only then step looks at
/// Event::is_of_terminal.
[[nodiscard]] std::optional<int> terminal_signal_in(const WaitStatus& status);

/// When time_passed is due at the latest; never if the state waits for no time.
[[nodiscard]] Milliseconds deadline(const State& state);

}  // namespace core
