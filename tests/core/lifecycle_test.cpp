#include "core/lifecycle.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using core::Event;
using core::Phase;
using core::Policy;
using core::Scope;
using core::State;

std::vector<core::Action> actions_of(const core::Step& step) {
    return {step.actions.begin(), step.actions.end()};
}

TEST(Running, ForwardsEachSignalOnceToTheScope) {
    for (const Scope scope : {Scope::group, Scope::main_child}) {
        const Policy policy{scope, {}, {}};
        for (int signal = 1; signal <= 64; ++signal) {
            const auto next = core::step(policy, State{}, {Event::Kind::signal_arrived, signal});
            ASSERT_EQ(actions_of(next).size(), 1U);
            EXPECT_EQ(actions_of(next)[0].signal, signal);
            EXPECT_EQ(actions_of(next)[0].target, scope);
            EXPECT_EQ(next.state.phase, Phase::running);
        }
    }
}

TEST(Running, ForwardsWhatTheRewritesSay) {
    Policy policy;
    policy.rewrites.set(SIGTERM, SIGQUIT);
    policy.rewrites.set(SIGHUP, core::Rewrites::drop);
    EXPECT_EQ(actions_of(core::step(policy, State{}, {Event::Kind::signal_arrived, SIGTERM}))[0].signal, SIGQUIT);
    EXPECT_TRUE(actions_of(core::step(policy, State{}, {Event::Kind::signal_arrived, SIGHUP})).empty());
}

TEST(Running, EndsWithTheMainChildAndItsCode) {
    for (int code = 0; code <= 255; ++code) {
        const auto next = core::step(Policy{}, State{}, {Event::Kind::main_child_ended, code});
        EXPECT_EQ(next.state.phase, Phase::done);
        EXPECT_EQ(next.state.exit_code, code);
        EXPECT_TRUE(actions_of(next).empty());
    }
}

TEST(Running, RemapsTheCode) {
    Policy policy;
    policy.exit_remap.set(143, 0);
    EXPECT_EQ(core::step(policy, State{}, {Event::Kind::main_child_ended, 143}).state.exit_code, 0);
}

TEST(Running, DoesNotWaitForAChildThatIsNoLongerThere) {
    const auto next = core::step(Policy{}, State{}, {Event::Kind::nothing_left});
    EXPECT_EQ(next.state.phase, Phase::done);
    EXPECT_EQ(next.state.exit_code, 125);
}

TEST(Done, NothingHappensAnyMore) {
    const State done{Phase::done, 7};
    for (const auto kind : {Event::Kind::signal_arrived, Event::Kind::main_child_ended, Event::Kind::nothing_left}) {
        const auto next = core::step(Policy{}, done, {kind, SIGTERM});
        EXPECT_EQ(next.state.phase, Phase::done);
        EXPECT_EQ(next.state.exit_code, 7);
        EXPECT_TRUE(actions_of(next).empty());
    }
}

}  // namespace
