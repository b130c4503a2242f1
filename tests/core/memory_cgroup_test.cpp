#include "core/memory_cgroup.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace {

using core::MemoryCgroup;
using Version = core::MemoryCgroup::Version;

MemoryCgroup cgroup_of(std::initializer_list<std::string_view> lines) {
    MemoryCgroup cgroup;
    for (const std::string_view line : lines) cgroup.add_line(line);
    return cgroup;
}

MemoryCgroup v1_cgroup(const std::string& path) {
    return cgroup_of({"4:memory:" + path});
}

MemoryCgroup v2_cgroup(const std::string& path) {
    return cgroup_of({"0::" + path});
}

std::string path_of(const core::CgroupDirectory& directory, std::string_view file) {
    char buffer[core::max_cgroup_path];
    core::TextWriter out(buffer, sizeof buffer);
    core::write_path(directory, file, out);
    return std::string(out.view());
}

/// The file that holds the count; empty where the mount does not show the cgroup.
std::string found(const MemoryCgroup& cgroup, std::string_view mount) {
    const auto directory = core::find_in_mount(cgroup, mount);
    return directory ? path_of(*directory, cgroup.file()) : "";
}

/// A mount of the memory hierarchy of v1, or of v2.
std::string v1_mount(const std::string& root, const std::string& mount_point) {
    return "35 31 0:32 " + root + " " + mount_point + " rw,nosuid - cgroup cgroup rw,memory";
}

std::string v2_mount(const std::string& root, const std::string& mount_point) {
    return "35 31 0:32 " + root + " " + mount_point + " rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
}

TEST(MemoryCgroup, IsTheV1HierarchyThatNamesMemory) {
    const auto cgroup = cgroup_of({"5:devices:/a", "4:cpu,memory,hugetlb:/b", "1:name=systemd:/c"});
    EXPECT_EQ(cgroup.version(), Version::v1);
    EXPECT_EQ(cgroup.path(), "/b");
    EXPECT_EQ(cgroup.file(), "memory.oom_control");
}

TEST(MemoryCgroup, IsTheV2HierarchyIfNoV1HierarchyNamesMemory) {
    const auto cgroup = cgroup_of({"1:name=memory:/a", "2:memory2,xmemory:/b", "0::/c"});
    EXPECT_EQ(cgroup.version(), Version::v2);
    EXPECT_EQ(cgroup.path(), "/c");
    EXPECT_EQ(cgroup.file(), "memory.events");
}

TEST(MemoryCgroup, IsTheV1HierarchyOfAHybridSystemInEitherOrder) {
    EXPECT_EQ(cgroup_of({"4:memory:/a", "0::/b"}).path(), "/a");
    EXPECT_EQ(cgroup_of({"0::/b", "4:memory:/a"}).path(), "/a");
    EXPECT_EQ(cgroup_of({"0::/b", "4:memory:/a"}).version(), Version::v1);
}

TEST(MemoryCgroup, IsNoneIfNoLineNamesOne) {
    EXPECT_EQ(cgroup_of({}).version(), std::nullopt);
    EXPECT_EQ(cgroup_of({"3:cpu:/a", "", "memory", ":"}).version(), std::nullopt);
}

TEST(MemoryCgroup, PathMayHoldColonsAndIsEmptyForTheRoot) {
    EXPECT_EQ(v2_cgroup("/a:b::c").path(), "/a:b::c");
    EXPECT_EQ(v1_cgroup("/").path(), "");
}

TEST(FindInMount, WithoutACgroupNamespaceTheMountBeginsAtTheContainersCgroup) {
    EXPECT_EQ(found(v1_cgroup("/docker/1f"), v1_mount("/docker/1f", "/sys/fs/cgroup/memory")),
              "/sys/fs/cgroup/memory/memory.oom_control");
    EXPECT_EQ(found(v1_cgroup("/docker/1f/inner"), v1_mount("/docker/1f", "/sys/fs/cgroup/memory")),
              "/sys/fs/cgroup/memory/inner/memory.oom_control");
}

TEST(FindInMount, WithACgroupNamespaceTheMountBeginsAtItsRoot) {
    EXPECT_EQ(found(v2_cgroup("/"), v2_mount("/", "/sys/fs/cgroup")), "/sys/fs/cgroup/memory.events");
    EXPECT_EQ(found(v2_cgroup("/init"), v2_mount("/", "/sys/fs/cgroup")), "/sys/fs/cgroup/init/memory.events");
}

TEST(FindInMount, AMountFromOutsideOfTheNamespaceShowsWhatIsAboveIt) {
    // The mount begins above the namespace's root: what the directories in between are called cannot be known.
    EXPECT_EQ(found(v2_cgroup("/"), v2_mount("/..", "/sys/fs/cgroup")), "");
    // cppinit was moved out of the namespace's root, to where the mount begins, below it and beside it.
    EXPECT_EQ(found(v2_cgroup("/.."), v2_mount("/..", "/sys/fs/cgroup")), "/sys/fs/cgroup/memory.events");
    EXPECT_EQ(found(v2_cgroup("/../a"), v2_mount("/..", "/sys/fs/cgroup")), "/sys/fs/cgroup/a/memory.events");
    EXPECT_EQ(found(v2_cgroup("/../a"), v2_mount("/", "/sys/fs/cgroup")), "");
    EXPECT_EQ(found(v2_cgroup("/../.."), v2_mount("/..", "/sys/fs/cgroup")), "");
}

TEST(FindInMount, WhereverTheHierarchyIsMounted) {
    EXPECT_EQ(found(v2_cgroup("/a"), v2_mount("/", "/sys/fs/cgroup/unified")),
              "/sys/fs/cgroup/unified/a/memory.events");
    EXPECT_EQ(found(v1_cgroup("/a"), v1_mount("/", "/cgroup")), "/cgroup/a/memory.oom_control");
}

TEST(FindInMount, ANameThatOnlyBeginsLikeTheRootIsNotBelowIt) {
    EXPECT_EQ(found(v1_cgroup("/docker/1f"), v1_mount("/docker/1", "/m")), "");
    EXPECT_EQ(found(v1_cgroup("/docker"), v1_mount("/docker/1", "/m")), "");
    EXPECT_EQ(found(v1_cgroup("/"), v1_mount("/docker", "/m")), "");
}

TEST(FindInMount, ReadsEscapes) {
    // systemd writes a dash in a name as \x2d, and mountinfo a backslash as \134.
    EXPECT_EQ(found(v2_cgroup("/a\\x2db.scope/c"), v2_mount("/a\\134x2db.scope", "/my\\040mounts\\134")),
              "/my mounts\\/c/memory.events");
    EXPECT_EQ(found(v2_cgroup("/a"), v2_mount("/", "/short\\04")), "/short\\04/a/memory.events");
    EXPECT_EQ(found(v2_cgroup("/a"), v2_mount("/", "/no\\048")), "/no\\048/a/memory.events");
}

TEST(FindInMount, LeavesOutOtherMounts) {
    const auto v1 = v1_cgroup("/a");
    const auto v2 = v2_cgroup("/a");
    EXPECT_EQ(found(v1, v2_mount("/", "/m")), "");
    EXPECT_EQ(found(v2, v1_mount("/", "/m")), "");
    EXPECT_EQ(found(v1, "35 31 0:32 / /m rw - cgroup cgroup rw,cpu,cpuacct"), "");
    EXPECT_EQ(found(v1, "35 31 0:32 / /m rw - tmpfs cgroup rw,memory"), "");
    EXPECT_EQ(found(v1, "35 31 0:32 / /m rw - cgroup memory rw"), "");
    EXPECT_EQ(found(v1, "35 31 0:32 / /m rw,memory"), "");
    EXPECT_EQ(found(v1, ""), "");
}

TEST(FindInMount, TakesAnyNumberOfOptionalFields) {
    for (const std::string optional : {"", "shared:1 ", "shared:1 master:2 propagate_from:3 unbindable "}) {
        EXPECT_EQ(found(v1_cgroup("/a"), "35 31 0:32 / /m rw " + optional + "- cgroup my\\040name rw,xattr,memory"),
                  "/m/a/memory.oom_control");
    }
}

TEST(ParentOf, GoesUpToTheMountPoint) {
    const core::CgroupDirectory directory{"/sys/fs/cgroup", "/a/b"};
    const auto parent = core::parent_of(directory);
    ASSERT_TRUE(parent);
    EXPECT_EQ(path_of(*parent, "x"), "/sys/fs/cgroup/a/x");
    const auto top = core::parent_of(*parent);
    ASSERT_TRUE(top);
    EXPECT_EQ(path_of(*top, "x"), "/sys/fs/cgroup/x");
    EXPECT_FALSE(core::parent_of(*top));
}

TEST(MemoryCgroup, TheLongestPathFits) {
    const std::string path = "/" + std::string(core::max_cgroup_line - 5, 'c');
    const std::string mount_point = "/" + std::string(core::max_cgroup_line - 50, 'm');
    EXPECT_EQ(found(v2_cgroup(path), "35 31 0:32 / " + mount_point + " rw - cgroup2 cgroup2 rw"),
              mount_point + path + "/memory.events");
}

TEST(ParseOomKills, ReadsTheFilesOfBothVersions) {
    EXPECT_EQ(core::parse_oom_kills("low 0\nhigh 1\nmax 2\noom 3\noom_kill 42\noom_group_kill 5\n"), 42);
    EXPECT_EQ(core::parse_oom_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"), 7);
    EXPECT_EQ(core::parse_oom_kills("oom_kill 0"), 0);
}

TEST(ParseOomKills, IsNoneWhereTheKernelDoesNotCount) {
    // Before Linux 4.13.
    EXPECT_EQ(core::parse_oom_kills("oom_kill_disable 0\nunder_oom 0\n"), std::nullopt);
    EXPECT_EQ(core::parse_oom_kills("oom_kill many\n"), std::nullopt);
    EXPECT_EQ(core::parse_oom_kills("oom_kill 99999999999\n"), std::nullopt);
    EXPECT_EQ(core::parse_oom_kills(""), std::nullopt);
}

}  // namespace
