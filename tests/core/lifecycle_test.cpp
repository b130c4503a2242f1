#include "core/lifecycle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using core::Action;
using core::Event;
using core::Leftovers;
using core::Milliseconds;
using core::never;
using core::Phase;
using core::Policy;
using core::Scope;
using core::State;
using core::Step;
using core::Target;
using core::WaitStatus;
using Kind = core::Event::Kind;

std::vector<Action> actions_of(const Step& step) {
    return {step.actions.begin(), step.actions.end()};
}

std::string name(const Action& action) {
    return std::string(std::string_view(core::SignalName(action.signal)));
}

/// What a step does, in words: "TERM>group", "terminate", "count", "take+INT", "stop:TSTP".
std::string in_words(const Step& step) {
    std::string words;
    for (const Action& action : step.actions) {
        if (!words.empty()) words += ' ';
        switch (action.kind) {
            case Action::Kind::terminate: words += "terminate"; continue;
            case Action::Kind::count: words += "count"; continue;
            case Action::Kind::lend_foreground: words += "lend"; continue;
            case Action::Kind::take_foreground: words += action.signal == 0 ? "take" : "take+" + name(action); continue;
            case Action::Kind::stop: words += "stop:" + name(action); continue;
            case Action::Kind::send: break;
        }
        words += name(action) + ">";
        switch (action.target) {
            case Target::main_child: words += "main"; break;
            case Target::group: words += "group"; break;
            case Target::everything: words += "all"; break;
            case Target::group_leftovers: words += "group-leftovers"; break;
        }
    }
    return words;
}

/// A story of one cppinit: events at points of time, and what is done about each.
class Story {
  public:
    explicit Story(const Policy& policy) : policy_(policy), state_(core::first_state(policy)) {}

    std::string at(Milliseconds now, Kind kind, int number = 0) { return happens({kind, now, number}); }
    std::string exits(Milliseconds now, int code) { return changes(now, {WaitStatus::Kind::exited, code}); }
    std::string changes(Milliseconds now, WaitStatus status) {
        return happens({Kind::main_child_changed, now, 0, status});
    }
    std::string signal(Milliseconds now, int number) { return at(now, Kind::signal_arrived, number); }
    std::string time(Milliseconds now) { return at(now, Kind::time_passed); }

    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] Milliseconds deadline() const { return core::deadline(state_); }

  private:
    std::string happens(const Event& event) {
        const Step next = core::step(policy_, state_, event);
        state_ = next.state;
        return in_words(next);
    }

    Policy policy_;
    State state_;
};

Policy with(auto change) {
    Policy policy;
    change(policy);
    return policy;
}

TEST(Running, ForwardsEachSignalOnceToTheScope) {
    for (const auto& [scope, target] : {std::pair{Scope::group, Target::group},
                                        {Scope::main_child, Target::main_child},
                                        {Scope::everything, Target::everything}}) {
        Policy policy;
        policy.scope = scope;
        for (int signal = 1; signal <= 64; ++signal) {
            if (signal == SIGCONT) continue;  // the foreground comes with it
            const auto next = core::step(policy, State{}, {Kind::signal_arrived, 0, signal});
            ASSERT_EQ(actions_of(next).size(), 1U);
            EXPECT_EQ(actions_of(next)[0].signal, signal);
            EXPECT_EQ(actions_of(next)[0].target, target);
        }
    }
}

TEST(Running, ForwardsWhatTheRewritesSay) {
    Story story(with([](Policy& policy) {
        policy.rewrites.set(SIGTERM, SIGUSR1);
        policy.rewrites.set(SIGHUP, core::Rewrites::drop);
        policy.rewrites.set(SIGUSR2, SIGQUIT);
    }));
    EXPECT_EQ(story.signal(0, SIGHUP), "");
    EXPECT_EQ(story.signal(0, SIGTERM), "USR1>group");
    EXPECT_EQ(story.state().phase, Phase::running) << "a stop signal is judged after rewriting";
    EXPECT_EQ(story.signal(0, SIGUSR2), "QUIT>group");
    EXPECT_EQ(story.state().phase, Phase::stopping);
}

TEST(Running, WaitsForNoTime) {
    Story story{Policy{}};
    EXPECT_EQ(story.deadline(), never);
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.deadline(), never);
}

TEST(Running, DoesNotWaitForAChildThatIsNoLongerThere) {
    Story story{Policy{}};
    story.at(0, Kind::nothing_left);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 125);
}

TEST(MainChild, ItsCodeIsTheExitCodeAfterRemapping) {
    Policy policy;
    policy.exit_remap.set(143, 0);
    for (int code = 0; code <= 255; ++code) {
        Story story(policy);
        story.exits(0, code);
        EXPECT_EQ(story.state().phase, Phase::ending);
        story.at(0, Kind::nothing_left);
        EXPECT_EQ(story.state().phase, Phase::done);
        EXPECT_EQ(story.state().exit_code, code == 143 ? 0 : code);
    }
}

TEST(StopDelay, HoldsTheFirstStopSignalAndNothingElse) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    EXPECT_EQ(story.signal(5000, SIGTERM), "");
    EXPECT_EQ(story.deadline(), 6000);
    EXPECT_EQ(story.signal(5500, SIGHUP), "HUP>group");
    EXPECT_EQ(story.time(5999), "");
    EXPECT_EQ(story.time(6000), "TERM>group");
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(6001, SIGTERM), "TERM>group");
}

TEST(StopDelay, ASecondStopSignalEndsIt) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.signal(1, SIGINT), "TERM>group INT>group");
}

TEST(StopDelay, AContThatIsRewrittenToAStopSignalEndsItToo) {
    Story story(with([](Policy& policy) {
        policy.stop_delay = 1000;
        policy.rewrites.set(SIGCONT, SIGINT);
    }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.signal(1, SIGCONT), "lend TERM>group INT>group");
}

TEST(StopDelay, IsOverWithTheMainChild) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    story.signal(0, SIGTERM);
    story.exits(1, 3);
    EXPECT_EQ(story.state().phase, Phase::ending);
    EXPECT_EQ(story.at(1, Kind::others_left), "terminate count");
    EXPECT_EQ(story.state().reached, core::Reached{}) << "nobody was reached by the signal that was held";
}

TEST(KillAfter, CountsFromTheFirstForwardedStopSignal) {
    Story story(with([](Policy& policy) {
        policy.kill_after = 2000;
        policy.stop_delay = 500;
    }));
    story.signal(1000, SIGTERM);
    EXPECT_EQ(story.time(1500), "TERM>group");
    EXPECT_EQ(story.deadline(), 3500);
    story.signal(3000, SIGTERM);
    EXPECT_EQ(story.deadline(), 3500) << "a second one does not start the clock anew";
    EXPECT_EQ(story.time(3500), "KILL>group KILL>main");
    EXPECT_EQ(story.deadline(), never);
}

TEST(KillAfter, KillsWhatTheScopeCovers) {
    for (const auto& [scope, words] : {std::pair{Scope::main_child, "KILL>main"},
                                       {Scope::group, "KILL>group KILL>main"},
                                       {Scope::everything, "KILL>all KILL>main"}}) {
        Story story(with([scope = scope](Policy& policy) {
            policy.scope = scope;
            policy.kill_after = 1;
        }));
        story.signal(0, SIGQUIT);
        EXPECT_EQ(story.time(1), words);
    }
}

TEST(KillAfter, GoesOnForTheLeftoversThatTheScopeCovers) {
    for (const auto& [scope, words] : {std::pair{Scope::main_child, ""},
                                       {Scope::group, "KILL>group-leftovers"},
                                       {Scope::everything, "KILL>all count"}}) {
        Story story(with([scope = scope](Policy& policy) {
            policy.scope = scope;
            policy.kill_after = 1000;
        }));
        story.signal(0, SIGTERM);
        story.exits(500, 0);
        story.at(500, Kind::others_left);
        EXPECT_EQ(story.deadline(), 1000);
        EXPECT_EQ(story.time(1000), words);
    }
}

TEST(Leave, ExitsAtOnce) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::leave; }));
    EXPECT_EQ(story.exits(0, 9), "take");
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(Terminate, AsksOnceAndOnlyWhereSomethingIsLeft) {
    Story story{Policy{}};
    EXPECT_EQ(story.exits(0, 9), "take");
    EXPECT_EQ(story.at(0, Kind::others_left), "terminate count");
    EXPECT_EQ(story.at(0, Kind::others_left), "");
    EXPECT_EQ(story.signal(0, SIGHUP), "") << "what the main child would have got has nobody to go to";
    story.at(1, Kind::nothing_left);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(Terminate, KillsAtTheEndOfTheGraceInRoundsAndThenLeaves) {
    Story story{Policy{}};
    story.exits(1000, 9);
    story.at(1000, Kind::others_left);
    EXPECT_EQ(story.deadline(), 6000);
    EXPECT_EQ(story.time(5999), "");
    EXPECT_EQ(story.time(6000), "KILL>all count");
    EXPECT_EQ(story.deadline(), 6010);
    EXPECT_EQ(story.at(6005, Kind::others_left), "") << "those that are dying have a moment";
    EXPECT_EQ(story.time(6010), "count") << "first the dead are reaped";
    EXPECT_EQ(story.at(6010, Kind::others_left), "KILL>all");
    EXPECT_EQ(story.at(6015, Kind::others_left), "");
    EXPECT_EQ(story.time(6020), "count");
    EXPECT_EQ(story.at(6020, Kind::others_left), "KILL>all");
    story.time(7000);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(Terminate, ASecondStopSignalCutsTheGraceShort) {
    Story story(with([](Policy& policy) { policy.grace = never; }));
    story.signal(0, SIGTERM);
    story.exits(1, 143);
    story.at(1, Kind::others_left);
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(2, SIGINT), "KILL>all count");
}

TEST(Terminate, TheFirstStopSignalInTheEndKillsNobody) {
    Story story{Policy{}};
    story.exits(0, 0);
    story.at(0, Kind::others_left);
    EXPECT_EQ(story.signal(1, SIGTERM), "");
    EXPECT_EQ(story.signal(2, SIGTERM), "KILL>all count");
}

TEST(Terminate, ManyStopSignalsWhileTheMainChildLivedKillNobody) {
    Story story{Policy{}};
    for (int i = 0; i < 5; ++i) story.signal(i, SIGINT);
    story.exits(10, 0);
    EXPECT_EQ(story.at(10, Kind::others_left), "terminate count");
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(Terminate, KnowsWhatTheLastStopSignalReached) {
    Story story{Policy{}};
    story.signal(100, SIGINT);
    story.signal(200, SIGTERM);
    EXPECT_EQ(story.state().reached.other, (core::StopReach{SIGINT, Target::group, 100}));
    EXPECT_EQ(story.state().reached.term, (core::StopReach{SIGTERM, Target::group, 200}));
}

TEST(Terminate, ATermIsNotForgottenOverALaterInt) {
    Story story{Policy{}};
    story.signal(100, SIGTERM);
    story.signal(200, SIGINT);
    EXPECT_EQ(story.state().reached.term, (core::StopReach{SIGTERM, Target::group, 100}));
}

TEST(Terminate, AsPid1WhatIsNobodysChildIsAskedToEndAndNotWaitedFor) {
    Story story(with([](Policy& policy) { policy.owns_namespace = true; }));
    story.exits(0, 3);
    EXPECT_EQ(story.at(0, Kind::nothing_left), "terminate");
    EXPECT_EQ(story.state().phase, Phase::done);
}

TEST(KillAfter, StrikesTheLeftoversOfTheGroupInRounds) {
    Story story(with([](Policy& policy) {
        policy.kill_after = 1000;
        policy.grace = never;
    }));
    story.signal(0, SIGTERM);
    story.exits(500, 0);
    story.at(500, Kind::others_left);
    for (Milliseconds now = 1000; now <= 2000; now += 10) EXPECT_EQ(story.time(now), "KILL>group-leftovers");
    EXPECT_EQ(story.deadline(), never);
}

TEST(Wait, ForwardsToTheLeftoversUntilNothingIsLeft) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.exits(0, 4);
    EXPECT_EQ(story.at(0, Kind::others_left), "");
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(1, SIGHUP), "HUP>all");
    story.at(2, Kind::nothing_left);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 4);
}

TEST(Wait, AStopSignalTurnsItIntoTerminate) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.exits(0, 4);
    EXPECT_EQ(story.signal(1000, SIGTERM), "count");
    EXPECT_EQ(story.at(1000, Kind::others_left), "terminate count");
    EXPECT_EQ(story.deadline(), 6000);
    EXPECT_EQ(story.signal(1001, SIGTERM), "KILL>all count");
}

TEST(Wait, AStopSignalThatCameBeforeTheEndCountsToo) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.signal(0, SIGTERM);
    story.exits(0, 4);
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(Pause, ReapsUntilAStopSignalAndExitsWithZero) {
    Story story(with([](Policy& policy) { policy.pause = true; }));
    EXPECT_EQ(story.at(0, Kind::nothing_left), "");
    EXPECT_EQ(story.signal(0, SIGHUP), "");
    EXPECT_EQ(story.state().phase, Phase::pausing);
    EXPECT_EQ(story.signal(0, SIGTERM), "count");
    story.at(0, Kind::nothing_left);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 0);
}

TEST(JobControl, AStoppedMainChildStopsCppinitWithTheSameSignal) {
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP}) {
        const std::string name(std::string_view{core::SignalName(signal)});
        Story story{Policy{}};
        EXPECT_EQ(story.changes(0, {WaitStatus::Kind::stopped, signal}), "stop:" + name);
        EXPECT_EQ(story.at(0, Kind::continued), "lend CONT>group");
        EXPECT_EQ(story.state().phase, Phase::running);
    }
}

TEST(JobControl, AContinuationReachesTheWholeGroupWhateverTheScope) {
    for (const auto scope : {Scope::group, Scope::main_child, Scope::everything}) {
        Story story(with([&](Policy& policy) { policy.scope = scope; }));
        EXPECT_EQ(story.at(0, Kind::continued), "lend CONT>group");
    }
}

TEST(JobControl, AContThatArrivesIsForwardedWithTheForeground) {
    Story story(with([](Policy& policy) { policy.scope = Scope::main_child; }));
    EXPECT_EQ(story.signal(0, SIGCONT), "lend CONT>main");
}

TEST(JobControl, Pid1IsNotStopped) {
    Story story(with([](Policy& policy) { policy.owns_namespace = true; }));
    EXPECT_EQ(story.changes(0, {WaitStatus::Kind::stopped, SIGTSTP}), "");
    EXPECT_EQ(story.signal(0, SIGCONT), "lend CONT>group");
}

TEST(JobControl, WhoHasAKillToSendIsNotStopped) {
    Story story(with([](Policy& policy) { policy.kill_after = 1000; }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.changes(1, {WaitStatus::Kind::stopped, SIGSTOP}), "") << "it has a KILL to send in time";
    EXPECT_EQ(story.time(1000), "KILL>group KILL>main");
}

TEST(Foreground, IsTakenBackWhenTheMainChildEnds) {
    Story story{Policy{}};
    EXPECT_EQ(story.exits(0, 3), "take");
    Story leaving(with([](Policy& policy) { policy.leftovers = Leftovers::leave; }));
    EXPECT_EQ(leaving.exits(0, 3), "take");
}

TEST(Foreground, StaysWithLeftoversThatAreWaitedFor) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    EXPECT_EQ(story.exits(0, 3), "");
}

TEST(Foreground, AnInterruptThatTheMainChildAloneGotGoesToTheRestOfTheJob) {
    for (const int signal : {SIGINT, SIGQUIT}) {
        const std::string name(std::string_view{core::SignalName(signal)});
        Story story{Policy{}};
        EXPECT_EQ(story.changes(0, {WaitStatus::Kind::killed, signal}), "take+" + name);
        EXPECT_EQ(story.at(0, Kind::nothing_left), "");
        EXPECT_EQ(story.state().exit_code, 128 + signal);
        Story forwarded{Policy{}};
        forwarded.signal(0, signal);
        EXPECT_EQ(forwarded.changes(0, {WaitStatus::Kind::killed, signal}), "take") << "the rest had it before";
    }
    Story other{Policy{}};
    EXPECT_EQ(other.changes(0, {WaitStatus::Kind::killed, SIGTERM}), "take");
}

// ---- every sequence of events ----

// Time goes in steps of this; all spans of the policies below are whole numbers of it.
constexpr Milliseconds tick = 500;
// As of one that INT killed, so that both ends lead to the same states.
constexpr int main_child_code = 128 + SIGINT;
constexpr WaitStatus exited{WaitStatus::Kind::exited, main_child_code};
constexpr WaitStatus changes_of_main_child[] = {exited,
                                                {WaitStatus::Kind::killed, SIGINT},
                                                {WaitStatus::Kind::stopped, SIGTSTP},
                                                {WaitStatus::Kind::stopped, SIGTTIN}};

/// A state at the time 0, and what the environment of cppinit has done so far. Spans that have passed are cut, so that
/// there are finitely many.
struct Node {
    State state;
    bool main_child_lives;
    bool main_child_was_killed = false;
    int stop_signals = 0;
    // How long ago; -1: not yet.
    Milliseconds since_stop_forwarded = -1;
    Milliseconds since_end_began = -1;

    static std::optional<std::pair<int, Milliseconds>> reached_at(const std::optional<core::StopReach>& reach) {
        if (!reach) return std::nullopt;
        return std::pair(reach->signal, reach->at);
    }

    [[nodiscard]] auto key() const {
        return std::tuple(state.phase, state.exit_code, state.stop_requested, state.asked_to_end, state.held_signal,
                          reached_at(state.reached.term), reached_at(state.reached.other), state.delay_until,
                          state.kill_at, state.end_by, state.next_round, state.kill_until, main_child_lives,
                          main_child_was_killed, stop_signals, since_stop_forwarded, since_end_began);
    }
};

constexpr Milliseconds long_ago = 5000;

void pass_time(Node& node) {
    const auto earlier = [](Milliseconds& point) {
        if (point != never) point = std::max(point - tick, -long_ago);
    };
    const auto longer = [](Milliseconds& span) {
        if (span >= 0) span = std::min(span + tick, long_ago);
    };
    for (auto* reach : {&node.state.reached.term, &node.state.reached.other}) {
        if (*reach) earlier((*reach)->at);
    }
    for (Milliseconds* point : {&node.state.delay_until, &node.state.kill_at, &node.state.end_by,
                                &node.state.next_round, &node.state.kill_until}) {
        earlier(*point);
    }
    longer(node.since_stop_forwarded);
    longer(node.since_end_began);
}

/// Walks through everything that can happen to a cppinit with one policy, and judges each step.
class Explorer {
  public:
    explicit Explorer(const Policy& policy) : policy_(policy) {}

    std::size_t explore() {
        add({core::first_state(policy_), !policy_.pause});
        while (!open_.empty() && !testing::Test::HasFailure()) {
            const Node node = open_.front();
            open_.pop();
            judge(node);
            if (node.state.phase == Phase::done) continue;
            for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) add(happen(node, Kind::signal_arrived, signal));
            add(happen(node, Kind::continued));
            if (node.main_child_lives) {
                for (const WaitStatus status : changes_of_main_child) add(happen(node, status));
            }
            // Zombies were reaped: somebody is left, or nobody is. While the main child lives it is the former.
            add(happen(node, Kind::others_left));
            if (!node.main_child_lives) add(happen(node, Kind::nothing_left));
            Node later = node;
            pass_time(later);
            add(happen(later, Kind::time_passed));
        }
        return seen_.size();
    }

  private:
    void add(const Node& node) {
        if (seen_.emplace(node.key(), true).second) open_.push(node);
    }

    Node happen(const Node& node, Kind kind, int number = 0) { return happen(node, {kind, 0, number}); }
    Node happen(const Node& node, WaitStatus status) { return happen(node, {Kind::main_child_changed, 0, 0, status}); }

    /// One step, with what must hold for it.
    Node happen(Node node, const Event& event) {
        const auto [kind, now, number, status] = event;
        const State before = node.state;
        const bool is_stop = kind == Kind::signal_arrived && core::is_stop_signal(number);
        const bool second_stop = is_stop && node.stop_signals > 0;
        if (is_stop) node.stop_signals = std::min(node.stop_signals + 1, 2);
        const bool ends = kind == Kind::main_child_changed && status.ended();
        if (ends) node.main_child_lives = false;

        const Step next = core::step(policy_, node.state, event);
        node.state = next.state;
        if (!core::is_timed(policy_, before, event)) {
            Node at_another_time = node;
            at_another_time.state = core::step(policy_, before, {kind, long_ago, number, status}).state;
            EXPECT_EQ(at_another_time.key(), node.key()) << "the clock is not read for this event";
        }
        if (!ends && (kind == Kind::main_child_changed || kind == Kind::continued)) {
            EXPECT_EQ(node.state.phase, before.phase) << "a main child that stops or continues is not one that ended";
        }
        if (before.phase != Phase::ending && node.state.phase == Phase::ending) node.since_end_began = 0;
        for (const Action& action : next.actions) {
            if (action.kind == Action::Kind::stop) {
                EXPECT_TRUE(!policy_.owns_namespace && node.main_child_lives) << "nobody waits for such a stop";
            }
            if (action.kind != Action::Kind::send) continue;
            if (core::is_stop_signal(action.signal) && node.since_stop_forwarded < 0) node.since_stop_forwarded = 0;
            const bool needs_main_child = action.target == Target::main_child || action.target == Target::group;
            EXPECT_TRUE(node.main_child_lives || !needs_main_child)
                << "its number may be another's: " << in_words(next);
            if (action.signal == SIGKILL) {
                node.main_child_was_killed = node.main_child_was_killed || action.target == Target::main_child;
                const bool kill_after_is_over =
                    node.since_stop_forwarded >= 0 && node.since_stop_forwarded >= policy_.kill_after;
                const bool grace_is_over = node.since_end_began >= 0 && node.since_end_began >= policy_.grace;
                EXPECT_TRUE(kill_after_is_over || (!node.main_child_lives &&
                                                   (grace_is_over || second_stop || before.phase == Phase::killing)))
                    << "KILL before its time: " << in_words(next);
            }
        }
        return node;
    }

    /// What must hold for every state that can be reached.
    void judge(const Node& node) {
        if (node.state.phase == Phase::done) {
            EXPECT_FALSE(node.main_child_lives);
            EXPECT_EQ(node.state.exit_code, policy_.pause ? 0 : main_child_code);
            return;
        }
        if (!node.main_child_lives && node.state.phase != Phase::pausing) {
            EXPECT_EQ(happen(node, Kind::nothing_left).state.phase, Phase::done) << "nothing is left, and it stays";
        }
        // Asked twice, and nobody dies but by KILL: it still ends, where a policy has any end to it.
        const Node asked = asked_again(asked_again(node));
        const bool main_child_is_mortal =
            !node.main_child_lives || (policy_.kill_after != never && policy_.grace != never);
        if (main_child_is_mortal) {
            EXPECT_LT(ticks_to_the_end(asked), unending) << "it never ends";
        }
        if (node.stop_signals > 0) {
            EXPECT_LE(ticks_to_the_end(asked_again(node)), ticks_to_the_end(node))
                << "a further stop signal delays the end";
        }
    }

    Node asked_again(const Node& node) {
        const Node asked = happen(node, Kind::signal_arrived, SIGTERM);
        return happen(asked, Kind::others_left);
    }

    // The spans of the policies below add up to less.
    static constexpr int longest_end = 20;
    static constexpr int unending = 1000;

    /// The longest that the end can take: the main child ends only when it is killed, and the leftovers never.
    int ticks_to_the_end(Node node) {
        for (int ticks = 0; ticks < longest_end; ++ticks) {
            if (node.state.phase == Phase::done) return ticks;
            if (node.main_child_lives && node.main_child_was_killed) {
                node = happen(happen(node, exited), Kind::others_left);
                continue;
            }
            pass_time(node);
            node = happen(happen(node, Kind::time_passed), Kind::others_left);
        }
        return unending;
    }

    Policy policy_;
    std::map<decltype(Node{}.key()), bool> seen_;
    std::queue<Node> open_;
};

Policy policy_of(Leftovers leftovers, Milliseconds grace) {
    Policy policy;
    policy.leftovers = leftovers;
    policy.grace = grace;
    return policy;
}

class EverySequenceOfEvents : public testing::TestWithParam<std::tuple<Leftovers, Milliseconds>> {};

TEST_P(EverySequenceOfEvents, KeepsWhatTheContractPromises) {
    Policy policy = policy_of(std::get<0>(GetParam()), std::get<1>(GetParam()));
    std::size_t states = 0;
    for (policy.scope = Scope::group;;
         policy.scope = policy.scope == Scope::group ? Scope::main_child : Scope::everything) {
        for (const Milliseconds kill_after : {Milliseconds{0}, tick, 4 * tick, never}) {
            for (const Milliseconds stop_delay : {Milliseconds{0}, 2 * tick, never}) {
                SCOPED_TRACE(testing::Message() << "scope " << static_cast<int>(policy.scope) << " kill after "
                                                << kill_after << " stop delay " << stop_delay);
                policy.kill_after = kill_after;
                policy.stop_delay = stop_delay;
                states += Explorer(policy).explore();
                ASSERT_FALSE(HasFailure());
            }
        }
        if (policy.scope == Scope::everything) break;
    }
    EXPECT_GT(states, 500U) << "the walk has not gone far";
}

TEST_P(EverySequenceOfEvents, KeepsWhatTheContractPromisesOfAPause) {
    Policy policy = policy_of(std::get<0>(GetParam()), std::get<1>(GetParam()));
    policy.pause = true;
    EXPECT_GE(Explorer(policy).explore(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Policies, EverySequenceOfEvents,
                         testing::Combine(testing::Values(Leftovers::terminate, Leftovers::wait, Leftovers::leave),
                                          testing::Values(Milliseconds{0}, 2 * tick, never)));

TEST(Done, NothingHappensAnyMore) {
    State done;
    done.phase = Phase::done;
    done.exit_code = 7;
    for (const auto kind : {Kind::signal_arrived, Kind::main_child_changed, Kind::continued, Kind::others_left,
                            Kind::nothing_left, Kind::time_passed}) {
        const auto next = core::step(Policy{}, done, {kind, 0, SIGTERM});
        EXPECT_EQ(next.state.phase, Phase::done);
        EXPECT_EQ(next.state.exit_code, 7);
        EXPECT_EQ(in_words(next), "");
    }
    EXPECT_EQ(core::deadline(done), never);
}

}  // namespace
