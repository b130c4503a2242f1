#include "os/clock.h"

#include <gtest/gtest.h>

namespace {

TEST(TimeOf, IsThatOfTheKernelAndZeroWithoutAnAnswer) {
    EXPECT_GT(os::time_of(CLOCK_MONOTONIC), 0);
    constexpr clockid_t no_clock = 99;
    EXPECT_EQ(os::time_of(no_clock), 0);
}

}  // namespace
