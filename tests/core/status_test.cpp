#include "core/status.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace {

using core::ExitRemap;
using core::WaitStatus;
using Kind = core::WaitStatus::Kind;

TEST(WaitStatus, AgreesWithTheMacrosOfLibcForEveryStatus) {
    for (int status = 0; status <= 0xffff; ++status) {
        const auto decoded = WaitStatus::decode(status);
        SCOPED_TRACE(status);
        if (WIFEXITED(status)) {
            ASSERT_EQ(decoded.kind, Kind::exited);
            ASSERT_EQ(decoded.number, WEXITSTATUS(status));
            ASSERT_EQ(decoded.exit_code(), WEXITSTATUS(status));
        } else if (WIFSIGNALED(status)) {
            ASSERT_EQ(decoded.kind, Kind::killed);
            ASSERT_EQ(decoded.number, WTERMSIG(status));
            ASSERT_EQ(decoded.exit_code(), 128 + WTERMSIG(status));
        } else if (WIFSTOPPED(status)) {
            ASSERT_EQ(decoded.kind, Kind::stopped);
            ASSERT_EQ(decoded.number, WSTOPSIG(status));
        }
        ASSERT_EQ(decoded.ended(), WIFEXITED(status) || WIFSIGNALED(status));
    }
    EXPECT_EQ(WaitStatus::decode(0xffff).kind, Kind::continued);
}

TEST(ExitRemap, ChangesNoCodeByDefault) {
    const ExitRemap remap;
    for (int code = 0; code <= 255; ++code) EXPECT_EQ(remap.apply(code), code);
}

TEST(ExitRemap, ChangesOnlyTheGivenCodes) {
    ExitRemap remap;
    remap.set(143, 0);
    remap.set(255, 7);
    for (int code = 0; code <= 255; ++code) {
        EXPECT_EQ(remap.apply(code), code == 143 ? 0 : code == 255 ? 7 : code);
    }
}

// A constant, so that the compiler looks at every code that is written.
static_assert(core::ExitRemap().apply(255) == 255);

}  // namespace
