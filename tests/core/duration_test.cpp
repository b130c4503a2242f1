#include "core/duration.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using core::never;
using core::parse_duration;

TEST(Duration, IsInSecondsWithoutAUnit) {
    EXPECT_EQ(parse_duration("5"), 5000);
    EXPECT_EQ(parse_duration("5s"), 5000);
    EXPECT_EQ(parse_duration("250ms"), 250);
    EXPECT_EQ(parse_duration("2m"), 120000);
    EXPECT_EQ(parse_duration("1h"), 3600000);
    EXPECT_EQ(parse_duration("0"), 0);
    EXPECT_EQ(parse_duration("0ms"), 0);
    EXPECT_EQ(parse_duration("infinity"), never);
}

TEST(Duration, TakesDecimalFractions) {
    EXPECT_EQ(parse_duration("0.5"), 500);
    EXPECT_EQ(parse_duration("1.25s"), 1250);
    EXPECT_EQ(parse_duration("0.1m"), 6000);
    EXPECT_EQ(parse_duration("1.5h"), 5400000);
    EXPECT_EQ(parse_duration("2.000"), 2000);
    EXPECT_EQ(parse_duration("0.333333333333333333333333333333h"), 1199999) << "six digits of a fraction count";
}

TEST(Duration, IsNeverRoundedToZero) {
    EXPECT_EQ(parse_duration("0.1ms"), 1);
    EXPECT_EQ(parse_duration("0.0001"), 1);
    EXPECT_EQ(parse_duration("1.0001"), 1001);
}

TEST(Duration, HasAnUpperLimit) {
    EXPECT_EQ(parse_duration("1000000h"), 3600000000000);
    EXPECT_EQ(parse_duration("1000001h"), std::nullopt);
    EXPECT_EQ(parse_duration("99999999999999999999999"), std::nullopt);
    EXPECT_EQ(parse_duration("3600000001"), std::nullopt);
}

TEST(Duration, RefusesEverythingElse) {
    for (const char* word : {"", "s", "ms", "-1", "+1", "1 s", " 1", "1.", ".5", "1.s", "1.5.5", "1d", "1S", "1sec",
                             "Infinity", "infinite", "1e3", "0x10", "1,5"}) {
        EXPECT_EQ(parse_duration(word), std::nullopt) << word;
    }
}

TEST(Duration, IsWrittenInTheLargestUnitThatNeedsNoFraction) {
    const auto written = [](const char* word) {
        core::Line line;
        core::write_duration(*parse_duration(word), line);
        return std::string(line.view());
    };
    for (const char* word : {"1ms", "999ms", "1500ms", "1s", "90s", "1m", "90m", "1h", "1000000h"}) {
        EXPECT_EQ(written(word), word);
    }
    EXPECT_EQ(written("0.25"), "250ms");
    EXPECT_EQ(written("3600"), "1h");
    EXPECT_EQ(written("120000ms"), "2m");
}

TEST(Duration, NeverStaysNever) {
    EXPECT_EQ(core::after(never - 1, 2), never);
    EXPECT_EQ(core::after(5, never), never);
    EXPECT_EQ(core::after(5, 2), 7);
}

}  // namespace
