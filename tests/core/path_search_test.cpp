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
    core::PathSearch search(name, path);
    return all_of(search);
}

using Paths = std::vector<std::string>;

TEST(PathSearch, LooksInEachFolderInOrder) {
    EXPECT_EQ(paths_of("tool", "/a:b:/c/d"), (Paths{"/a/tool", "b/tool", "/c/d/tool"}));
}

TEST(PathSearch, TakesAnEmptyFolderForTheWorkingDirectory) {
    EXPECT_EQ(paths_of("tool", ""), (Paths{"tool"}));
    EXPECT_EQ(paths_of("tool", ":/a"), (Paths{"tool", "/a/tool"}));
    EXPECT_EQ(paths_of("tool", "/a::/b"), (Paths{"/a/tool", "tool", "/b/tool"}));
    EXPECT_EQ(paths_of("tool", "/a:"), (Paths{"/a/tool", "tool"}));
}

TEST(PathSearch, LooksForANameWithASlashNowhereElse) {
    EXPECT_EQ(paths_of("./tool", "/a:/b"), (Paths{"./tool"}));
    EXPECT_EQ(paths_of("/bin/tool", std::nullopt), (Paths{"/bin/tool"}));
}

TEST(PathSearch, HasADefaultWherePathIsNotSet) {
    EXPECT_EQ(paths_of("tool", std::nullopt), (Paths{"/usr/local/bin/tool", "/bin/tool", "/usr/bin/tool"}));
}

TEST(PathSearch, LeavesOutWhatIsTooLongToExist) {
    // With the slash, the name and the zero byte the longest path is one of PATH_MAX bytes.
    const std::string longest(PATH_MAX - 6, 'x');
    EXPECT_EQ(paths_of("tool", longest + ":/a"), (Paths{longest + "/tool", "/a/tool"}));
    EXPECT_EQ(paths_of("tool", longest + "x:/a"), (Paths{"/a/tool"}));
    EXPECT_EQ(paths_of("/" + std::string(PATH_MAX, 'x'), "/a"), Paths{});
}

TEST(PathSearch, BeginsAnewAfterARestart) {
    core::PathSearch search("tool", "/a:/b");
    EXPECT_EQ(all_of(search), (Paths{"/a/tool", "/b/tool"}));
    EXPECT_EQ(search.next(), nullptr);
    search.restart();
    EXPECT_EQ(all_of(search), (Paths{"/a/tool", "/b/tool"}));
}

}  // namespace
