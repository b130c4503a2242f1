#include "core/exit_reason.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace {

using core::Ending;
using core::Killer;
using core::WaitStatus;

std::string reason(const Ending& ending) {
    core::Line line;
    core::write_exit_reason(ending, line);
    return std::string(line.view());
}

constexpr WaitStatus exited(int code) {
    return {WaitStatus::Kind::exited, code};
}

constexpr WaitStatus killed(int signal) {
    return {WaitStatus::Kind::killed, signal};
}

TEST(ExitReason, TheProgramExited) {
    EXPECT_EQ(reason({.exit_code = 0, .main_child = exited(0)}), "the program exited with 0");
    EXPECT_EQ(reason({.exit_code = 137, .main_child = exited(137)}), "the program exited with 137");
}

TEST(ExitReason, ASignalKilledTheProgram) {
    EXPECT_EQ(reason({.exit_code = 143, .main_child = killed(SIGTERM), .killer = Killer::forwarding}),
              "the program was killed by TERM, which cppinit forwarded");
    EXPECT_EQ(reason({.exit_code = 137, .main_child = killed(SIGKILL), .killer = Killer::other}),
              "the program was killed by KILL, which cppinit did not send");
    EXPECT_EQ(reason({.exit_code = 137, .main_child = killed(SIGKILL), .killer = Killer::deadline}),
              "the program was killed by KILL, which cppinit sent when --kill-after expired");
}

TEST(ExitReason, MemoryRanOut) {
    EXPECT_EQ(reason({.exit_code = 137, .main_child = killed(SIGKILL), .killer = Killer::out_of_memory}),
              "the kernel killed the program because memory ran out");
}

TEST(ExitReason, TheTimeLimitExpired) {
    EXPECT_EQ(reason({.exit_code = 124, .timed_out = true, .main_child = exited(0)}),
              "the time limit expired, and the program exited with 0");
    EXPECT_EQ(
        reason({.exit_code = 124, .timed_out = true, .main_child = killed(SIGTERM), .killer = Killer::forwarding}),
        "the time limit expired, and the program was killed by TERM");
    EXPECT_EQ(reason({.exit_code = 124, .timed_out = true, .main_child = killed(SIGKILL), .killer = Killer::deadline}),
              "the time limit expired, and the program was killed by KILL");
    EXPECT_EQ(reason({.exit_code = 124, .timed_out = true, .main_child = killed(SIGSEGV), .killer = Killer::other}),
              "the time limit expired, and the program was killed by SEGV, which cppinit did not send");
}

TEST(ExitReason, AChangedExitCodeNamesTheOption) {
    EXPECT_EQ(reason({.exit_code = 0, .main_child = killed(SIGTERM), .killer = Killer::forwarding}),
              "the program was killed by TERM, which cppinit forwarded (--remap-exit changes exit code 143)");
    EXPECT_EQ(reason({.exit_code = 5, .timed_out = true, .main_child = exited(0)}),
              "the time limit expired, and the program exited with 0 (--remap-exit changes exit code 124)");
}

TEST(ExitReason, ThereWasNoProgramOrItsStatusIsUnknown) {
    EXPECT_EQ(reason({.is_pause = true}), "a stop signal ended --pause");
    EXPECT_EQ(reason({.exit_code = 125}), "it is not known how the program ended");
}

}  // namespace
