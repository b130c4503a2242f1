#include "os/inbox.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

constexpr int low = 40;
constexpr int high = 64;

/// A process of its own for each test: the inbox blocks all signals of the process that opens it.
void in_a_child(void (*test)(os::Inbox& inbox, os::Clock& clock)) {
    const auto run = [test] {
        auto inbox = os::Inbox::open();
        if (!inbox) ::_exit(1);
        os::Clock clock;
        test(*inbox, clock);
        ::_exit(testing::Test::HasFailure() ? 1 : 0);
    };
    EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(Inbox, ASignalHasItsTurnHoweverManyLowerOnesWait) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        // Real-time signals queue, and the kernel hands out the lowest number first.
        for (int i = 0; i < 500; ++i) ASSERT_EQ(::sigqueue(::getpid(), low, {}), 0);
        ASSERT_EQ(::sigqueue(::getpid(), high, {}), 0);
        int before = 0;
        while (inbox.next(0, clock)->si_signo != high) ++before;
        EXPECT_LE(before, 64);
        for (int left = 500 - before; left > 0; --left) EXPECT_EQ(inbox.next(0, clock)->si_signo, low);
        EXPECT_FALSE(inbox.next(0, clock)) << "a signal came twice";
    });
}

TEST(Inbox, AfterATurnOfTheOthersTheLowestNumberIsFirstAgain) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        for (int i = 0; i < 70; ++i) ASSERT_EQ(::sigqueue(::getpid(), low, {}), 0);
        for (int i = 0; i < 2; ++i) ASSERT_EQ(::sigqueue(::getpid(), high, {}), 0);
        while (inbox.next(0, clock)->si_signo != high) continue;
        for (int i = 0; i < 6; ++i) EXPECT_EQ(inbox.next(0, clock)->si_signo, low);
        EXPECT_EQ(inbox.next(0, clock)->si_signo, high);
    });
}

TEST(Inbox, OtherSignalsHaveTheirTurnAfterSixteenLooksAtChildren) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        for (const int signal : {high, high - 1}) {
            ASSERT_EQ(::sigqueue(::getpid(), signal, {}), 0);
            int looks = 0;
            // Another child ends while cppinit reaps, each time.
            for (;; ++looks) {
                ASSERT_TRUE(sys::kill(::getpid(), SIGCHLD));
                if (inbox.next(0, clock)->si_signo == signal) break;
            }
            EXPECT_EQ(looks, 16);
        }
    });
}

TEST(Inbox, ReturnsNothingOnceTheTimeHasPassed) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        const auto before = clock.now();
        EXPECT_FALSE(inbox.next(30, clock));
        EXPECT_GE(clock.now() - before, 29);
    });
}

TEST(Inbox, KeepsEverySignalThatCanBeBlocked) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        for (int signal = 1; signal <= core::last_signal; ++signal) {
            if (signal == SIGKILL || signal == SIGSTOP) continue;
            ASSERT_TRUE(sys::kill(::getpid(), signal));
            const auto info = inbox.next(0, clock);
            ASSERT_TRUE(info) << signal;
            EXPECT_EQ(info->si_signo, signal);
            EXPECT_EQ(info->si_pid, ::getpid());
        }
    });
}

}  // namespace
