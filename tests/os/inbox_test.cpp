#include "os/inbox.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <iterator>

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

TEST(Inbox, SignalsThatComeOneAfterTheOtherDoNotWait) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        const auto before = clock.now();
        for (int i = 0; i < 200; ++i) {
            ASSERT_EQ(::sigqueue(::getpid(), low, {}), 0);
            EXPECT_TRUE(inbox.next(1000, clock));
        }
        EXPECT_LT(clock.now() - before, 10'000) << "less than the pause after a refused call, each time";
    });
}

void refuse_the_wait_for_signals() {
    sock_filter instructions[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_rt_sigtimedwait},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    const sock_fprog filter{static_cast<unsigned short>(std::size(instructions)), instructions};
    ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

TEST(Inbox, SleepsBetweenCallsThatAFilterRefuses) {
    in_a_child([](os::Inbox& inbox, os::Clock& clock) {
        refuse_the_wait_for_signals();
        const auto before = clock.now();
        // The pauses grow: 0, 1, 3, 7, 15, 31, 63 and 100 ms.
        for (int call = 0; call < 8; ++call) EXPECT_FALSE(inbox.next(std::nullopt, clock));
        EXPECT_GE(clock.now() - before, 210);
    });
}

}  // namespace
