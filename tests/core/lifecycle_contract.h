#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "core/lifecycle.h"

/// What the contract promises of the lifecycle, written a second time and judged from outside. The unit test walks
/// through every sequence of events with it (lifecycle_test.cpp), and the fuzzer through any (fuzz/lifecycle.cpp).
class LifecycleContract {
  public:
    explicit LifecycleContract(const core::Policy& policy) : policy_(policy), lives_(!policy.pause) {}

    [[nodiscard]] bool main_child_lives() const { return lives_; }
    [[nodiscard]] bool main_child_was_killed() const { return was_killed_; }
    [[nodiscard]] bool was_asked_to_stop() const { return request_.has_begun(); }

    /// Time passes.
    void pass(core::Milliseconds span) {
        request_.grow(span, 500);
        since_asked_.grow(span, policy_.grace);
        since_stop_.grow(span, policy_.kill_after);
        since_end_.grow(span, policy_.grace == core::never ? 100 : policy_.grace);
        const core::Milliseconds patience = policy_.kill_after == core::never ? policy_.grace : policy_.kill_after;
        since_limit_.grow(span, patience);
        if (lives_) running_.grow(span, policy_.timeout);
    }

    /// Judges one step. Null if all is as promised, otherwise the promise that was broken.
    [[nodiscard]] const char* judge(const core::State& before, const core::Event& event, const core::Step& step) {
        using Kind = core::Event::Kind;
        const core::Phase now = step.state.phase;
        if (before.phase == core::Phase::done) {
            const bool is_quiet = step.actions.begin() == step.actions.end();
            return is_quiet && now == core::Phase::done && step.state.exit_code == before.exit_code
                       ? nullptr
                       : "once it is done, nothing happens any more";
        }
        note(event);
        const bool is_limit = note_limit(before, event);
        const bool may_ask = is_limit && !is_being_stopped() && before.phase != core::Phase::delaying;
        int forwarded = 0;
        int asked = 0;
        for (const core::Action& action : step.actions) {
            if (const char* broken = judge(action, before, event)) return broken;
            forwarded += action.forwards();
            asked += is_limit && action.kind == core::Action::Kind::send && !action.forwards();
        }
        const bool is_to_ask = may_ask && policy_.rewrites.apply(SIGTERM).has_value();
        if (asked != (is_to_ask ? 1 : 0)) return "the limit asks the program to stop, unless it was asked before";
        if (event.kind == Kind::signal_arrived) arrived_ += is_forwarded(before, event.number);
        arrived_ -= forwarded;
        if (arrived_ < 0) return "a signal is forwarded once for each time that it arrived";
        if (arrived_ > 0 && now != core::Phase::delaying && lives_) return "only --stop-delay holds a signal back";
        if (event.kind == Kind::main_child_changed && event.status.ended()) {
            if (const char* broken = judge_end(step)) return broken;
        }
        if (lives_ != is_alive(now) && !(event.kind == Kind::no_children && is_alive(before.phase))) {
            return "cppinit ends after its main child, and never before";
        }
        if (now == core::Phase::done && lives_is_over_ && step.state.exit_code != code_) {
            return "the exit code is the main child's, or that of the time limit";
        }
        const bool is_ending = before.phase == core::Phase::ending || before.phase == core::Phase::killing;
        if (event.kind == Kind::no_children && is_ending) {
            const bool looks = std::any_of(step.actions.begin(), step.actions.end(), [](const core::Action& action) {
                return action.kind == core::Action::Kind::look_for_guests;
            });
            if (looks != policy_.owns_namespace) return "PID 1, and only PID 1, looks for guests";
        }
        const bool has_its_time = event.kind == Kind::time_passed || core::needs_clock(policy_, before, event);
        if (!has_its_time && is_late(before, event, step)) {
            return "the clock is read for every event whose time matters";
        }
        return nullptr;
    }

    [[nodiscard]] auto key() const {
        return std::tuple(lives_, lives_is_over_, was_killed_, was_terminated_, got_term_, has_expired_, code_,
                          arrived_, request_.value, since_asked_.value, since_stop_.value, since_end_.value,
                          since_limit_.value, running_.value, further_request_, asks_at_once_);
    }

  private:
    /// How long ago something was; -1: it has not happened.
    struct Age {
        core::Milliseconds value = -1;

        [[nodiscard]] bool has_begun() const { return value >= 0; }
        [[nodiscard]] bool is_at_least(core::Milliseconds span) const { return has_begun() && value >= span; }
        void begin() { value = 0; }
        /// Up to just above the longest span that it is compared with, so that a walk meets finitely many contracts.
        void grow(core::Milliseconds span, core::Milliseconds longest) {
            if (has_begun() && longest != core::never) value = std::min(core::after(value, span), longest + 1);
        }
    };

    static bool is_alive(core::Phase phase) {
        return phase == core::Phase::running || phase == core::Phase::delaying || phase == core::Phase::stopping;
    }

    /// What the world has done.
    void note(const core::Event& event) {
        if (event.kind == core::Event::Kind::signal_arrived && policy_.is_stop(event.number)) {
            const bool is_new = !request_.has_begun() || request_.value >= 500;
            further_request_ = is_new && request_.has_begun();
            if (is_new) request_.begin();
            if (!lives_ && !since_end_.has_begun()) {
                since_end_.begin();
                asks_at_once_ = true;
            }
        } else {
            further_request_ = false;
        }
        if (event.kind == core::Event::Kind::main_child_changed && event.status.ended()) {
            lives_ = false;
            lives_is_over_ = true;
            forget_survived_request();
            code_ = policy_.exit_remap.apply(has_expired_ ? 124 : event.status.exit_code());
        }
        if (event.kind == core::Event::Kind::no_children && lives_) code_ = core::own_failure_code;
    }

    /// Whether the limit expires now.
    bool note_limit(const core::State& before, const core::Event& event) {
        const bool is_time = event.kind == core::Event::Kind::time_passed && is_alive(before.phase);
        if (!is_time || has_expired_ || policy_.timeout == core::never || !running_.is_at_least(policy_.timeout)) {
            return false;
        }
        has_expired_ = true;
        since_limit_.begin();
        forget_survived_request();
        return true;
    }

    /// A stop signal was forwarded: TERM, or another one that counts still, or whose KILL is due.
    [[nodiscard]] bool is_being_stopped() const {
        const bool kill_is_due = policy_.kill_after != core::never && !was_killed_;
        return since_stop_.has_begun() && (request_.has_begun() || got_term_ || kill_is_due);
    }

    void forget_survived_request() {
        if (since_asked_.value > policy_.grace) request_ = since_asked_ = {};
    }

    /// Whether the contract has such a signal forwarded at all, at once or later.
    [[nodiscard]] bool is_forwarded(const core::State& before, int arrived) const {
        if (!policy_.rewrites.apply(arrived)) return false;
        return is_alive(before.phase) || (before.phase == core::Phase::waiting && !policy_.is_stop(arrived));
    }

    const char* judge(const core::Action& action, const core::State& before, const core::Event& event) {
        using Kind = core::Action::Kind;
        switch (action.kind) {
            case Kind::send: return judge_send(action, before, event);
            case Kind::terminate: {
                if (lives_) return "leftovers are what the main child left behind";
                if (was_terminated_ && !policy_.owns_namespace) return "only guests can come later, and only to PID 1";
                was_terminated_ = true;
                const auto quiet = std::min<core::Milliseconds>(100, policy_.grace);
                return asks_at_once_ || since_end_.is_at_least(quiet) ? nullptr
                                                                      : "leftovers have a moment to end by themselves";
            }
            case Kind::answer_stop:
                if (!action.may_suspend) return nullptr;
                return (lives_ || before.phase == core::Phase::waiting) && !policy_.owns_namespace
                           ? nullptr
                           : "nobody waits for such a stop";
            case Kind::report_limit: return has_expired_ ? nullptr : "the limit is reported when it has expired";
            case Kind::look_for_guests: return policy_.owns_namespace ? nullptr : "only PID 1 has guests";
            case Kind::reap_again:
            case Kind::lend_foreground:
            case Kind::take_foreground:
            case Kind::take_free_foreground:
            case Kind::report_remaining: return nullptr;
            case Kind::tell_own_group:
                return event.is_of_terminal ? nullptr : "only what the terminal has sent is passed on";
        }
        return nullptr;
    }

    const char* judge_send(const core::Action& action, const core::State& before, const core::Event& event) {
        using core::Target;
        if (action.signal < 1 || action.signal > core::last_signal) return "a signal is 1 to 64";
        const bool needs_main_child = action.target == Target::main_child || action.target == Target::group;
        if (needs_main_child && !lives_) return "after its end the main child's number may be another's";
        if (action.origin == core::Action::Origin::event) {
            if (event.kind != core::Event::Kind::signal_arrived) return "no signal arrived";
            if (policy_.rewrites.apply(event.number) != action.signal) return "what is forwarded is what arrived";
        }
        const bool is_stop = action.then_continue && event.kind != core::Event::Kind::continued &&
                             !(event.number == SIGHUP && event.is_of_terminal && !policy_.is_stop(SIGHUP));
        if (is_stop && !since_stop_.has_begun()) since_stop_.begin();
        if (lives_ && action.signal == SIGTERM) got_term_ = true;
        if (is_stop || (lives_ && action.signal == SIGKILL && !action.forwards())) since_asked_.begin();
        if (action.signal != SIGKILL || action.forwards()) return nullptr;
        if (action.target == Target::main_child) was_killed_ = true;
        if (since_stop_.is_at_least(policy_.kill_after)) return nullptr;
        const auto patience = policy_.kill_after == core::never ? policy_.grace : policy_.kill_after;
        if (since_limit_.is_at_least(patience)) return nullptr;
        const bool is_farewell = action.target == Target::group_leftovers && policy_.ends_group &&
                                 policy_.rewrites.apply(SIGTERM) == SIGKILL;
        if (!lives_ && (is_farewell || since_end_.is_at_least(policy_.grace) || further_request_ ||
                        before.phase == core::Phase::killing)) {
            return nullptr;
        }
        // The limit's own TERM may be rewritten to it.
        return has_expired_ && policy_.rewrites.apply(SIGTERM) == SIGKILL ? nullptr : "KILL before its time";
    }

    const char* judge_end(const core::Step& step) {
        const core::Phase now = step.state.phase;
        since_end_.begin();
        // What was held back has nobody to go to.
        arrived_ = 0;
        const bool waits = policy_.leftovers == core::Leftovers::wait && !step.state.requested_at && !has_expired_;
        if ((now == core::Phase::waiting) != waits) return "only a stop request turns `wait` into `terminate`";
        if (waits) {
            if (request_.has_begun()) return "a stop request turns `wait` into `terminate`";
            since_end_ = {};
            return nullptr;
        }
        // An interrupt of the terminal is a request as well.
        if (step.state.requested_at && !request_.has_begun()) request_.begin();
        if ((now == core::Phase::done) != (policy_.leftovers == core::Leftovers::leave)) return "`leave` is at once";
        const auto farewell = policy_.rewrites.apply(SIGTERM);
        const auto farewells = std::count_if(step.actions.begin(), step.actions.end(), [&](const core::Action& action) {
            return action.kind == core::Action::Kind::send && action.target == core::Target::group_leftovers &&
                   action.signal == farewell;
        });
        const bool is_due = policy_.ends_group && farewell;
        return farewells == (is_due ? 1 : 0) ? nullptr : "dumb-init's name ends the group, once";
    }

    /// Whether the same event at another time leads elsewhere.
    [[nodiscard]] bool is_late(const core::State& before, const core::Event& event, const core::Step& step) const {
        core::Event later = event;
        later.now = core::after(event.now, 5000);
        const core::State other = core::step(policy_, before, later).state;
        return other.phase != step.state.phase || core::deadline(other) != core::deadline(step.state) ||
               other.requested_at != step.state.requested_at || other.reached != step.state.reached;
    }

    core::Policy policy_;
    bool lives_;
    bool lives_is_over_ = false;
    bool was_killed_ = false;
    bool was_terminated_ = false;
    /// TERM was forwarded to the program.
    bool got_term_ = false;
    bool has_expired_ = false;
    bool further_request_ = false;
    /// A stop signal ended a `wait` or a pause: there is no moment to wait for.
    bool asks_at_once_ = false;
    int code_ = 0;
    /// Signals that arrived and are to be forwarded still.
    int arrived_ = 0;
    Age request_;
    Age since_asked_;
    Age since_stop_;
    Age since_end_;
    Age since_limit_;
    Age running_{0};
};
