#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "core/status.h"

namespace {

/// A child that does something and then sleeps, unless that ends it. It ends with this.
class Child {
  public:
    explicit Child(void (*act)() = [] {}) : pid_(::fork()) {
        if (pid_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        act();
        for (;;) ::pause();
    }
    ~Child() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Returns once it has ended or was stopped, without taking note of that.
    void await() const {
        siginfo_t info;
        ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WSTOPPED | WNOWAIT), 0);
    }

  private:
    pid_t pid_;
};

TEST(Wait, SaysTheSameByBothCalls) {
    for (const auto act : {+[] { ::_exit(7); }, +[] { ::raise(SIGTERM); }, +[] { ::raise(SIGSTOP); },
                           +[] {
                               ::ptrace(PTRACE_TRACEME);
                               ::raise(SIGUSR1);
                           }}) {
        const Child one(act);
        const Child other(act);
        one.await();
        other.await();
        const auto by_wait4 = sys::wait4(one.pid(), WNOHANG | WUNTRACED);
        const auto by_waitid = sys::waitid(other.pid(), WNOHANG | WUNTRACED);
        ASSERT_TRUE(by_wait4);
        ASSERT_TRUE(by_waitid);
        EXPECT_EQ(by_waitid->pid, other.pid());
        EXPECT_EQ(by_waitid->status, by_wait4->status);
    }
}

TEST(Wait, TellsACoreDumpByBothCallsAsADeathByThatSignal) {
    const Child child([] { ::raise(SIGQUIT); });
    child.await();
    const auto waited = sys::waitid(child.pid(), WNOHANG);
    ASSERT_TRUE(waited);
    const auto status = core::WaitStatus::decode(waited->status);
    EXPECT_EQ(status.kind, core::WaitStatus::Kind::killed);
    EXPECT_EQ(status.number, SIGQUIT);
}

TEST(Wait, FindsNobodyWhileAllChildrenLive) {
    const Child child;
    for (const auto& waited : {sys::wait4(-1, WNOHANG), sys::waitid(-1, WNOHANG), sys::waitid(child.pid(), WNOHANG)}) {
        ASSERT_TRUE(waited);
        EXPECT_EQ(waited->pid, 0);
    }
    EXPECT_EQ(sys::find_ended(P_ALL, 0), 0);
}

TEST(Wait, FailsWithoutAChild) {
    for (const auto& waited : {sys::wait4(-1, WNOHANG), sys::waitid(-1, WNOHANG)}) {
        ASSERT_FALSE(waited);
        EXPECT_EQ(waited.error().number, ECHILD);
    }
    EXPECT_FALSE(sys::find_ended(P_ALL, 0));
}

TEST(FindEnded, LeavesAChildThatEndedToTheCallThatReapsIt) {
    const Child child([] { ::_exit(0); });
    child.await();
    EXPECT_EQ(sys::find_ended(P_ALL, 0), child.pid());
    EXPECT_EQ(sys::find_ended(P_PID, child.pid()), child.pid());
    const auto waited = sys::wait4(-1, WNOHANG);
    ASSERT_TRUE(waited);
    EXPECT_EQ(waited->pid, child.pid());
    EXPECT_FALSE(sys::find_ended(P_PID, child.pid()));
}

TEST(WaitForStopped, LeavesAChildThatEndedToOtherCalls) {
    const Child ended([] { ::_exit(0); });
    const Child stopped([] { ::raise(SIGSTOP); });
    ended.await();
    stopped.await();
    EXPECT_EQ(sys::find_ended(P_ALL, 0), ended.pid());
    EXPECT_EQ(sys::wait_for_stopped()->pid, stopped.pid());
    EXPECT_EQ(sys::wait_for_stopped()->pid, 0);
    EXPECT_EQ(sys::find_ended(P_ALL, 0), ended.pid());
}

TEST(FindEnded, KnowsChildrenByNumberAndByGroup) {
    const Child child;
    EXPECT_EQ(sys::find_ended(P_PID, child.pid()), 0);
    EXPECT_FALSE(sys::find_ended(P_PID, ::getpid()));
    EXPECT_EQ(sys::find_ended(P_PGID, ::getpgrp()), 0);
    EXPECT_FALSE(sys::find_ended(P_PGID, child.pid()));
}

TEST(Usage, IsToldWhereItIsAskedFor) {
    const Child child([] {
        volatile unsigned long long sum = 0;
        timespec used{};
        while (used.tv_nsec < 20'000'000 && used.tv_sec == 0) {
            for (unsigned i = 0; i < 1000; ++i) sum = sum + i;
            ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        }
        ::_exit(0);
    });
    child.await();
    core::Usage usage;
    ASSERT_TRUE(sys::wait4(child.pid(), 0, &usage));
    EXPECT_GE(usage.cpu_us, 15'000);
    EXPECT_LT(usage.cpu_us, 5'000'000);
    EXPECT_GT(usage.max_rss_kb, 0);
}

TEST(Clock, CountsMilliseconds) {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const auto before = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto now = sys::clock_gettime(CLOCK_REALTIME);
    const auto after = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    ASSERT_TRUE(now);
    EXPECT_LE(before, *now);
    EXPECT_LE(*now, after);
    constexpr clockid_t no_clock = 99;
    EXPECT_FALSE(sys::clock_gettime(no_clock));
}

TEST(Sigtimedwait, ComesBackOnceTheTimeHasPassed) {
    const auto before = sys::clock_gettime(CLOCK_MONOTONIC).value();
    const auto info = sys::sigtimedwait(core::SignalSet::of({SIGUSR1}), 1015);
    const auto waited = sys::clock_gettime(CLOCK_MONOTONIC).value() - before;
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().number, EAGAIN);
    EXPECT_GE(waited, 1014) << "seconds and milliseconds";
}

TEST(Descriptor, IsClosedByTheLastThatOwnsIt) {
    const auto is_open = [](int number) { return ::fcntl(number, F_GETFD) >= 0; };
    auto file = sys::open("/dev/null", O_RDONLY);
    ASSERT_TRUE(file);
    const int number = file->number();
    EXPECT_EQ(::fcntl(number, F_GETFD), FD_CLOEXEC);
    {
        const sys::Descriptor owner = std::move(*file);
        EXPECT_EQ(owner.number(), number);
        file = std::unexpected(sys::Error{0});
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(LstatMode, IsOfTheLinkItself) {
    const auto of_link = sys::lstat_mode("/proc/self");
    const auto of_folder = sys::lstat_mode("/proc");
    ASSERT_TRUE(of_link);
    ASSERT_TRUE(of_folder);
    EXPECT_TRUE(S_ISLNK(*of_link));
    EXPECT_TRUE(S_ISDIR(*of_folder));
    const auto of_nothing = sys::lstat_mode("/proc/nothing");
    ASSERT_FALSE(of_nothing);
    EXPECT_EQ(of_nothing.error().number, ENOENT);
}

TEST(Mapping, IsFullOfZerosThatCanBeWritten) {
    auto memory = sys::map_memory(1 << 16);
    ASSERT_TRUE(memory);
    const auto numbers = memory->as<int>();
    ASSERT_EQ(numbers.size(), (1U << 16) / sizeof(int));
    EXPECT_EQ(numbers.front(), 0);
    numbers.back() = 5;
    const sys::Mapping other = std::move(*memory);
    EXPECT_EQ(other.as<int>().back(), 5);
    EXPECT_TRUE(memory->as<int>().empty());
}

}  // namespace
