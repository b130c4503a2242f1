#include "os/memory_cgroup.h"

#include <gtest/gtest.h>

namespace {

TEST(OomKills, AreNotKnownWithoutAReportUnlessTheCgroupIsTheContainers) {
    EXPECT_FALSE(os::OomKills::before_run(false, false).during_run());
}

TEST(OomKills, AreThoseOfThisRun) {
    // Nothing is killed here meanwhile; without a memory cgroup nothing is known.
    EXPECT_EQ(os::OomKills::before_run(true, false).during_run().value_or(0), 0);
}

}  // namespace
