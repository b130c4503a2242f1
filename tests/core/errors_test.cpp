#include "core/errors.h"

#include <gtest/gtest.h>
#include <string.h>

namespace {

TEST(DescribeErrno, SaysWhatLibcSays) {
    int known = 0;
    for (int number = 1; number < 200; ++number) {
        const auto text = core::describe_errno(number);
        if (text == "Unknown error") continue;
        EXPECT_EQ(text, ::strerror(number));
        ++known;
    }
    EXPECT_GE(known, 19);
}

}  // namespace
