#include "core/policy.h"

#include <gtest/gtest.h>

namespace {

using core::Policy;

TEST(Policy, HasTheContractsDefaults) {
    const Policy policy;
    EXPECT_EQ(policy.scope, core::Scope::group);
    EXPECT_EQ(policy.leftovers, core::Leftovers::terminate);
    EXPECT_EQ(policy.grace, 5000);
    EXPECT_EQ(policy.stop_delay, 0);
    EXPECT_EQ(policy.kill_after, core::never);
    EXPECT_EQ(policy.timeout, core::never);
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        EXPECT_EQ(policy.is_stop(signal), signal == SIGTERM || signal == SIGINT) << signal;
    }
}

TEST(Policy, JudgesStopSignalsBeforeAndAfterRewriting) {
    Policy policy;
    policy.rewrites.set(SIGTERM, SIGUSR1);
    policy.rewrites.set(SIGHUP, SIGINT);
    policy.rewrites.set(SIGINT, std::nullopt);
    EXPECT_TRUE(policy.is_stop(SIGTERM)) << "it is in the set";
    EXPECT_TRUE(policy.is_stop(SIGHUP)) << "what it is rewritten to is in the set";
    EXPECT_FALSE(policy.is_stop(SIGINT)) << "it is dropped";
    EXPECT_FALSE(policy.is_stop(SIGUSR1));
    EXPECT_FALSE(policy.is_stop(SIGQUIT)) << "a request for a thread dump";
}

}  // namespace
