#include "os/lines.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace {

/// What is read of a pipe that holds this text: at once, as much as there is.
std::vector<std::string> lines_of(const std::string& text) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const sys::Descriptor out(ends[0]);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    os::Lines lines(out);
    std::vector<std::string> read;
    while (const auto line = lines.next()) read.emplace_back(*line);
    return read;
}

using List = std::vector<std::string>;

TEST(Lines, AreReadOneByOne) {
    EXPECT_EQ(lines_of("one\n\ntwo\n"), (List{"one", "", "two"}));
    EXPECT_EQ(lines_of(""), List{});
}

TEST(Lines, MayLieAcrossTheEndOfTheBuffer) {
    List expected;
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        expected.push_back(std::to_string(i));
        text += expected.back() + "\n";
    }
    EXPECT_EQ(lines_of(text), expected);
}

TEST(Lines, ThatDoNotFitAreLeftOut) {
    const std::string longest(os::Lines::max_size - 1, 'a');
    for (const std::size_t more : {1UL, 2UL, os::Lines::max_size, 10 * os::Lines::max_size}) {
        const std::string too_long(os::Lines::max_size - 1 + more, 'b');
        EXPECT_EQ(lines_of(longest + "\n" + too_long + "\nend\n"), (List{longest, "end"})) << more;
        EXPECT_EQ(lines_of(too_long + "\n" + too_long + "\n" + longest + "\n"), List{longest}) << more;
        EXPECT_EQ(lines_of("begin\n" + too_long), List{"begin"}) << more;
    }
}

TEST(Lines, EndWhereReadingFails) {
    const sys::Descriptor closed(-1);
    EXPECT_FALSE(os::Lines(closed).next());
}

}  // namespace
