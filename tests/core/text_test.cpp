#include "core/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using core::Line;
using core::parse_number;
using core::Quoted;

TEST(Line, WritesNumbersOfEverySize) {
    EXPECT_EQ(Line().add(0).view(), "0");
    EXPECT_EQ(Line().add(-7).view(), "-7");
    EXPECT_EQ(Line().add(std::numeric_limits<std::int64_t>::max()).view(), "9223372036854775807");
    EXPECT_EQ(Line().add(std::numeric_limits<std::int64_t>::min()).view(), "-9223372036854775808");
}

TEST(Line, KeepsAQuotedWordOnOneLine) {
    EXPECT_EQ(Line().add(Quoted{"a\nb\x1b\x7f c"}).view(), "'a?b?? c'");
}

TEST(Line, LetsNoControlCharacterThrough) {
    using namespace std::string_view_literals;
    EXPECT_EQ(Line().add_printable("a\0b\x01\x1f\x7f"sv).view(), "a b???");
    // U+0080, U+009B and U+009F, each two bytes in UTF-8; U+00A0, U+0100 and a letter in two bytes are not controls.
    EXPECT_EQ(Line().add_printable("\xc2\x80x\xc2\x9b[31m\xc2\x9f").view(), "?x?[31m?");
    EXPECT_EQ(Line().add_printable("\xc2\xa0\xc4\x80\xc3\xa4\xc2\xa0x").view(), "\xc2\xa0\xc4\x80\xc3\xa4\xc2\xa0x");
    EXPECT_EQ(Line().add_printable("cut \xc2").view(), "cut \xc2");
    EXPECT_EQ(Line().add_printable("\xc2\n").view(), "\xc2?");
}

TEST(Line, IsCutWhereItIsFull) {
    const std::string much(5000, 'x');
    Line line;
    EXPECT_EQ(line.add("y").add(much).add("z").view(), "y" + std::string(998, 'x'));
    EXPECT_EQ(line.c_string(), line.view());
}

TEST(ParseNumber, TakesOnlyDigitsUpToTheLimit) {
    EXPECT_EQ(parse_number("0", 255), 0);
    EXPECT_EQ(parse_number("255", 255), 255);
    EXPECT_EQ(parse_number("0007", 255), 7);
    for (const char* word : {"", "256", "-1", "+1", " 1", "1 ", "1a", "99999999999999999999", "2560"}) {
        EXPECT_EQ(parse_number(word, 255), std::nullopt) << word;
    }
    EXPECT_EQ(parse_number("2147483647", std::numeric_limits<int>::max()), 2147483647);
    EXPECT_EQ(parse_number("2147483648", std::numeric_limits<int>::max()), std::nullopt);
    EXPECT_EQ(parse_number("5", 5), 5);
    EXPECT_EQ(parse_number("7", 5), std::nullopt) << "a limit of one digit";
}

TEST(Split, TakesTheFirstSeparator) {
    const auto sides = core::split("a:b:c", ':');
    ASSERT_TRUE(sides);
    EXPECT_EQ(sides->left, "a");
    EXPECT_EQ(sides->right, "b:c");
    EXPECT_FALSE(core::split("abc", ':'));
    EXPECT_EQ(core::split(":", ':')->right, "");
}

TEST(AfterPrefix, IsTheRestOrNothing) {
    EXPECT_EQ(core::after_prefix("PATH=/bin", "PATH="), "/bin");
    EXPECT_EQ(core::after_prefix("PATH=", "PATH="), "");
    EXPECT_EQ(core::after_prefix("PAT", "PATH="), std::nullopt);
}

}  // namespace
