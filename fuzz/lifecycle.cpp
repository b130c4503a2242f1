// The lifecycle under any policy and any sequence of events at any times. tests/core/lifecycle_test.cpp walks through
// all sequences of a few policies in steps of half a second; here times, spans, signals and rewrites are whatever they
// may be, and what must hold is written a second time.

#include "core/lifecycle.h"

#include "expect.h"

namespace {

using core::Action;
using core::Event;
using core::Milliseconds;
using core::never;
using core::Phase;
using core::Policy;
using core::Target;
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
    policy.stop_delay = input.span();
    policy.kill_after = input.span();
    policy.grace = input.span();
    for (int left = input.below(4); left > 0; --left) {
        const int from = 1 + input.below(core::last_signal);
        policy.rewrites.set(from, input.below(core::last_signal + 1));
    }
    policy.exit_remap.set(input.below(256), input.below(256));
    return policy;
}

/// One cppinit, and what is known of it from outside.
class Story {
  public:
    explicit Story(const Policy& policy) : policy_(policy), state_(core::first_state(policy)), alive_(!policy.pause) {}

    [[nodiscard]] bool is_done() const { return state_.phase == Phase::done; }
    [[nodiscard]] bool main_child_lives() const { return alive_; }

    void happen(const Event& event) {
        const core::State before = state_;
        const bool is_end = event.kind == Kind::main_child_changed && event.status.ended();
        if (is_end) {
            alive_ = false;
            code_ = policy_.exit_remap.apply(event.status.exit_code());
        }
        const bool is_stop =
            event.kind == Kind::signal_arrived && core::is_stop_signal(policy_.rewrites.apply(event.number));
        if (is_stop) ++stop_signals_;
        const core::Step step = core::step(policy_, state_, event);
        state_ = step.state;
        if (before.phase != Phase::ending && state_.phase == Phase::ending) ending_since_ = now_;
        EXPECT(step.actions.end() - step.actions.begin() <= 3);
        if (before.phase == Phase::done) {
            EXPECT(is_done() && state_.exit_code == before.exit_code && step.actions.begin() == step.actions.end());
        }
        for (const Action& action : step.actions) judge(action, before.phase);
        if (event.kind == Kind::signal_arrived && alive_ && !is_stop) judge_forwarding(event.number, step);
        EXPECT(!is_done() || (!alive_ && state_.exit_code == code_));
        EXPECT(alive_ ==
               (state_.phase == Phase::running || state_.phase == Phase::delaying || state_.phase == Phase::stopping));
    }

    void signal(int number) { happen({Kind::signal_arrived, now_, number}); }
    void tell(Kind kind) { happen({kind, now_}); }
    void change(core::WaitStatus status) { happen({Kind::main_child_changed, now_, 0, status}); }

    void pass(Milliseconds span) {
        now_ = span == never ? now_ : core::after(now_, span);
        // More often than that a deadline that has passed would keep cppinit from sleeping.
        for (int times = 0; times < 4 && core::deadline(state_) <= now_; ++times) tell(Kind::time_passed);
        EXPECT(core::deadline(state_) > now_ || state_.phase == Phase::killing || state_.kill_until != never);
    }

    /// The program ends, nobody else does but by what cppinit cannot see, and two stop signals come.
    void come_to_an_end() {
        if (alive_) change({core::WaitStatus::Kind::exited, 7});
        for (const int stop : {SIGTERM, SIGTERM, SIGTERM}) {
            tell(Kind::others_left);
            // A policy may rewrite every signal.
            if (core::is_stop_signal(policy_.rewrites.apply(stop))) signal(stop);
        }
        if (!core::is_stop_signal(policy_.rewrites.apply(SIGTERM))) return;
        for (int round = 0; round < 150 && !is_done(); ++round) {
            now_ = core::after(now_, 10);
            tell(Kind::time_passed);
            tell(Kind::others_left);
        }
        EXPECT(is_done());
    }

  private:
    void judge(const Action& action, Phase before) {
        switch (action.kind) {
            case Action::Kind::send: return judge_send(action, before);
            case Action::Kind::terminate:
                EXPECT(!alive_ && !was_asked_);
                was_asked_ = true;
                return;
            case Action::Kind::stop: EXPECT(alive_ && !policy_.owns_namespace); return;
            case Action::Kind::count:
            case Action::Kind::lend_foreground:
            case Action::Kind::take_foreground: return;
        }
    }

    void judge_send(const Action& action, Phase before) {
        EXPECT(action.signal >= 1 && action.signal <= core::last_signal);
        // The numbers can be somebody else's after the end.
        EXPECT(alive_ || (action.target != Target::main_child && action.target != Target::group));
        if (core::is_stop_signal(action.signal) && first_stop_ == never) first_stop_ = now_;
        if (action.signal != SIGKILL || was_sent_to_us(SIGKILL)) return;
        const bool kill_after = first_stop_ != never && now_ >= core::after(first_stop_, policy_.kill_after);
        const bool grace = !alive_ && now_ >= core::after(ending_since_, policy_.grace);
        EXPECT(kill_after || grace || (!alive_ && (stop_signals_ > 1 || before == Phase::killing)));
    }

    /// Whether a rewrite can make this signal of another.
    [[nodiscard]] bool was_sent_to_us(int signal) const {
        for (int from = 1; from <= core::last_signal; ++from) {
            if (from != signal && policy_.rewrites.apply(from) == signal) return true;
        }
        return false;
    }

    void judge_forwarding(int number, const core::Step& step) const {
        const int signal = policy_.rewrites.apply(number);
        int sent = 0;
        for (const Action& action : step.actions) sent += action.kind == Action::Kind::send && action.signal == signal;
        EXPECT(sent == (signal == core::Rewrites::drop ? 0 : 1));
    }

    Policy policy_;
    core::State state_;
    bool alive_;
    bool was_asked_ = false;
    int code_ = 0;
    int stop_signals_ = 0;
    Milliseconds now_ = 1000;
    Milliseconds first_stop_ = never;
    Milliseconds ending_since_ = never;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Input input(bytes, size);
    Story story(policy_from(input));
    while (!input.is_empty() && !story.is_done()) {
        switch (input.below(8)) {
            case 0:
            case 1:
                // These two are never told to anybody.
                if (const int number = 1 + input.below(core::last_signal); number != SIGKILL && number != SIGSTOP) {
                    story.signal(number);
                }
                break;
            case 2: story.signal(SIGTERM); break;
            case 3:
                if (story.main_child_lives()) story.change({core::WaitStatus::Kind::exited, input.below(256)});
                break;
            case 4:
                if (story.main_child_lives()) {
                    const bool stops = input.below(2) == 0;
                    const auto kind = stops ? core::WaitStatus::Kind::stopped : core::WaitStatus::Kind::killed;
                    story.change({kind, 1 + input.below(core::last_signal)});
                }
                break;
            case 5: story.tell(input.below(2) == 0 ? Kind::others_left : Kind::continued); break;
            case 6:
                if (!story.main_child_lives()) story.tell(Kind::nothing_left);
                break;
            case 7: story.pass(input.span()); break;
        }
    }
    story.come_to_an_end();
    return 0;
}
