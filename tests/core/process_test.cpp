#include "core/process.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using core::parse_process;
using core::Process;
using core::Selection;
using core::Target;

std::string stat_line(const std::string& name) {
    return "4242 (" + name +
           ") S 17 99 98 0 -1 4194304 100 0 0 0 1 2 3 4 20 0 1 0 123456 1000 200 18446744073709551615 1 1 0 0 0 0 "
           "65536 "
           "16386 134217728 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

TEST(ParseProcess, ReadsTheFieldsThatProc5Numbers) {
    const auto process = parse_process(stat_line("sh"));
    ASSERT_TRUE(process);
    EXPECT_EQ(process->pid, 4242);
    EXPECT_EQ(process->parent, 17);
    EXPECT_EQ(process->group, 99);
    EXPECT_EQ(process->started_at, 1234560);
    EXPECT_EQ(process->ignored.bits(), 16386U);
    EXPECT_TRUE(process->ignored.contains(SIGTERM));
    EXPECT_TRUE(process->ignored.contains(SIGINT));
    EXPECT_FALSE(process->ignored.contains(SIGQUIT));
}

TEST(ParseProcess, IsNotMisledByNames) {
    for (const char* name : {"", ") R 1 1", "a b", "((", ") S 1 2 3 ", "a\nb", "x) Z 1"}) {
        const auto process = parse_process(stat_line(name));
        ASSERT_TRUE(process) << name;
        EXPECT_EQ(process->parent, 17) << name;
    }
}

TEST(ParseProcess, RefusesWhatIsCut) {
    const std::string line = stat_line("sh");
    EXPECT_FALSE(parse_process(""));
    EXPECT_FALSE(parse_process("4242"));
    EXPECT_FALSE(parse_process("4242 (sh"));
    EXPECT_FALSE(parse_process("4242 (sh) "));
    EXPECT_FALSE(parse_process(line.substr(0, 100)));
    EXPECT_FALSE(parse_process("x (sh) S 1 2 3"));
}

Process process_in(int group, core::Milliseconds started_at = 0) {
    Process process;
    process.pid = 5;
    process.group = group;
    process.started_at = started_at;
    return process;
}

TEST(Selection, TakesTheMembersOfTheGroup) {
    const Selection all{.signal = SIGTERM};
    const Selection group{.signal = SIGTERM, .group = 7};
    EXPECT_TRUE(core::is_selected(all, process_in(3)));
    EXPECT_TRUE(core::is_selected(group, process_in(7)));
    EXPECT_FALSE(core::is_selected(group, process_in(3)));
}

TEST(WasReached, TheGroupByWhatWentToTheGroup) {
    const Selection selection{.signal = SIGTERM, .reached = {SIGTERM, Target::group, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7)));
    EXPECT_FALSE(core::was_reached(selection, process_in(8))) << "it has left the group (setsid)";
}

TEST(WasReached, EverythingByWhatWentToEverything) {
    const Selection selection{.signal = SIGTERM, .reached = {SIGINT, Target::everything, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7)));
    EXPECT_TRUE(core::was_reached(selection, process_in(8)));
}

TEST(WasReached, NobodyElseByWhatWentToTheMainChild) {
    const Selection selection{.signal = SIGTERM, .reached = {SIGTERM, Target::main_child, 1000}, .main_group = 7};
    EXPECT_FALSE(core::was_reached(selection, process_in(7)));
}

TEST(WasReached, NobodyWhereNoStopSignalWasForwarded) {
    const Selection selection{.signal = SIGTERM, .main_group = 7};
    EXPECT_FALSE(core::was_reached(selection, process_in(7)));
}

TEST(WasReached, NotWhoWasStartedLater) {
    const Selection selection{.signal = SIGTERM, .reached = {SIGTERM, Target::group, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7, 1000)));
    EXPECT_FALSE(core::was_reached(selection, process_in(7, 1010)));
}

TEST(WasReached, NotWhoIgnoresTheSignal) {
    const Selection selection{.signal = SIGTERM, .reached = {SIGINT, Target::group, 1000}, .main_group = 7};
    Process background_job = process_in(7);
    background_job.ignored.add(SIGINT);
    EXPECT_FALSE(core::was_reached(selection, background_job));
}

}  // namespace
