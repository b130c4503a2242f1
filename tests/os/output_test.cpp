#include "os/output.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <string>

namespace {

TEST(WriteAll, WritesAll) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    EXPECT_TRUE(os::write_all(pipe->write_end.number(), "some text"));
    char text[20];
    const auto size = sys::read(pipe->read_end.number(), text, sizeof text);
    ASSERT_TRUE(size);
    EXPECT_EQ(std::string_view(text, *size), "some text");
}

TEST(WriteAll, GoesOnAfterAPartUntilAnError) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    const int end = pipe->write_end.number();
    ASSERT_EQ(::fcntl(end, F_SETFL, O_NONBLOCK), 0);
    const auto capacity = static_cast<std::size_t>(::fcntl(end, F_GETPIPE_SZ));
    const auto written = os::write_all(end, std::string(capacity + 1, 'x'));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().number, EAGAIN);
    EXPECT_FALSE(os::has_room(end, 0)) << "what there was room for was written";
}

TEST(WriteAtOnce, SaysThatAFullPipeHasNoRoom) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    const int end = pipe->write_end.number();
    const auto capacity = static_cast<std::size_t>(::fcntl(end, F_GETPIPE_SZ));
    EXPECT_EQ(os::write_at_once(end, std::string(capacity, 'x')), capacity);
    const auto written = os::write_at_once(end, "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().number, EAGAIN);
}

TEST(WriteAtOnce, WritesToATerminalAsMuchAsItHasRoomFor) {
    int reader = -1;
    int terminal = -1;
    ASSERT_EQ(::openpty(&reader, &terminal, nullptr, nullptr, nullptr), 0);
    const std::string much(1 << 20, 'x');
    const auto written = os::write_at_once(terminal, much);
    ASSERT_TRUE(written);
    EXPECT_LT(*written, much.size());
    ::close(terminal);
    ::close(reader);
}

TEST(WriteAtOnce, DiscardsTheSignalOfAClosedPipe) {
    const auto before = sys::sigprocmask(core::SignalSet::all());
    ASSERT_TRUE(before);
    auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    pipe->read_end = sys::Descriptor(-1);
    const auto written = os::write_at_once(pipe->write_end.number(), "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().number, EPIPE);
    EXPECT_FALSE(sys::sigtimedwait(core::SignalSet::only(SIGPIPE), 0)) << "nobody sent one to cppinit";
    EXPECT_TRUE(sys::sigprocmask(*before));
}

TEST(Pipe, HasNoRoomOnceItIsFull) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    const int end = pipe->write_end.number();
    ASSERT_EQ(::fcntl(end, F_SETFL, O_NONBLOCK), 0);
    EXPECT_FALSE(os::is_seekable(end));
    EXPECT_FALSE(sys::isatty(end));
    EXPECT_TRUE(os::has_room(end, 0));
    const char page[4096] = {};
    while (sys::write(end, page, sizeof page)) {
    }
    EXPECT_FALSE(os::has_room(end, 0));
    EXPECT_FALSE(os::has_room(end, 20));
}

}  // namespace
