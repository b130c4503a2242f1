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

TEST(LogEntry, EveryByteOfANameIsValidJson) {
    for (int byte = 0; byte < 256; ++byte) {
        const char name[] = {'<', static_cast<char>(byte), '>'};
        const std::string line = json({.event = "x", .name = std::string_view(name, sizeof name)});
        const std::size_t start = line.find('<') + 1;
        const std::string shown = line.substr(start, line.find('>', start + (byte == '>' ? 1 : 0)) - start);
        const bool is_plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
        char escaped[] = "\\u00..";
        escaped[4] = "0123456789abcdef"[byte / 16];
        escaped[5] = "0123456789abcdef"[byte % 16];
        EXPECT_EQ(shown, is_plain ? std::string(1, static_cast<char>(byte)) : std::string(escaped)) << byte;
    }
}

}  // namespace
