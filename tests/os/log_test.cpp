#include "os/log.h"

#include <gtest/gtest.h>

#include "stderr_pipe.h"

namespace {

using core::Verbosity;

TEST(Log, BeginsEachLineWithTheName) {
    const StderrPipe pipe;
    os::Log log(Verbosity::warnings, "tini");
    log.write(Verbosity::errors, {.event = "cannot execute", .name = "serve"});
    EXPECT_EQ(pipe.text(), "tini: cannot execute 'serve'\n");
}

TEST(Log, WritesOnlyTheLevelsThatItShows) {
    const StderrPipe pipe;
    os::Log log(Verbosity::warnings, "cppinit");
    EXPECT_FALSE(log.shows(Verbosity::information));
    log.write(Verbosity::information, {.event = "forwarding"});
    log.write(Verbosity::warnings, {.event = "left behind"});
    EXPECT_EQ(pipe.text(), "cppinit: left behind\n");
    log.configure(Verbosity::errors, false);
    log.write(Verbosity::warnings, {.event = "left behind"});
    EXPECT_EQ(pipe.text(), "");
    EXPECT_EQ(log.dropped(), 0);
}

TEST(Log, AsJsonHasNoNameAndAnObjectForEachLine) {
    const StderrPipe pipe;
    os::Log log(Verbosity::warnings, "cppinit");
    log.configure(Verbosity::information, true);
    log.write(Verbosity::information, {.event = "exiting"});
    const std::string line = pipe.text();
    EXPECT_TRUE(line.starts_with("{\"time\":"));
    EXPECT_TRUE(line.ends_with(",\"level\":\"info\",\"event\":\"exiting\"}\n"));
}

TEST(Log, DropsWhatThereIsNoRoomForAndSaysHowMuchOnce) {
    const StderrPipe pipe;
    os::Log log(Verbosity::warnings, "cppinit");
    pipe.fill();
    for (int line = 0; line < 3; ++line) log.write(Verbosity::errors, {.event = "lost"});
    EXPECT_EQ(log.dropped(), 3);
    (void)pipe.text();
    for (int line = 0; line < 2; ++line) log.write(Verbosity::errors, {.event = "written"});
    EXPECT_EQ(pipe.text(), "cppinit: log lines dropped: 3\ncppinit: written\ncppinit: written\n");
    pipe.fill();
    log.write(Verbosity::errors, {.event = "lost"});
    (void)pipe.text();
    log.write(Verbosity::errors, {.event = "written"});
    EXPECT_EQ(pipe.text(), "cppinit: log lines dropped: 1\ncppinit: written\n");
    EXPECT_EQ(log.dropped(), 4);
}

TEST(Log, DoesNotSayThatLinesWereDroppedWhereOnlyErrorsAreShown) {
    const StderrPipe pipe;
    os::Log log(Verbosity::errors, "cppinit");
    pipe.fill();
    log.write(Verbosity::warnings, {.event = "not shown"});
    EXPECT_EQ(log.dropped(), 0);
}

}  // namespace
