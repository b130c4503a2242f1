#include "core/ps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

using core::ProcessTree;

/// "1 .2 ..5 .3": each process with as many points as it has ancestors.
std::string shown(const std::vector<std::pair<int, int>>& processes) {
    std::vector<ProcessTree::Node> nodes(processes.size() + 1);
    ProcessTree tree(nodes);
    for (const auto& [pid, parent] : processes) EXPECT_TRUE(tree.add(pid, parent));
    EXPECT_FALSE(tree.add(99999, 1)) << "there is no room";
    EXPECT_TRUE(std::ranges::equal(tree.all(), processes, {}, &ProcessTree::Node::pid, &std::pair<int, int>::first));
    tree.link();
    std::string text;
    while (tree.next()) {
        if (!text.empty()) text += ' ';
        text += std::string(static_cast<std::size_t>(tree.depth()), '.') + std::to_string(tree.node().pid);
    }
    return text;
}

TEST(ProcessTree, GoesFromParentsToChildrenInTheOrderOfPids) {
    EXPECT_EQ(shown({{1, 0}, {2, 1}, {3, 1}, {5, 2}, {6, 5}, {7, 3}}), "1 .2 ..5 ...6 .3 ..7");
    EXPECT_EQ(shown({{1, 0}}), "1");
    EXPECT_EQ(shown({}), "");
}

TEST(ProcessTree, AParentMayHaveTheHigherPid) {
    EXPECT_EQ(shown({{1, 0}, {4, 30}, {30, 1}, {31, 4}}), "1 .30 ..4 ...31");
}

TEST(ProcessTree, AProcessWhoseParentIsNotVisibleIsARoot) {
    EXPECT_EQ(shown({{1, 0}, {2, 1}, {8, 0}, {9, 8}, {12, 77}}), "1 .2 8 .9 12");
}

TEST(ProcessTree, ACycleIsLeftOut) {
    EXPECT_EQ(shown({{1, 0}, {2, 3}, {3, 2}, {4, 4}, {5, 1}}), "1 .5");
}

std::string age(core::Milliseconds age) {
    core::Line line;
    core::write_age(age, line);
    return std::string(line.view());
}

TEST(Age, IsTheLargestWholeUnit) {
    constexpr core::Milliseconds second = 1000;
    EXPECT_EQ(age(0), "0s");
    EXPECT_EQ(age(59'999), "59s");
    EXPECT_EQ(age(60 * second), "1m");
    EXPECT_EQ(age(3599 * second), "59m");
    EXPECT_EQ(age(3600 * second), "1h");
    EXPECT_EQ(age(86399 * second), "23h");
    EXPECT_EQ(age(86400 * second), "1d");
    EXPECT_EQ(age(400 * 86400 * second), "400d");
}

std::string command(std::string_view cmdline, std::string_view name) {
    core::Line line;
    core::write_command(cmdline, name, line);
    return std::string(line.view());
}

TEST(Command, IsTheWordsOnOneLine) {
    using namespace std::string_view_literals;
    EXPECT_EQ(command("sh\0-c\0true\0"sv, "sh"), "sh -c true");
    EXPECT_EQ(command("sh\0-c\0a\nb\t\x7f\0"sv, "sh"), "sh -c a?b??");
    EXPECT_EQ(command("a program that wrote its title itself", "x"), "a program that wrote its title itself");
    EXPECT_EQ(command("x\0\0"sv, "x"), "x ");
    EXPECT_EQ(command("", "kworker/0:1"), "[kworker/0:1]");
    EXPECT_EQ(command("", "a\nb"), "[a?b]");
}

}  // namespace
