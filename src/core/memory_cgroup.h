#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/text.h"

/// Where the kernel counts the processes that it killed because memory ran out (cgroups(7)).
namespace core {

/// Longer lines of /proc/self/cgroup and /proc/self/mountinfo do not matter here: they are those of overlay file
/// systems with many layers.
inline constexpr std::size_t max_cgroup_line = 2048;

/// The cgroup that cppinit's memory is charged to, found in the lines of /proc/self/cgroup.
class MemoryCgroup {
  public:
    enum class Version : std::uint8_t { v1, v2 };

    /// Takes one line without its line end, at most max_cgroup_line bytes. The lines may come in any order: on a hybrid
    /// system the memory controller belongs to the one hierarchy that names it.
    void add_line(std::string_view line);

    /// None where no line named a cgroup that may count memory.
    [[nodiscard]] std::optional<Version> version() const { return version_; }
    /// In its hierarchy, from the root of cppinit's cgroup namespace; empty for that root itself.
    [[nodiscard]] std::string_view path() const { return {path_.data(), path_size_}; }
    /// The file that holds the count.
    [[nodiscard]] std::string_view file() const;

  private:
    std::optional<Version> version_;
    std::array<char, max_cgroup_line> path_;
    std::size_t path_size_ = 0;
};

/// A directory of the cgroup file system.
struct CgroupDirectory {
    /// As mountinfo writes it, with escapes.
    std::string_view mount_point;
    /// The rest of the path, from a slash on; empty for the mount point itself.
    std::string_view below;
};

/// Where the mount that a line of /proc/self/mountinfo describes shows this cgroup. None if it does not: it is another
/// file system or another hierarchy, or shows a part of the hierarchy that the cgroup is not in.
[[nodiscard]] std::optional<CgroupDirectory> find_in_mount(const MemoryCgroup& cgroup, std::string_view line);

/// The parent; none for a mount point. In cgroup v2 a cgroup for which nobody enabled the memory controller is charged
/// to the nearest one above it that has it.
[[nodiscard]] std::optional<CgroupDirectory> parent_of(const CgroupDirectory& directory);

/// The maximum size of a path, its zero byte included.
inline constexpr std::size_t max_cgroup_path = 2 * max_cgroup_line + 32;

/// Writes the path of a file in it.
void write_path(const CgroupDirectory& directory, std::string_view file, TextWriter& out);

/// The N of "oom_kill N", in the text of memory.events (v2) or memory.oom_control (v1, since Linux 4.13).
[[nodiscard]] std::optional<int> parse_oom_kills(std::string_view text);

}  // namespace core
