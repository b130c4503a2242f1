#include "core/log_entry.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace {

using core::LogEntry;
using core::Verbosity;

std::string text(const LogEntry& entry) {
    core::Line line;
    core::write_entry(entry, Verbosity::warnings, std::nullopt, line);
    return std::string(line.view());
}

std::string json(const LogEntry& entry, Verbosity level = Verbosity::warnings) {
    core::Line line;
    core::write_entry(entry, level, 1'700'000'000'042, line);
    return std::string(line.view());
}

TEST(LogEntry, IsASentenceOfTheFieldsThatApply) {
    EXPECT_EQ(text({.event = "cannot block signals", .error = EPERM}), "cannot block signals: Operation not permitted");
    EXPECT_EQ(text({.event = "cannot execute", .name = "serve", .error = ENOENT}),
              "cannot execute 'serve': No such file or directory");
    EXPECT_EQ(text({.event = "forwarding", .signal = SIGTERM}), "forwarding TERM");
    EXPECT_EQ(text({.event = "program killed", .pid = 7, .signal = SIGKILL}), "program killed, pid 7, KILL");
    EXPECT_EQ(text({.event = "orphan exited", .name = "sh", .pid = 8, .exit_code = 0}),
              "orphan exited 'sh', pid 8, exit code 0");
    EXPECT_EQ(text({.event = "log lines dropped", .count = 12}), "log lines dropped: 12");
    EXPECT_EQ(text({.event = "exiting", .exit_code = 3, .reason = "it is over"}), "exiting, exit code 3: it is over");
}

TEST(LogEntry, IsAnObjectOfTheFieldsThatApply) {
    EXPECT_EQ(json({.event = "forwarding", .signal = 64}, Verbosity::details),
              R"({"time":1700000000.042,"level":"debug","event":"forwarding","signal":"RTMAX"})");
    EXPECT_EQ(json({.event = "orphan exited", .name = "sh", .pid = 8, .exit_code = 0}),
              R"({"time":1700000000.042,"level":"warning","event":"orphan exited","name":"sh","pid":8,"exit_code":0})");
    EXPECT_EQ(
        json({.event = "log lines dropped", .count = 2, .error = EIO}, Verbosity::errors),
        R"({"time":1700000000.042,"level":"error","event":"log lines dropped","count":2,"reason":"Input/output error"})");
    EXPECT_EQ(json({.event = "exiting", .exit_code = 3, .reason = "it is over"}),
              R"({"time":1700000000.042,"level":"warning","event":"exiting","exit_code":3,"reason":"it is over"})");
    EXPECT_NE(json({.event = "program exited"}, Verbosity::information).find(R"("level":"info")"), std::string::npos);
}

TEST(LogEntry, ShowsAsMuchOfANameAsEachFormatHasRoomFor) {
    const std::string name(5000, 'x');
    EXPECT_EQ(text({.event = "cannot execute", .name = name}), "cannot execute '" + std::string(200, 'x') + "...'");
    EXPECT_NE(json({.event = "x", .name = name}).find("\"name\":\"" + std::string(128, 'x') + "\""), std::string::npos);
}

}  // namespace
