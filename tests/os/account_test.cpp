#include "os/account.h"

#include <errno.h>
#include <gtest/gtest.h>

#include "stderr_pipe.h"

namespace {

using core::Verbosity;
using core::WaitStatus;

core::Action forwarded(int signal) {
    return {.kind = core::Action::Kind::send,
            .target = core::Target::group,
            .signal = signal,
            .origin = core::Action::Origin::event};
}

core::Action by_deadline(int signal) {
    return {.kind = core::Action::Kind::send, .target = core::Target::group, .signal = signal};
}

class Account : public testing::Test {
  protected:
    /// Ends the program in this way and returns the sentence that says why cppinit exits.
    std::string reason_after(const WaitStatus& status) {
        account_.main_child_changed(7, os::ProcessName(), status, {});
        (void)pipe_.text();
        core::State state;
        state.exit_code = status.exit_code();
        account_.exiting(state);
        return pipe_.text();
    }

    StderrPipe pipe_;
    core::Options options_;
    core::Report report_;
    os::Log log_{Verbosity::information, "cppinit"};
    os::OomKills oom_kills_ = os::OomKills::before_run(false, false);
    os::Account account_{options_, oom_kills_, log_, report_};
};

constexpr WaitStatus killed(int signal) {
    return {WaitStatus::Kind::killed, signal};
}

TEST_F(Account, ForwardedSignalsAreCountedAndCanBeTheReason) {
    account_.received(SIGTERM);
    account_.sent(forwarded(SIGTERM), {});
    EXPECT_EQ(report_.received.of(SIGTERM), 1);
    EXPECT_EQ(report_.forwarded.of(SIGTERM), 1);
    EXPECT_EQ(reason_after(killed(SIGTERM)),
              "cppinit: exiting, exit code 143: the program was killed by TERM, which cppinit forwarded\n");
}

TEST_F(Account, CppinitsOwnKillIsTheReasonAndCountsAsNoForwardedSignal) {
    account_.sent(by_deadline(SIGKILL), {});
    EXPECT_EQ(report_.forwarded.of(SIGKILL), 0);
    EXPECT_EQ(reason_after(killed(SIGKILL)),
              "cppinit: exiting, exit code 137: the program was killed by KILL, which "
              "cppinit sent when --kill-after expired\n");
}

TEST_F(Account, ASignalThatCouldNotBeSentIsNoReason) {
    account_.sent(forwarded(SIGTERM), std::unexpected(sys::Error{ESRCH}));
    EXPECT_EQ(pipe_.text(), "") << "the program had just ended";
    account_.sent(forwarded(SIGTERM), std::unexpected(sys::Error{EPERM}));
    EXPECT_EQ(pipe_.text(), "cppinit: cannot forward TERM: Operation not permitted\n");
    EXPECT_EQ(report_.forwarded.of(SIGTERM), 0);
    EXPECT_EQ(reason_after(killed(SIGTERM)),
              "cppinit: exiting, exit code 143: the program was killed by TERM, which cppinit did not send\n");
}

TEST_F(Account, OnlyTheEndOfTheProgramIsReportedNotItsStop) {
    account_.main_child_changed(7, os::ProcessName(), {WaitStatus::Kind::stopped, SIGTSTP}, {.cpu_us = 5});
    EXPECT_EQ(pipe_.text(), "cppinit: program stopped, pid 7, TSTP\n");
    EXPECT_EQ(report_.main_child.cpu_us, 0);
    account_.main_child_changed(7, os::ProcessName(), {WaitStatus::Kind::exited, 3}, {.cpu_us = 5});
    EXPECT_EQ(pipe_.text(), "cppinit: program exited, pid 7, exit code 3\n");
    EXPECT_EQ(report_.main_child.cpu_us, 5);
}

TEST_F(Account, AsksForTheNamesOfOrphansOnlyWhereTheyAreShown) {
    EXPECT_FALSE(account_.wants_names(true));
    EXPECT_FALSE(account_.wants_usage());
    options_.warn_on_reap = true;
    EXPECT_TRUE(account_.wants_names(false)) << "a warning has the name";
    options_.warn_on_reap = false;
    options_.report = "-";
    EXPECT_TRUE(account_.wants_usage());
    EXPECT_TRUE(account_.wants_names(true)) << "the report names leftovers";
    EXPECT_FALSE(account_.wants_names(false));
}

TEST_F(Account, OrphansAreWarningsIfTheyAreAskedFor) {
    account_.orphan_ended(8, os::ProcessName(), killed(SIGKILL), {}, false);
    EXPECT_EQ(pipe_.text(), "");
    options_.warn_on_reap = true;
    account_.orphan_ended(8, os::ProcessName(), killed(SIGKILL), {}, true);
    EXPECT_EQ(pipe_.text(), "cppinit: orphan killed, pid 8, KILL\n");
    EXPECT_EQ(report_.orphans_reaped, 2);
    EXPECT_EQ(report_.killed.count(), 1);
}

TEST_F(Account, TheTimeLimitIsLoggedWithItsLengthAndTheProgram) {
    char name[] = "serve";
    char* words[] = {name, nullptr};
    options_.program = words;
    options_.policy.timeout = 90'000;
    account_.limit_reached();
    EXPECT_EQ(pipe_.text(), "cppinit: time limit reached, stopping 'serve': --timeout 90s\n");
}

TEST_F(Account, NamesAProcessThatIsLeftBehind) {
    account_.left_behind(1 << 30);
    EXPECT_EQ(pipe_.text(), "cppinit: left behind, cannot be killed, pid 1073741824\n");
}

}  // namespace
