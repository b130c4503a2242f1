#include "os/main_child.h"

#include <gtest/gtest.h>

#include "child.h"

namespace {

TEST(MainChild, IsTheOneWithItsPid) {
    EXPECT_TRUE(os::MainChild(1, 7).is(7));
    EXPECT_FALSE(os::MainChild(1, 7).is(8));
    EXPECT_FALSE(os::MainChild(1, std::nullopt).is(7));
}

TEST(MainChild, GetsWhatItsGroupGets) {
    Child leader(lead_group);
    Child member([&] { ::setpgid(0, leader.pid()); });
    EXPECT_TRUE(os::MainChild(::getpid(), leader.pid()).send_to_group(SIGTERM, true));
    EXPECT_EQ(leader.end(), SIGTERM);
    EXPECT_EQ(member.end(), SIGTERM);
}

TEST(MainChild, GetsTheSignalOfAGroupThatItHasLeftEmpty) {
    Child leader([] {
        const pid_t others = ::getpgrp();
        ::setpgid(0, 0);
        ::setpgid(0, others);
    });
    EXPECT_TRUE(os::MainChild(::getpid(), leader.pid()).send_to_group(SIGUSR1, false));
    EXPECT_EQ(leader.end(), SIGUSR1);
}

class AMainChildThatHasLeftOthersInItsGroup : public testing::Test {
  protected:
    AMainChildThatHasLeftOthersInItsGroup() {
        ::setpgid(leader_.pid(), leader_.pid());
        ::setpgid(member_.pid(), leader_.pid());
        ::setpgid(leader_.pid(), ::getpgrp());
    }

    Child leader_{[] {}};
    Child member_{[] {}};
};

TEST_F(AMainChildThatHasLeftOthersInItsGroup, GetsARequestToEnd) {
    EXPECT_TRUE(os::MainChild(::getpid(), leader_.pid()).send_to_group(SIGTERM, true));
    EXPECT_EQ(leader_.end(), SIGTERM);
    EXPECT_EQ(member_.end(), SIGTERM);
}

TEST_F(AMainChildThatHasLeftOthersInItsGroup, IsNotLookedForWithAnotherSignal) {
    EXPECT_TRUE(os::MainChild(::getpid(), leader_.pid()).send_to_group(SIGUSR1, false));
    EXPECT_EQ(member_.end(), SIGUSR1);
    EXPECT_TRUE(leader_.lives());
}

TEST(MainChild, ReportsThatItCannotBeSignalled) {
    Child child([] {});
    const pid_t pid = child.pid();
    ::kill(pid, SIGKILL);
    (void)child.end();
    const auto sent = os::MainChild(::getpid(), pid).send(SIGTERM, nullptr);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().number, ESRCH);
}

TEST(MainChild, IsContinuedIfItIsStopped) {
    Child child([] {});
    ::kill(child.pid(), SIGSTOP);
    ASSERT_EQ(::waitpid(child.pid(), nullptr, WUNTRACED), child.pid());
    os::MainChild(::getpid(), child.pid()).continue_if_stopped();
    int status = 0;
    EXPECT_EQ(::waitpid(child.pid(), &status, WCONTINUED), child.pid());
    EXPECT_TRUE(WIFCONTINUED(status));
}

}  // namespace
