#include "os/neighbour.h"

#include <gtest/gtest.h>

#include <array>

#include "child.h"
#include "os/procfs.h"

namespace {

class Neighbour : public testing::Test {
  protected:
    void SetUp() override {
        if (!os::proc_is_of_namespace(::getpid())) GTEST_SKIP() << "needs the /proc of this PID namespace";
    }
};

void take_another_name() {
    ::prctl(PR_SET_NAME, "sh");
}

TEST_F(Neighbour, HasTheSameNameAndIsInTheSameGroup) {
    EXPECT_TRUE(os::is_neighbour(Child([] {}).pid()));
    EXPECT_FALSE(os::is_neighbour(Child(take_another_name).pid()));
    EXPECT_FALSE(os::is_neighbour(Child(lead_group).pid()));
    EXPECT_FALSE(os::is_neighbour(1 << 30)) << "there is no such process";
}

TEST_F(Neighbour, CanRunTheLeaderOfAnotherGroup) {
    // This process takes the part of the neighbour: it has cppinit's own name, and is in its group.
    EXPECT_TRUE(os::is_led_under_neighbour(Child(lead_group).pid()));
    EXPECT_FALSE(os::is_led_under_neighbour(1 << 30)) << "there is no such process";
}

TEST_F(Neighbour, HasOnlyCppinitsBetweenItselfAndTheLeader) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto leader_below = [&pipe](auto prepare) {
        return [&pipe, prepare] {
            prepare();
            // It lives as long as the process that has prepared itself.
            static const Child leader(lead_group);
            const pid_t pid = leader.pid();
            (void)!::write(pipe[1], &pid, sizeof pid);
        };
    };
    const auto next_leader = [&pipe] {
        pid_t leader = 0;
        EXPECT_EQ(::read(pipe[0], &leader, sizeof leader), ssize_t{sizeof leader});
        return leader;
    };
    const Child cppinit(leader_below(lead_group));
    EXPECT_TRUE(os::is_led_under_neighbour(next_leader()));
    const Child shell(leader_below(take_another_name));
    EXPECT_FALSE(os::is_led_under_neighbour(next_leader()));
}

}  // namespace
