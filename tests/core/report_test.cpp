#include "core/report.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using core::Report;
using core::WaitStatus;

std::string written(const Report& report) {
    char text[core::max_report_size];
    core::TextWriter out(text, sizeof text);
    core::write_report(report, out);
    return std::string(out.view());
}

constexpr WaitStatus exited{WaitStatus::Kind::exited, 0};
constexpr WaitStatus killed{WaitStatus::Kind::killed, SIGKILL};

TEST(Report, HasTheMembersThatApply) {
    Report report;
    report.program = "make";
    report.pid = 7;
    report.exit_code = 143;
    report.wall_ms = 1234;
    report.main_child_ended({WaitStatus::Kind::killed, SIGTERM}, {.cpu_us = 1'999, .max_rss_kb = 3400});
    report.orphan_ended("git", exited, {.cpu_us = 1'500, .max_rss_kb = 100}, false);
    report.orphan_ended("sleep", exited, {.cpu_us = 1'500, .max_rss_kb = 90}, true);
    report.orphan_ended("stuck", killed, {}, true);
    report.received.add(SIGTERM);
    report.received.add(SIGTERM);
    report.forwarded.add(35);
    report.oom_kills = 0;
    report.dropped_log_lines = 3;
    EXPECT_EQ(
        written(report),
        R"({"version":"0.2.0","program":"make","pid":7,"exit_code":143,"signal":"TERM","timed_out":false,"wall_ms":1234,)"
        R"("main_child":{"cpu_ms":1,"max_rss_kb":3400},"orphans":{"reaped":3,"cpu_ms":3,"max_rss_kb":100},)"
        R"("signals":{"received":{"TERM":2},"forwarded":{"RTMIN+1":1}},)"
        R"("leftovers":{"terminated":{"count":1,"names":["sleep"]},"killed":{"count":1,"names":["stuck"]}},)"
        R"("oom_kills":0,"dropped_log_lines":3})"
        "\n");
}

TEST(Report, OfAPauseHasNoProgram) {
    EXPECT_EQ(
        written({}),
        R"({"version":"0.2.0","exit_code":0,"timed_out":false,"wall_ms":0,"orphans":{"reaped":0,"cpu_ms":0,"max_rss_kb":0},)"
        R"("signals":{"received":{},"forwarded":{}},)"
        R"("leftovers":{"terminated":{"count":0,"names":[]},"killed":{"count":0,"names":[]}},)"
        R"("dropped_log_lines":0})"
        "\n");
}

TEST(Report, ADeathByAnotherSignalThanKillIsNotCountedAsKilled) {
    Report report;
    report.orphan_ended("a", {WaitStatus::Kind::killed, SIGTERM}, {}, true);
    report.orphan_ended("b", {WaitStatus::Kind::exited, SIGKILL}, {}, true);
    EXPECT_EQ(report.terminated.count(), 2);
    EXPECT_EQ(report.killed.count(), 0);
}

TEST(Report, CountsMoreOrphansThanAnIntHolds) {
    Report report;
    report.orphans_reaped = std::numeric_limits<int>::max();
    report.orphan_ended("a", exited, {}, false);
    EXPECT_NE(written(report).find(R"("reaped":2147483648,)"), std::string::npos) << written(report);
}

TEST(Report, NamesSixteenLeftoversAndCountsAll) {
    Report report;
    for (int i = 0; i < 100; ++i) report.orphan_ended(std::to_string(i), exited, {}, true);
    EXPECT_EQ(report.terminated.count(), 100);
    const std::string text = written(report);
    EXPECT_NE(text.find(R"("count":100,"names":["0","1",)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("15"]})"), std::string::npos) << text;
}

TEST(Report, FitsWhateverItsNamesHold) {
    Report report;
    const std::string program(5000, '\xff');
    const std::string name(100, '\xff');
    constexpr int most = std::numeric_limits<int>::max();
    report.program = program.c_str();
    report.pid = most;
    report.signal = 47;
    report.exit_code = 255;
    report.wall_ms = std::numeric_limits<core::Milliseconds>::max();
    report.orphans_reaped = report.wall_ms - 2000;
    report.main_child = report.orphans = {std::numeric_limits<std::int64_t>::max(), report.wall_ms};
    for (int i = 0; i < 1000; ++i) {
        report.orphan_ended(name, exited, {}, true);
        report.orphan_ended(name, killed, {}, true);
        for (int signal = 1; signal <= core::last_signal; ++signal) {
            report.received.add(signal);
            report.forwarded.add(signal);
        }
    }
    const std::string text = written(report);
    EXPECT_TRUE(text.ends_with("}\n")) << text;
    // Room for counts of ten digits.
    EXPECT_LT(text.size() + 6 * 2 * core::last_signal + 100, core::max_report_size);
}

}  // namespace
