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
    EXPECT_EQ(process->state, 'S');
    EXPECT_EQ(process->threads, 1);
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
        EXPECT_EQ(core::name_in(stat_line(name)), name);
    }
}

TEST(NameIn, IsEmptyWhereThereIsNone) {
    for (const char* line : {"", "4242", "4242 (sh", ")("}) EXPECT_EQ(core::name_in(line), "") << line;
}

std::string age(core::Milliseconds age) {
    core::Line line;
    core::write_age(age, line);
    return std::string(line.view());
}

TEST(Age, IsTheLargestWholeUnit) {
    constexpr core::Milliseconds second = 1000;
    EXPECT_EQ(age(0), "0s");
    EXPECT_EQ(age(59'999), "59s");
    EXPECT_EQ(age(60 * second), "1m");
    EXPECT_EQ(age(3599 * second), "59m");
    EXPECT_EQ(age(3600 * second), "1h");
    EXPECT_EQ(age(86399 * second), "23h");
    EXPECT_EQ(age(86400 * second), "1d");
    EXPECT_EQ(age(400 * 86400 * second), "400d");
}

std::string command(std::string_view cmdline, std::string_view name) {
    core::Line line;
    core::write_command(cmdline, name, line);
    return std::string(line.view());
}

TEST(Command, IsTheWordsOnOneLine) {
    using namespace std::string_view_literals;
    EXPECT_EQ(command("sh\0-c\0true\0"sv, "sh"), "sh -c true");
    EXPECT_EQ(command("sh\0-c\0a\nb\t\x7f\0"sv, "sh"), "sh -c a?b??");
    EXPECT_EQ(command("a program that wrote its title itself", "x"), "a program that wrote its title itself");
    EXPECT_EQ(command("x\0\0"sv, "x"), "x ");
    EXPECT_EQ(command("", "kworker/0:1"), "[kworker/0:1]");
    EXPECT_EQ(command("", "a\nb"), "[a?b]");
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
    const Selection selection{.signal = SIGTERM, .reached = core::StopReach{SIGTERM, Target::group, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7)));
    EXPECT_FALSE(core::was_reached(selection, process_in(8))) << "it has left the group (setsid)";
}

TEST(WasReached, EverythingByWhatWentToEverything) {
    const Selection selection{.signal = SIGTERM, .reached = core::StopReach{SIGINT, Target::everything, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7)));
    EXPECT_TRUE(core::was_reached(selection, process_in(8)));
}

TEST(WasReached, NobodyElseByWhatWentToTheMainChild) {
    const Selection selection{.signal = SIGTERM, .reached = core::StopReach{SIGTERM, Target::main_child, 1000}, .main_group = 7};
    EXPECT_FALSE(core::was_reached(selection, process_in(7)));
}

TEST(WasReached, NobodyWhereNoStopSignalWasForwarded) {
    const Selection selection{.signal = SIGTERM, .main_group = 7};
    EXPECT_FALSE(core::was_reached(selection, process_in(7)));
}

TEST(WasReached, NotWhoWasStartedLater) {
    const Selection selection{.signal = SIGTERM, .reached = core::StopReach{SIGTERM, Target::group, 1000}, .main_group = 7};
    EXPECT_TRUE(core::was_reached(selection, process_in(7, 1000)));
    EXPECT_FALSE(core::was_reached(selection, process_in(7, 1010)));
}

TEST(WasReached, NotWhoIgnoresTheSignal) {
    const Selection selection{.signal = SIGTERM, .reached = core::StopReach{SIGINT, Target::group, 1000}, .main_group = 7};
    Process background_job = process_in(7);
    background_job.ignored.add(SIGINT);
    EXPECT_FALSE(core::was_reached(selection, background_job));
}

}  // namespace
