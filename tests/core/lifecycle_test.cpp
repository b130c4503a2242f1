#include "core/lifecycle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/lifecycle_contract.h"

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

std::string name(Target target) {
    switch (target) {
        case Target::main_child: return "main";
        case Target::group: return "group";
        case Target::everything: return "all";
        case Target::group_leftovers: break;
    }
    return "group-leftovers";
}

/// "TERM>group", and "TERM>group+cont" where CONT follows to those that are stopped.
std::string in_words(const Action& action) {
    switch (action.kind) {
        case Action::Kind::send:
            return name(action) + ">" + name(action.target) + (action.then_continue ? "+cont" : "");
        case Action::Kind::terminate: return "terminate";
        case Action::Kind::reap_again: return "reap";
        case Action::Kind::look_for_guests: return "look";
        case Action::Kind::lend_foreground: return "lend";
        case Action::Kind::take_foreground: return "take";
        case Action::Kind::take_free_foreground: return "take-if-free";
        case Action::Kind::tell_own_group: return name(action) + ">own-group";
        case Action::Kind::answer_stop: return (action.may_suspend ? "stop:" : "stopped:") + name(action);
        case Action::Kind::report_limit: return "report-limit";
        case Action::Kind::report_remaining: break;
    }
    return "report-remaining";
}

/// What a step does, in words.
std::string in_words(const Step& step) {
    std::string words;
    for (const Action& action : step.actions) words += (words.empty() ? "" : " ") + in_words(action);
    return words;
}

/// A story of one cppinit: events at points of time, and what is done about each.
class Story {
  public:
    explicit Story(const Policy& policy) : policy_(policy), state_(core::first_state(policy, 0)) {}

    std::string at(Milliseconds now, Kind kind, int number = 0) { return happens({kind, now, number}); }
    std::string exits(Milliseconds now, int code) { return changes(now, {WaitStatus::Kind::exited, code}); }
    std::string changes(Milliseconds now, WaitStatus status) {
        return happens({Kind::main_child_changed, now, 0, status});
    }
    std::string signal(Milliseconds now, int number) { return at(now, Kind::signal_arrived, number); }
    /// The terminal sends it, to the whole of cppinit's group.
    std::string key(Milliseconds now, int number) {
        return happens({.kind = Kind::signal_arrived, .now = now, .number = number, .is_of_terminal = true});
    }
    /// The main child ends by what the terminal has sent only to its group.
    std::string ends_in_front(Milliseconds now, WaitStatus status) {
        return happens({.kind = Kind::main_child_changed, .now = now, .status = status, .is_of_terminal = true});
    }
    std::string remains(Milliseconds now) { return at(now, Kind::children_remain); }
    std::string time(Milliseconds now) { return at(now, Kind::time_passed); }
    std::string progress(Milliseconds now) {
        return happens({.kind = Kind::time_passed, .now = now, .has_progressed = true});
    }

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
            const auto next = core::step(policy, core::first_state(policy, 0), {Kind::signal_arrived, 0, signal});
            ASSERT_EQ(actions_of(next).size(), 1U);
            EXPECT_EQ(actions_of(next)[0].signal, signal);
            EXPECT_EQ(actions_of(next)[0].target, target);
            EXPECT_TRUE(actions_of(next)[0].forwards());
        }
    }
}

TEST(Running, ForwardsWhatTheRewritesSay) {
    Story story(with([](Policy& policy) {
        policy.rewrites.set(SIGHUP, std::nullopt);
        policy.rewrites.set(SIGUSR2, SIGQUIT);
    }));
    EXPECT_EQ(story.signal(0, SIGHUP), "");
    EXPECT_EQ(story.signal(0, SIGUSR2), "QUIT>group");
    EXPECT_EQ(story.state().phase, Phase::running);
}

TEST(Running, HasNoDeadline) {
    Story story{Policy{}};
    EXPECT_EQ(story.deadline(), never);
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.deadline(), never);
}

TEST(Running, DoesNotWaitForAChildThatIsNoLongerThere) {
    Story story{Policy{}};
    story.at(0, Kind::no_children);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 125);
}

TEST(Running, AStopSignalIsFollowedByContForThoseThatAreStopped) {
    Story story{Policy{}};
    EXPECT_EQ(story.signal(0, SIGTERM), "TERM>group+cont");
    EXPECT_EQ(story.signal(0, SIGHUP), "HUP>group");
}

TEST(Running, AHangupIsFollowedByContToo) {
    Story story{Policy{}};
    EXPECT_EQ(story.key(0, SIGHUP), "HUP>group+cont");
    EXPECT_EQ(story.key(0, SIGWINCH), "WINCH>group");
}

TEST(StopSignals, AreThoseOfTheOption) {
    Story story(with([](Policy& policy) {
        policy.stop_signals = core::SignalSet::of({SIGWINCH});
        policy.kill_after = 1000;
    }));
    EXPECT_EQ(story.signal(0, SIGTERM), "TERM>group");
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(0, SIGWINCH), "WINCH>group+cont");
    EXPECT_EQ(story.deadline(), 1000);
}

TEST(StopSignals, AThreadDumpIsForwardedAtOnceAndStartsNoClock) {
    Story story(with([](Policy& policy) {
        policy.stop_delay = 5000;
        policy.kill_after = 2000;
        policy.leftovers = Leftovers::wait;
    }));
    EXPECT_EQ(story.signal(0, SIGQUIT), "QUIT>group");
    EXPECT_EQ(story.state().phase, Phase::running);
    EXPECT_EQ(story.deadline(), never);
    story.exits(1, 0);
    EXPECT_EQ(story.state().phase, Phase::waiting);
}

TEST(MainChild, ItsCodeIsTheExitCodeAfterRemapping) {
    Policy policy;
    policy.exit_remap.set(143, 0);
    for (int code = 0; code <= 255; ++code) {
        Story story(policy);
        story.exits(0, code);
        EXPECT_EQ(story.state().phase, Phase::ending);
        story.at(0, Kind::no_children);
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
    EXPECT_EQ(story.time(6000), "TERM>group+cont");
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(6001, SIGTERM), "TERM>group+cont");
}

TEST(StopDelay, HoldsTheWholeRequest) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.signal(499, SIGINT), "");
    EXPECT_EQ(story.time(1000), "TERM>group+cont INT>group+cont");
}

TEST(StopDelay, ASecondRequestEndsIt) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.signal(500, SIGINT), "TERM>group+cont INT>group+cont");
}

TEST(StopDelay, LosesNoneOfManySignals) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(story.signal(i, SIGTERM), "");
    EXPECT_EQ(story.signal(4, SIGINT),
              "TERM>group+cont TERM>group+cont TERM>group+cont TERM>group+cont INT>group+cont");
}

TEST(StopDelay, AContThatIsRewrittenToAStopSignalEndsItToo) {
    Story story(with([](Policy& policy) {
        policy.stop_delay = 1000;
        policy.rewrites.set(SIGCONT, SIGINT);
    }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.signal(500, SIGCONT), "lend TERM>group+cont INT>group+cont");
}

TEST(StopDelay, EndsWithTheMainChild) {
    Story story(with([](Policy& policy) { policy.stop_delay = 1000; }));
    story.signal(0, SIGTERM);
    story.exits(1, 3);
    EXPECT_EQ(story.state().phase, Phase::ending);
    EXPECT_EQ(story.time(101), "terminate reap");
    EXPECT_FALSE(story.state().reached.term) << "nobody was reached by the signal that was held";
}

TEST(KillAfter, CountsFromTheFirstForwardedStopSignal) {
    Story story(with([](Policy& policy) {
        policy.kill_after = 2000;
        policy.stop_delay = 500;
    }));
    story.signal(1000, SIGTERM);
    EXPECT_EQ(story.time(1500), "TERM>group+cont");
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
        story.signal(0, SIGINT);
        EXPECT_EQ(story.time(1), words);
    }
}

TEST(KillAfter, ItsKillIsCppinitsOwnAndNotForwarded) {
    const Policy killing = with([](Policy& policy) { policy.kill_after = 1; });
    const State stopping = core::step(killing, core::first_state(killing, 0), {Kind::signal_arrived, 0, SIGTERM}).state;
    for (const Action& action : core::step(killing, stopping, {Kind::time_passed, 1}).actions) {
        EXPECT_FALSE(action.forwards());
    }
}

TEST(KillAfter, GoesOnForTheLeftoversThatTheScopeCovers) {
    for (const auto& [scope, words] : {std::pair{Scope::main_child, ""},
                                       {Scope::group, "KILL>group-leftovers"},
                                       {Scope::everything, "KILL>all reap"}}) {
        Story story(with([scope = scope](Policy& policy) {
            policy.scope = scope;
            policy.kill_after = 1000;
        }));
        story.signal(0, SIGTERM);
        story.exits(500, 0);
        story.time(600);
        EXPECT_EQ(story.deadline(), 1000);
        EXPECT_EQ(story.time(1000), words);
    }
}

TEST(KillAfter, KillsTheLeftoversOfTheGroupInRounds) {
    Story story(with([](Policy& policy) {
        policy.kill_after = 1000;
        policy.grace = never;
    }));
    story.signal(0, SIGTERM);
    story.exits(500, 0);
    story.time(600);
    for (Milliseconds now = 1000; now <= 2000; now += 10) EXPECT_EQ(story.time(now), "KILL>group-leftovers");
    EXPECT_EQ(story.deadline(), never);
}

TEST(Leave, ExitsAtOnce) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::leave; }));
    EXPECT_EQ(story.exits(0, 9), "take");
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(EndsGroup, TheGroupGetsTermWhateverHappensToTheLeftovers) {
    for (const Leftovers leftovers : {Leftovers::terminate, Leftovers::leave}) {
        Story story(with([&](Policy& policy) {
            policy.leftovers = leftovers;
            policy.ends_group = true;
        }));
        EXPECT_EQ(story.exits(0, 9), "take TERM>group-leftovers");
    }
}

TEST(EndsGroup, ThatTermIsRewrittenOrDropped) {
    for (const auto& [to, words] :
         {std::pair{std::optional(SIGHUP), "take HUP>group-leftovers"}, {std::nullopt, "take"}}) {
        Story story(with([to = to](Policy& policy) {
            policy.ends_group = true;
            policy.rewrites.set(SIGTERM, to);
        }));
        EXPECT_EQ(story.exits(0, 9), words);
    }
}

TEST(Terminate, GivesLeftoversAMomentToEndByThemselves) {
    Story story{Policy{}};
    EXPECT_EQ(story.exits(1000, 9), "take");
    EXPECT_EQ(story.remains(1000), "");
    EXPECT_EQ(story.deadline(), 1100);
    EXPECT_EQ(story.remains(1099), "") << "a filter reads its end of file";
    EXPECT_EQ(story.time(1100), "terminate reap");
}

TEST(Terminate, ThatMomentIsNotLongerThanTheGrace) {
    Story story(with([](Policy& policy) { policy.grace = 50; }));
    story.exits(0, 0);
    EXPECT_EQ(story.deadline(), 50);
}

TEST(Terminate, AsksOnceAndOnlyIfSomethingRemains) {
    Story story{Policy{}};
    EXPECT_EQ(story.exits(0, 9), "take");
    EXPECT_EQ(story.remains(100), "terminate reap");
    EXPECT_EQ(story.remains(100), "");
    EXPECT_EQ(story.time(101), "");
    EXPECT_EQ(story.signal(101, SIGHUP), "") << "what the main child would have got has nobody to go to";
    story.at(102, Kind::no_children);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(Terminate, KillsAtTheEndOfTheGraceInRoundsAndThenLeaves) {
    Story story{Policy{}};
    story.exits(1000, 9);
    story.time(1100);
    EXPECT_EQ(story.deadline(), 6000);
    EXPECT_EQ(story.time(5999), "");
    EXPECT_EQ(story.time(6000), "KILL>all reap");
    EXPECT_TRUE(story.state().asked_to_end) << "by the KILL";
    EXPECT_EQ(story.deadline(), 6010);
    EXPECT_EQ(story.remains(6005), "") << "those that are dying have a moment";
    EXPECT_EQ(story.time(6010), "reap") << "first the dead are reaped";
    EXPECT_EQ(story.remains(6010), "KILL>all");
    EXPECT_EQ(story.remains(6015), "");
    EXPECT_EQ(story.time(6020), "reap");
    EXPECT_EQ(story.remains(6020), "KILL>all");
    EXPECT_EQ(story.time(7000), "report-remaining");
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 9);
}

TEST(Terminate, LeavesASecondAfterTheLastLeftoverThatEnded) {
    Story story(with([](Policy& policy) { policy.grace = 0; }));
    story.exits(0, 9);
    story.time(0);
    story.progress(900);
    EXPECT_EQ(story.time(1000), "reap");
    story.remains(1000);
    EXPECT_EQ(story.time(1900), "report-remaining");
}

TEST(Terminate, WithoutAGraceLeftoversGetOnlyKill) {
    Story story(with([](Policy& policy) { policy.grace = 0; }));
    story.exits(0, 9);
    EXPECT_EQ(story.time(0), "KILL>all reap");
    EXPECT_TRUE(story.state().asked_to_end);
}

TEST(StopRequest, ASecondCutsTheGraceShort) {
    Story story(with([](Policy& policy) { policy.grace = never; }));
    story.signal(0, SIGTERM);
    story.exits(1, 143);
    story.time(101);
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(500, SIGINT), "KILL>all reap");
}

TEST(StopRequest, SignalsWithinHalfASecondAreOne) {
    Story story(with([](Policy& policy) { policy.grace = never; }));
    EXPECT_EQ(story.signal(0, SIGTERM), "TERM>group+cont");
    EXPECT_EQ(story.signal(0, SIGTERM), "TERM>group+cont") << "each is forwarded all the same";
    story.exits(1, 143);
    EXPECT_EQ(story.signal(499, SIGTERM), "");
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(StopRequest, TheFirstOneDuringShutdownKillsNobody) {
    Story story{Policy{}};
    story.exits(0, 0);
    story.time(100);
    EXPECT_EQ(story.signal(200, SIGTERM), "");
    EXPECT_EQ(story.signal(300, SIGTERM), "");
    EXPECT_EQ(story.signal(700, SIGTERM), "KILL>all reap");
}

TEST(StopRequest, ManyWhileTheMainChildLivedKillNobody) {
    Story story{Policy{}};
    for (int i = 0; i < 5; ++i) story.signal(i * 600, SIGINT);
    story.exits(2500, 0);
    EXPECT_EQ(story.time(2600), "terminate reap");
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(StopRequest, OneThatWasSurvivedForLongerThanAGraceDoesNotShortenALaterGrace) {
    Story story(with([](Policy& policy) { policy.grace = 1000; }));
    story.signal(0, SIGTERM);
    story.exits(1001, 0);
    story.time(1101);
    EXPECT_EQ(story.signal(1200, SIGTERM), "") << "the first of this shutdown";
    EXPECT_EQ(story.signal(1700, SIGTERM), "KILL>all reap");
}

TEST(Reached, KnowsWhatTheLastStopSignalsReached) {
    Story story{Policy{}};
    story.signal(100, SIGINT);
    story.signal(200, SIGTERM);
    story.signal(300, SIGINT);
    ASSERT_TRUE(story.state().reached.term);
    EXPECT_EQ(story.state().reached.term->signal, SIGTERM);
    EXPECT_EQ(story.state().reached.term->target, Target::group);
    EXPECT_EQ(story.state().reached.term->at, 200);
    ASSERT_TRUE(story.state().reached.other);
    EXPECT_EQ(story.state().reached.other->signal, SIGINT);
    EXPECT_EQ(story.state().reached.other->at, 300);
}

TEST(Reached, OtherSignalsThanTermCountForOneGrace) {
    for (const auto& [end, counts] : {std::pair{1000, true}, {1001, false}}) {
        Story story(with([](Policy& policy) { policy.grace = 1000; }));
        story.signal(0, SIGINT);
        story.signal(0, SIGTERM);
        story.exits(end, 0);
        EXPECT_EQ(story.state().reached.other.has_value(), counts);
        EXPECT_TRUE(story.state().reached.term) << "TERM counts for good";
    }
}

TEST(Reached, ATermThatIsNotAStopSignalCountsToo) {
    Story story(with([](Policy& policy) { policy.stop_signals = core::SignalSet::of({SIGUSR1}); }));
    EXPECT_EQ(story.signal(100, SIGTERM), "TERM>group");
    EXPECT_TRUE(story.state().reached.term);
}

TEST(Guests, AreLookedForAsPid1UntilNoneRemains) {
    Story story(with([](Policy& policy) { policy.owns_namespace = true; }));
    story.exits(0, 3);
    EXPECT_EQ(story.at(0, Kind::no_children), "look");
    EXPECT_EQ(story.at(0, Kind::guests_remain), "");
    EXPECT_EQ(story.deadline(), 20);
    EXPECT_EQ(story.time(20), "reap");
    EXPECT_EQ(story.at(20, Kind::no_children), "look");
    story.at(20, Kind::nobody_remains);
    EXPECT_EQ(story.state().phase, Phase::done);
}

TEST(Guests, AreAskedToEndAndKilledLikeAnyLeftover) {
    Story story(with([](Policy& policy) { policy.owns_namespace = true; }));
    story.exits(0, 3);
    EXPECT_EQ(story.at(100, Kind::guests_remain), "terminate reap");
    EXPECT_EQ(story.deadline(), 120);
    EXPECT_EQ(story.at(120, Kind::guests_remain), "terminate") << "another one may have come";
    EXPECT_EQ(story.time(5000), "KILL>all reap");
    EXPECT_EQ(story.at(5000, Kind::no_children), "look");
    EXPECT_EQ(story.at(5010, Kind::guests_remain), "KILL>all");
    story.at(5020, Kind::nobody_remains);
    EXPECT_EQ(story.state().phase, Phase::done);
}

TEST(Guests, ThatComeWhileChildrenAreEndingAreAskedToo) {
    Story story(with([](Policy& policy) { policy.owns_namespace = true; }));
    story.exits(0, 3);
    EXPECT_EQ(story.time(100), "terminate reap");
    EXPECT_EQ(story.remains(150), "");
    EXPECT_EQ(story.deadline(), 300);
    EXPECT_EQ(story.time(300), "reap");
    EXPECT_EQ(story.remains(300), "terminate");
}

TEST(Guests, AreNotWaitedForByWait) {
    Story story(with([](Policy& policy) {
        policy.owns_namespace = true;
        policy.leftovers = Leftovers::wait;
    }));
    story.exits(0, 3);
    EXPECT_EQ(story.at(0, Kind::no_children), "");
    EXPECT_EQ(story.state().phase, Phase::done);
}

TEST(Wait, ForwardsToTheLeftoversUntilNoneRemains) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.exits(0, 4);
    EXPECT_EQ(story.remains(0), "take-if-free");
    EXPECT_EQ(story.deadline(), never);
    EXPECT_EQ(story.signal(1, SIGHUP), "HUP>all");
    story.at(2, Kind::no_children);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 4);
}

TEST(Wait, AStopSignalTurnsItIntoTerminate) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.exits(0, 4);
    EXPECT_EQ(story.signal(1000, SIGTERM), "take reap");
    EXPECT_EQ(story.remains(1000), "terminate reap") << "the moment is long over";
    EXPECT_EQ(story.deadline(), 6000);
    EXPECT_EQ(story.signal(1001, SIGTERM), "");
    EXPECT_EQ(story.signal(1500, SIGTERM), "KILL>all reap");
}

TEST(Wait, AStopSignalThatCameBeforeTheEndCountsForOneGrace) {
    for (const auto& [end, phase] : {std::pair{5000, Phase::ending}, {5001, Phase::waiting}}) {
        Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
        story.signal(0, SIGTERM);
        story.exits(end, 4);
        EXPECT_EQ(story.state().phase, phase);
    }
}

TEST(Wait, AStopSignalThatWasDelayedOrEndedInAKillWasNotSurvived) {
    Story delayed(with([](Policy& policy) {
        policy.leftovers = Leftovers::wait;
        policy.stop_delay = 10'000;
    }));
    delayed.signal(0, SIGTERM);
    delayed.time(10'000);
    delayed.exits(10'500, 0);
    EXPECT_EQ(delayed.state().phase, Phase::ending);
    Story killed(with([](Policy& policy) {
        policy.leftovers = Leftovers::wait;
        policy.kill_after = 10'000;
    }));
    killed.signal(0, SIGTERM);
    killed.time(10'000);
    killed.exits(10'001, 137);
    EXPECT_EQ(killed.state().phase, Phase::ending);
}

TEST(Pause, ReapsUntilAStopSignalAndExitsWithZero) {
    Story story(with([](Policy& policy) { policy.pause = true; }));
    EXPECT_EQ(story.at(0, Kind::no_children), "");
    EXPECT_EQ(story.signal(0, SIGHUP), "");
    EXPECT_EQ(story.state().phase, Phase::pausing);
    EXPECT_EQ(story.signal(0, SIGTERM), "take reap");
    story.at(0, Kind::no_children);
    EXPECT_EQ(story.state().phase, Phase::done);
    EXPECT_EQ(story.state().exit_code, 0);
}

TEST(Pause, WithLeaveEndsAtOnce) {
    Story story(with([](Policy& policy) {
        policy.pause = true;
        policy.leftovers = Leftovers::leave;
    }));
    EXPECT_EQ(story.signal(0, SIGTERM), "");
    EXPECT_EQ(story.state().phase, Phase::done);
}

TEST(Timeout, StopsTheProgramWith124) {
    Story story(with([](Policy& policy) { policy.timeout = 1000; }));
    EXPECT_EQ(story.deadline(), 1000);
    EXPECT_EQ(story.time(999), "");
    EXPECT_EQ(story.time(1000), "report-limit TERM>group+cont");
    EXPECT_EQ(story.deadline(), 6000) << "the grace, where --kill-after says nothing";
    story.exits(1500, 0);
    EXPECT_EQ(story.state().exit_code, 124);
}

TEST(Timeout, ItsCodeCanBeRemapped) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.exit_remap.set(124, 3);
    }));
    story.time(1000);
    story.exits(1500, 0);
    EXPECT_EQ(story.state().exit_code, 3);
}

TEST(Timeout, AProgramThatEndsInTimeIsNotAffected) {
    for (const Leftovers leftovers : {Leftovers::terminate, Leftovers::wait}) {
        Story story(with([&](Policy& policy) {
            policy.timeout = 1000;
            policy.leftovers = leftovers;
        }));
        story.exits(500, 7);
        story.time(600);
        story.time(1000);
        story.at(1001, Kind::no_children);
        EXPECT_EQ(story.state().phase, Phase::done);
        EXPECT_EQ(story.state().exit_code, 7);
        EXPECT_FALSE(story.state().timed_out);
    }
}

TEST(Timeout, KillsWhatIgnoresTheTerm) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.kill_after = 200;
    }));
    story.time(1000);
    EXPECT_EQ(story.deadline(), 1200);
    EXPECT_EQ(story.time(1200), "KILL>group KILL>main");
}

TEST(Timeout, SendsNothingTwiceToAProgramThatIsBeingStopped) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.kill_after = 2000;
    }));
    story.signal(900, SIGTERM);
    EXPECT_EQ(story.time(1000), "report-limit");
    EXPECT_EQ(story.deadline(), 2900) << "the deadline can only come closer";
}

TEST(Timeout, AStopThatWasSurvivedIsNoLongerInProgress) {
    Story story(with([](Policy& policy) {
        policy.timeout = 9000;
        policy.grace = 1000;
    }));
    story.signal(0, SIGINT);
    EXPECT_EQ(story.time(9000), "report-limit TERM>group+cont");
    EXPECT_EQ(story.deadline(), 10000);
}

TEST(Timeout, ATermIsNotSentTwiceHoweverLongAgoItWas) {
    Story story(with([](Policy& policy) {
        policy.timeout = 9000;
        policy.grace = 1000;
    }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.time(9000), "report-limit");
    EXPECT_EQ(story.deadline(), 10000);
}

TEST(Timeout, AStopWhoseKillIsDueIsUnderWay) {
    Story story(with([](Policy& policy) {
        policy.timeout = 9000;
        policy.grace = 1000;
        policy.kill_after = 20000;
    }));
    story.signal(0, SIGINT);
    EXPECT_EQ(story.time(9000), "report-limit");
    EXPECT_EQ(story.deadline(), 20000);
}

TEST(Timeout, ATermThatDoesNotStopIsFollowedByTheLimitsOwn) {
    Story story(with([](Policy& policy) {
        policy.timeout = 9000;
        policy.stop_signals = core::SignalSet::only(SIGUSR1);
    }));
    story.signal(8000, SIGTERM);
    EXPECT_EQ(story.time(9000), "report-limit TERM>group+cont");
}

TEST(Timeout, HasNoDelayAndIsRewritten) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.stop_delay = 5000;
        policy.rewrites.set(SIGTERM, SIGHUP);
    }));
    EXPECT_EQ(story.time(1000), "report-limit HUP>group+cont");
}

TEST(Timeout, SendsWhatWasHeldBack) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.stop_delay = 5000;
    }));
    story.signal(900, SIGINT);
    EXPECT_EQ(story.time(1000), "report-limit INT>group+cont");
    EXPECT_EQ(story.deadline(), 6000);
}

TEST(Timeout, ADroppedTermStillBringsTheKill) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.rewrites.set(SIGTERM, std::nullopt);
    }));
    EXPECT_EQ(story.time(1000), "report-limit");
    EXPECT_EQ(story.time(6000), "KILL>group KILL>main");
}

TEST(Timeout, TurnsWaitIntoTerminate) {
    Story story(with([](Policy& policy) {
        policy.timeout = 1000;
        policy.leftovers = Leftovers::wait;
    }));
    story.time(1000);
    story.exits(1001, 0);
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(JobControl, AStoppedMainChildMayStopCppinitWithTheSameSignal) {
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
    EXPECT_EQ(story.changes(0, {WaitStatus::Kind::stopped, SIGTSTP}), "stopped:TSTP");
    EXPECT_EQ(story.signal(0, SIGCONT), "lend CONT>group");
}

TEST(JobControl, CppinitStaysAwakeWhileItHasASignalToSend) {
    Story story(with([](Policy& policy) { policy.kill_after = 1000; }));
    story.signal(0, SIGTERM);
    EXPECT_EQ(story.changes(1, {WaitStatus::Kind::stopped, SIGSTOP}), "stopped:STOP")
        << "it has a KILL to send in time";
    EXPECT_EQ(story.time(1000), "KILL>group KILL>main");
    Story delayed(with([](Policy& policy) { policy.stop_delay = 1000; }));
    delayed.signal(0, SIGTERM);
    EXPECT_EQ(delayed.changes(1, {WaitStatus::Kind::stopped, SIGTSTP}), "stopped:TSTP");
}

TEST(JobControl, ATimeLimitAloneLeavesAJobSuspended) {
    Story story(with([](Policy& policy) { policy.timeout = 1000; }));
    EXPECT_EQ(story.changes(1, {WaitStatus::Kind::stopped, SIGTSTP}), "stop:TSTP");
}

TEST(Foreground, IsTakenBackWhenTheMainChildEnds) {
    Story story{Policy{}};
    EXPECT_EQ(story.exits(0, 3), "take");
    Story leaving(with([](Policy& policy) { policy.leftovers = Leftovers::leave; }));
    EXPECT_EQ(leaving.exits(0, 3), "take");
}

TEST(Foreground, StaysWithLeftoversThatAreWaitedForWhileTheirGroupLives) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    EXPECT_EQ(story.exits(0, 3), "take-if-free");
    EXPECT_EQ(story.remains(1), "take-if-free");
}

TEST(Foreground, WhileCppinitWaitsItLooksForAFreeForegroundEachSecond) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    EXPECT_EQ(story.exits(0, 3), "take-if-free");
    EXPECT_EQ(story.deadline(), never) << "nothing was lent";
    EXPECT_EQ(story.at(10, Kind::foreground_is_kept), "");
    EXPECT_EQ(story.deadline(), 1010);
    EXPECT_EQ(story.time(1009), "");
    EXPECT_EQ(story.time(1010), "take-if-free");
    EXPECT_EQ(story.deadline(), never) << "it is free now";
    EXPECT_EQ(story.at(1010, Kind::foreground_is_kept), "");
    EXPECT_EQ(story.signal(1500, SIGTERM), "take reap");
    EXPECT_EQ(story.deadline(), 1500) << "of the look for a free foreground nothing is left";
}

TEST(Waiting, StopsWithTheLeftoversByACtrlZAndContinuesThem) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.exits(0, 3);
    EXPECT_EQ(story.key(1, SIGTSTP), "TSTP>all stop:TSTP");
    EXPECT_EQ(story.at(2, Kind::continued), "CONT>all");
    EXPECT_EQ(story.signal(3, SIGTSTP), "TSTP>all") << "somebody has sent it to cppinit";
    Story pid_1(with([](Policy& policy) {
        policy.leftovers = Leftovers::wait;
        policy.owns_namespace = true;
    }));
    pid_1.exits(0, 3);
    EXPECT_EQ(pid_1.key(1, SIGTSTP), "TSTP>all stopped:TSTP");
}

constexpr WaitStatus killed_by(int signal) {
    return {WaitStatus::Kind::killed, signal};
}

TEST(Interrupt, OneThatOnlyTheMainChildReceivedGoesToTheRestOfTheJob) {
    for (const int signal : {SIGINT, SIGQUIT}) {
        const std::string name(std::string_view{core::SignalName(signal)});
        Story story{Policy{}};
        EXPECT_EQ(story.ends_in_front(0, killed_by(signal)), "take " + name + ">own-group");
        EXPECT_EQ(story.at(0, Kind::no_children), "");
        EXPECT_EQ(story.state().exit_code, 128 + signal);
        EXPECT_EQ(story.state().dies_of, signal);
        Story forwarded{Policy{}};
        forwarded.signal(0, signal);
        EXPECT_EQ(forwarded.ends_in_front(0, killed_by(signal)), "take") << "the rest had it before";
        EXPECT_FALSE(forwarded.state().dies_of) << "somebody sent it to cppinit";
        Story behind{Policy{}};
        EXPECT_EQ(behind.changes(0, killed_by(signal)), "take") << "somebody sent it to the program";
        EXPECT_FALSE(behind.state().dies_of);
    }
    Story other{Policy{}};
    EXPECT_EQ(other.ends_in_front(0, killed_by(SIGTERM)), "take");
}

TEST(Interrupt, OnlySomeEndsTellOfASignalOfTheTerminal) {
    EXPECT_EQ(core::terminal_signal_in(killed_by(SIGINT)), SIGINT);
    EXPECT_EQ(core::terminal_signal_in(killed_by(SIGQUIT)), SIGQUIT);
    EXPECT_EQ(core::terminal_signal_in(killed_by(SIGHUP)), SIGHUP);
    EXPECT_EQ(core::terminal_signal_in({WaitStatus::Kind::exited, 130}), SIGINT);
    EXPECT_FALSE(core::terminal_signal_in({WaitStatus::Kind::exited, 0}));
    EXPECT_FALSE(core::terminal_signal_in({WaitStatus::Kind::exited, 131})) << "QUIT only kills";
    EXPECT_FALSE(core::terminal_signal_in(killed_by(SIGTERM)));
    EXPECT_FALSE(core::terminal_signal_in({WaitStatus::Kind::stopped, SIGINT}));
}

TEST(Interrupt, AProgramThatExitsLikeAShellCounts) {
    Story story{Policy{}};
    EXPECT_EQ(story.ends_in_front(0, {WaitStatus::Kind::exited, 130}), "take INT>own-group");
    EXPECT_FALSE(story.state().dies_of) << "it exited";
}

TEST(Interrupt, CppinitDiesOfOneThatItsGroupReceivedAndDoesNotSendItAgain) {
    Story story{Policy{}};
    EXPECT_EQ(story.key(0, SIGINT), "INT>group+cont");
    EXPECT_EQ(story.changes(1, killed_by(SIGINT)), "take");
    EXPECT_EQ(story.state().dies_of, SIGINT);
}

TEST(Interrupt, IsAStopRequestThatReachedTheGroup) {
    Story story{Policy{}};
    story.ends_in_front(1000, killed_by(SIGINT));
    ASSERT_TRUE(story.state().reached.other);
    EXPECT_EQ(story.state().reached.other->signal, SIGINT);
    EXPECT_EQ(story.state().reached.other->target, Target::group);
    EXPECT_EQ(story.state().reached.other->at, 1000);
    story.time(1100);
    EXPECT_EQ(story.signal(1500, SIGINT), "KILL>all reap") << "the second Ctrl-C";
}

TEST(Interrupt, TurnsWaitIntoTerminate) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    story.ends_in_front(0, killed_by(SIGINT));
    EXPECT_EQ(story.state().phase, Phase::ending);
}

TEST(Interrupt, ThatIsNoStopRequestGoesToTheRestOfTheJobWhileCppinitWaits) {
    Story story(with([](Policy& policy) { policy.leftovers = Leftovers::wait; }));
    EXPECT_EQ(story.ends_in_front(0, killed_by(SIGQUIT)), "take-if-free QUIT>own-group");
    EXPECT_EQ(story.state().phase, Phase::waiting);
}

TEST(Hangup, OneThatOnlyTheMainChildGotGoesToTheRestOfTheJob) {
    for (const WaitStatus end : {killed_by(SIGHUP), WaitStatus{WaitStatus::Kind::exited, 129}}) {
        Story story{Policy{}};
        EXPECT_EQ(story.ends_in_front(0, end), "take HUP>own-group");
        EXPECT_FALSE(story.state().requested_at) << "not a stop signal";
        EXPECT_EQ(story.at(0, Kind::no_children), "");
        EXPECT_FALSE(story.state().dies_of);
        EXPECT_EQ(story.state().exit_code, 129);
    }
}

TEST(Hangup, OneThatCppinitsGroupHadIsNotSentAgain) {
    Story story{Policy{}};
    EXPECT_EQ(story.key(0, SIGHUP), "HUP>group+cont");
    EXPECT_EQ(story.ends_in_front(1, killed_by(SIGHUP)), "take");
}

TEST(Interrupt, Pid1AndARemappedCodeExit) {
    Story pid_1(with([](Policy& policy) { policy.owns_namespace = true; }));
    pid_1.ends_in_front(0, killed_by(SIGINT));
    EXPECT_FALSE(pid_1.state().dies_of);
    Story remapped(with([](Policy& policy) { policy.exit_remap.set(130, 0); }));
    remapped.ends_in_front(0, killed_by(SIGINT));
    EXPECT_FALSE(remapped.state().dies_of);
}

TEST(Interrupt, OneThatWasForwardedLongAgoIsNotThisOne) {
    Story story{Policy{}};
    story.signal(0, SIGINT);
    EXPECT_EQ(story.ends_in_front(60'000, killed_by(SIGINT)), "take INT>own-group");
    EXPECT_EQ(story.state().dies_of, SIGINT);
}

// ---- every sequence of events ----

// Time goes in steps of this; all spans of the policies below are whole numbers of it.
constexpr Milliseconds tick = 500;
// Longer ago than a stop signal counts: all points before it are alike.
constexpr Milliseconds long_ago = 3 * tick;

constexpr WaitStatus exited{WaitStatus::Kind::exited, 3};
struct Change {
    WaitStatus status;
    bool is_of_terminal;
};
constexpr Change changes_of_main_child[] = {{exited, false},
                                            {{WaitStatus::Kind::killed, SIGINT}, true},
                                            {{WaitStatus::Kind::killed, SIGHUP}, true},
                                            {{WaitStatus::Kind::stopped, SIGTSTP}, false},
                                            {{WaitStatus::Kind::stopped, SIGTTIN}, false}};

/// A state at the time 0, and what the contract knows of how it came about.
struct Node {
    State state;
    LifecycleContract contract;

    [[nodiscard]] auto key() const {
        std::vector<Milliseconds> numbers{static_cast<Milliseconds>(state.phase),
                                          state.exit_code,
                                          state.dies_of.value_or(0),
                                          state.requested_at.value_or(never),
                                          state.program_asked_at.value_or(never),
                                          state.timed_out,
                                          state.asked_to_end,
                                          static_cast<Milliseconds>(state.interrupts_forwarded.bits()),
                                          static_cast<Milliseconds>(state.interrupts_from_terminal.bits()),
                                          state.delay_until,
                                          state.limit_at,
                                          state.kill_at,
                                          state.kill_until,
                                          state.terminate_at,
                                          state.end_by,
                                          state.next_look};
        numbers.push_back(state.reached.term.has_value());
        numbers.push_back(state.reached.other.has_value());
        for (const int signal : state.held.all()) numbers.push_back(signal);
        return std::tuple(numbers, contract.key());
    }
};

void pass_time(Node& node) {
    const auto earlier = [](Milliseconds& point) {
        if (point != never) point = std::max(point - tick, -long_ago);
    };
    State& state = node.state;
    for (Milliseconds* point : {&state.delay_until, &state.limit_at, &state.kill_at, &state.kill_until,
                                &state.terminate_at, &state.end_by, &state.next_look}) {
        earlier(*point);
    }
    for (auto* point : {&state.requested_at, &state.program_asked_at}) {
        if (*point) earlier(**point);
    }
    node.contract.pass(tick);
}

/// Walks through everything that can happen to a cppinit with one policy, and judges each step by the contract.
class Explorer {
  public:
    explicit Explorer(const Policy& policy) : policy_(policy) {}

    std::size_t explore() {
        add({core::first_state(policy_, 0), LifecycleContract(policy_)});
        while (!open_.empty() && !testing::Test::HasFailure()) {
            const Node node = open_.front();
            open_.pop();
            judge(node);
            if (node.state.phase == Phase::done) continue;
            for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
                add(happen(node, {.kind = Kind::signal_arrived, .number = signal}));
            }
            add(happen(node, {.kind = Kind::signal_arrived, .number = SIGTSTP, .is_of_terminal = true}));
            add(happen(node, {.kind = Kind::continued}));
            if (node.contract.main_child_lives()) {
                for (const auto& [status, is_of_terminal] : changes_of_main_child) {
                    add(happen(node,
                               {.kind = Kind::main_child_changed, .status = status, .is_of_terminal = is_of_terminal}));
                }
            }
            // Zombies were reaped: somebody is left, or nobody is. While the main child lives it is the former.
            add(happen(node, {.kind = Kind::children_remain}));
            if (!node.contract.main_child_lives()) {
                add(happen(node, {.kind = Kind::no_children}));
                if (policy_.owns_namespace) add(happen(node, {.kind = Kind::guests_remain}));
            }
            Node later = node;
            pass_time(later);
            add(happen(later, {.kind = Kind::time_passed}));
        }
        return seen_.size();
    }

  private:
    void add(const Node& node) {
        if (seen_.insert(node.key()).second) open_.push(node);
    }

    /// One step, with what must hold for it.
    Node happen(Node node, const Event& event) {
        const Step next = core::step(policy_, node.state, event);
        const char* const broken = node.contract.judge(node.state, event, next);
        EXPECT_EQ(broken, nullptr) << broken << ": " << in_words(next) << " for event " << static_cast<int>(event.kind)
                                   << " " << event.number << " in phase " << static_cast<int>(node.state.phase);
        node.state = next.state;
        return node;
    }

    /// What must hold for every state that can be reached.
    void judge(const Node& node) {
        if (node.state.phase == Phase::done) return;
        if (!node.contract.main_child_lives() && node.state.phase != Phase::pausing) {
            EXPECT_EQ(nobody_is_left(node).state.phase, Phase::done) << "nothing is left, and it stays";
        }
        // Asked twice, and nobody dies but by KILL: it still ends, where a policy has any end to it.
        const Node asked = asked_again(asked_again(node));
        const bool main_child_is_mortal =
            !node.contract.main_child_lives() || (policy_.kill_after != never && policy_.grace != never);
        if (main_child_is_mortal) {
            EXPECT_LT(ticks_to_the_end(asked), unending) << "it never ends";
        }
        if (node.contract.was_asked_to_stop()) {
            EXPECT_LE(ticks_to_the_end(asked_again(node)), ticks_to_the_end(node))
                << "a further stop signal delays the end";
        }
    }

    Node nobody_is_left(const Node& node) {
        return happen(happen(node, {.kind = Kind::no_children}), {.kind = Kind::nobody_remains});
    }

    /// A tick in which nobody ends but by KILL.
    Node after_a_tick(Node node) {
        if (node.contract.main_child_lives() && node.contract.main_child_was_killed()) {
            node = happen(node, {.kind = Kind::main_child_changed, .status = exited});
            node = happen(node, {.kind = Kind::children_remain});
        }
        pass_time(node);
        node = happen(node, {.kind = Kind::time_passed});
        return happen(node, {.kind = Kind::children_remain});
    }

    /// A tick later, so that it is a request of its own.
    Node asked_again(const Node& node) {
        const Node asked = happen(after_a_tick(node), {.kind = Kind::signal_arrived, .number = SIGTERM});
        return happen(asked, {.kind = Kind::children_remain});
    }

    // The spans of the policies below add up to less.
    static constexpr int max_ticks = 24;
    static constexpr int unending = 1000;

    /// How long the end can take at most: the main child ends only when it is killed, and the leftovers never.
    int ticks_to_the_end(Node node) {
        for (int ticks = 0; ticks < max_ticks; ++ticks) {
            if (node.state.phase == Phase::done) return ticks;
            node = after_a_tick(node);
        }
        return unending;
    }

    Policy policy_;
    std::set<decltype(std::declval<Node>().key())> seen_;
    std::queue<Node> open_;
};

Policy policy_of(Leftovers leftovers, Milliseconds grace) {
    Policy policy;
    policy.leftovers = leftovers;
    policy.grace = grace;
    return policy;
}

struct Variant {
    bool owns_namespace = false;
    bool ends_group = false;
    Milliseconds timeout = never;
};
void PrintTo(const Variant& variant, std::ostream* out) {
    *out << (variant.owns_namespace ? "pid1" : variant.ends_group ? "ends group, timeout" : "subreaper");
}
constexpr Variant variants[] = {{}, {.owns_namespace = true}, {.ends_group = true, .timeout = 2 * tick}};

class EverySequenceOfEvents : public testing::TestWithParam<std::tuple<Leftovers, Milliseconds, Variant>> {};

TEST_P(EverySequenceOfEvents, KeepsWhatTheContractPromises) {
    Policy policy = policy_of(std::get<0>(GetParam()), std::get<1>(GetParam()));
    const auto& variant = std::get<2>(GetParam());
    policy.owns_namespace = variant.owns_namespace;
    policy.ends_group = variant.ends_group;
    policy.timeout = variant.timeout;
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
    policy.owns_namespace = std::get<2>(GetParam()).owns_namespace;
    EXPECT_GE(Explorer(policy).explore(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Policies, EverySequenceOfEvents,
                         testing::Combine(testing::Values(Leftovers::terminate, Leftovers::wait, Leftovers::leave),
                                          testing::Values(Milliseconds{0}, 2 * tick, never),
                                          testing::ValuesIn(variants)));

TEST(Done, NothingHappensAnyMore) {
    State done;
    done.phase = Phase::done;
    done.exit_code = 7;
    for (const auto kind : {Kind::signal_arrived, Kind::main_child_changed, Kind::continued, Kind::children_remain,
                            Kind::no_children, Kind::guests_remain, Kind::nobody_remains, Kind::time_passed}) {
        const auto next = core::step(Policy{}, done, {kind, 0, SIGTERM});
        EXPECT_EQ(next.state.phase, Phase::done);
        EXPECT_EQ(next.state.exit_code, 7);
        EXPECT_EQ(in_words(next), "");
    }
    EXPECT_EQ(core::deadline(done), never);
}

}  // namespace
