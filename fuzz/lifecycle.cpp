// The lifecycle under any policy and any sequence of events at any times. tests/core/lifecycle_test.cpp walks through
// all sequences of a few policies in steps of half a second; here times, spans, signals and rewrites are whatever they
// may be. Both judge by the same contract.

#include "core/lifecycle_contract.h"
#include "expect.h"

namespace {

using core::Event;
using core::Milliseconds;
using core::never;
using core::Phase;
using core::Policy;
using Kind = core::Event::Kind;

/// The input as numbers; zeros once it is used up.
class Input {
  public:
    Input(const std::uint8_t* bytes, std::size_t size) : next_(bytes), end_(bytes + size) {}

    [[nodiscard]] bool is_empty() const { return next_ == end_; }
    int below(int bound) { return (is_empty() ? 0 : *next_++) % bound; }
    Milliseconds span() {
        constexpr Milliseconds spans[] = {0, 1, 9, 10, 500, 1000, 5000, 3'600'000'000'000, never};
        return spans[below(9)];
    }

  private:
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

Policy policy_from(Input& input) {
    Policy policy;
    policy.scope = static_cast<core::Scope>(input.below(3));
    policy.leftovers = static_cast<core::Leftovers>(input.below(3));
    policy.pause = input.below(8) == 0;
    policy.owns_namespace = input.below(2) == 0;
    policy.ends_group = input.below(4) == 0;
    policy.timeout = input.span();
    if (input.below(4) == 0) policy.stop_signals = core::SignalSet::only(1 + input.below(core::last_signal));
    policy.stop_delay = input.span();
    policy.kill_after = input.span();
    policy.grace = input.span();
    for (int left = input.below(4); left > 0; --left) {
        const int from = 1 + input.below(core::last_signal);
        const int to = input.below(core::last_signal + 1);
        policy.rewrites.set(from, to == 0 ? std::nullopt : std::optional(to));
    }
    policy.exit_remap.set(input.below(256), input.below(256));
    return policy;
}

/// One cppinit, and what the contract knows of it.
class Story {
  public:
    explicit Story(const Policy& policy)
        : policy_(policy), state_(core::first_state(policy, start)), contract_(policy) {}

    [[nodiscard]] bool is_done() const { return state_.phase == Phase::done; }
    [[nodiscard]] bool main_child_lives() const { return contract_.main_child_lives(); }
    [[nodiscard]] bool has_guests() const { return policy_.owns_namespace; }

    void happen(Event event) {
        event.now = now_;
        const core::Step step = core::step(policy_, state_, event);
        const char* const broken = contract_.judge(state_, event, step);
        if (broken != nullptr) std::fprintf(stderr, "%s\n", broken);
        EXPECT(broken == nullptr);
        state_ = step.state;
    }

    void signal(int number, bool is_of_terminal = false) {
        happen({.kind = Kind::signal_arrived, .number = number, .is_of_terminal = is_of_terminal});
    }
    void happen(Kind kind) { happen({.kind = kind}); }
    void change(core::WaitStatus status, bool is_of_terminal = false) {
        happen({.kind = Kind::main_child_changed, .status = status, .is_of_terminal = is_of_terminal});
    }

    void pass(Milliseconds span) {
        if (span != never) go_on(span);
        // More often than that a deadline that has passed would keep cppinit from sleeping.
        for (int times = 0; times < 4 && core::deadline(state_) <= now_; ++times) happen(Kind::time_passed);
        const bool works_in_rounds = state_.phase == Phase::killing || state_.kill_until != never;
        EXPECT(core::deadline(state_) > now_ || works_in_rounds);
    }

    /// The program ends, nobody else does but by what cppinit cannot see, and stop requests come.
    void come_to_an_end() {
        if (main_child_lives()) change({core::WaitStatus::Kind::exited, 7});
        // A policy may rewrite every signal.
        if (!policy_.is_stop(SIGTERM)) return;
        for (int request = 0; request < 3; ++request) {
            happen(Kind::children_remain);
            signal(SIGTERM);
            go_on(500);
        }
        for (int round = 0; round < 150 && !is_done(); ++round) {
            go_on(10);
            happen(Kind::time_passed);
            happen(Kind::children_remain);
        }
        EXPECT(is_done());
    }

  private:
    static constexpr Milliseconds start = 1000;

    void go_on(Milliseconds span) {
        now_ = core::after(now_, span);
        contract_.pass(span);
    }

    Policy policy_;
    core::State state_;
    LifecycleContract contract_;
    Milliseconds now_ = start;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Input input(bytes, size);
    Story story(policy_from(input));
    while (!input.is_empty() && !story.is_done()) {
        switch (input.below(8)) {
            case 0:
            case 1:
                // Nobody ever sees these two arrive.
                if (const int number = 1 + input.below(core::last_signal); number != SIGKILL && number != SIGSTOP) {
                    story.signal(number, input.below(2) == 0);
                }
                break;
            case 2: story.signal(SIGTERM); break;
            case 3:
                if (story.main_child_lives()) {
                    story.change({core::WaitStatus::Kind::exited, input.below(256)}, input.below(2) == 0);
                }
                break;
            case 4:
                if (story.main_child_lives()) {
                    const bool stops = input.below(2) == 0;
                    const auto kind = stops ? core::WaitStatus::Kind::stopped : core::WaitStatus::Kind::killed;
                    story.change({kind, 1 + input.below(core::last_signal)}, input.below(2) == 0);
                }
                break;
            case 5: {
                constexpr std::array kinds{Kind::children_remain, Kind::continued, Kind::foreground_is_kept};
                story.happen(kinds[static_cast<std::size_t>(input.below(int{kinds.size()}))]);
                break;
            }
            case 6:
                if (!story.main_child_lives()) {
                    story.happen(Kind::no_children);
                    if (story.has_guests()) {
                        story.happen(input.below(2) == 0 ? Kind::guests_remain : Kind::nobody_remains);
                    }
                }
                break;
            case 7: story.pass(input.span()); break;
        }
    }
    story.come_to_an_end();
    return 0;
}
