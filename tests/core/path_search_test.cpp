#include "core/path_search.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

std::vector<std::string> all_of(core::PathSearch& search) {
    std::vector<std::string> paths;
    while (const char* path = search.next()) paths.emplace_back(path);
    return paths;
}

std::vector<std::string> paths_of(std::string_view name, std::optional<std::string_view> path) {
    char room[17];
    core::PathSearch search(name, path, room);
    return all_of(search);
}

using Paths = std::vector<std::string>;

TEST(PathSearch, LooksInEachFolderInOrder) {
    EXPECT_EQ(paths_of("tool", "/a:b:/c/d"), (Paths{"/a/tool", "b/tool", "/c/d/tool"}));
}

TEST(PathSearch, TreatsAnEmptyFolderAsTheWorkingDirectory) {
    EXPECT_EQ(paths_of("tool", ""), (Paths{"tool"}));
    EXPECT_EQ(paths_of("tool", ":/a"), (Paths{"tool", "/a/tool"}));
    EXPECT_EQ(paths_of("tool", "/a::/b"), (Paths{"/a/tool", "tool", "/b/tool"}));
    EXPECT_EQ(paths_of("tool", "/a:"), (Paths{"/a/tool", "tool"}));
}

TEST(PathSearch, UsesANameWithASlashAsItIs) {
    EXPECT_EQ(paths_of("./tool", "/a:/b"), (Paths{"./tool"}));
    EXPECT_EQ(paths_of("/bin/tool", std::nullopt), (Paths{"/bin/tool"}));
}

TEST(PathSearch, HasADefaultWherePathIsNotSet) {
    EXPECT_EQ(paths_of("x", std::nullopt), (Paths{"/usr/local/bin/x", "/bin/x", "/usr/bin/x"}));
}

TEST(PathSearch, LeavesOutWhatIsTooLongToExist) {
    // With a zero byte there is room for 16.
    EXPECT_EQ(paths_of("tool", "/2345678901:/a"), (Paths{"/2345678901/tool", "/a/tool"}));
    EXPECT_EQ(paths_of("tool", "/23456789012:/a"), (Paths{"/a/tool"}));
    EXPECT_EQ(paths_of("/234567890123456", std::nullopt), (Paths{"/234567890123456"}));
    EXPECT_EQ(paths_of("/2345678901234567", std::nullopt), Paths{});
}

TEST(PathSearch, StartsOverAfterARestart) {
    char room[16];
    core::PathSearch search("tool", "/a:/b", room);
    EXPECT_EQ(all_of(search), (Paths{"/a/tool", "/b/tool"}));
    EXPECT_EQ(search.next(), nullptr);
    search.restart();
    EXPECT_EQ(all_of(search), (Paths{"/a/tool", "/b/tool"}));
}

}  // namespace
