#include "core/memory_cgroup.h"

#include <limits>

namespace core {
namespace {

bool is_among(std::string_view wanted, std::string_view items, char separator) {
    for (Parts parts(items, separator); parts.has_next();) {
        if (parts.next() == wanted) return true;
    }
    return false;
}

constexpr bool is_octal(char byte) {
    return byte >= '0' && byte <= '7';
}

/// mountinfo writes a space, a tab, a line end and a backslash as a backslash and three octal digits (proc(5)).
char take_unescaped(std::string_view& rest) {
    const char first = rest.front();
    if (first != '\\' || rest.size() < 4 || !is_octal(rest[1]) || !is_octal(rest[2]) || !is_octal(rest[3])) {
        rest.remove_prefix(1);
        return first;
    }
    const int byte = (rest[1] - '0') * 64 + (rest[2] - '0') * 8 + (rest[3] - '0');
    rest.remove_prefix(4);
    return static_cast<char>(byte);
}

/// The part of a cgroup's path that is below the root of a mount, as mountinfo writes it; none if the cgroup is
/// outside. In a cgroup namespace, a path that is outside of the namespace's root begins with ".."
/// (cgroup_namespaces(7)). It is in the mount only if the root of the mount begins with the same.
std::optional<std::string_view> path_below(std::string_view root, std::string_view path) {
    if (root == "/") root = {};
    while (!root.empty()) {
        if (path.empty() || path.front() != take_unescaped(root)) return std::nullopt;
        path.remove_prefix(1);
    }
    const bool is_inside = path.empty() || (path.front() == '/' && !is_among("..", path, '/'));
    return is_inside ? std::optional(path) : std::nullopt;
}

}  // namespace

void MemoryCgroup::add_line(std::string_view line) {
    // "4:memory:/docker/1f" is of v1, "0::/docker/1f" of v2. A path may hold colons.
    const bool is_v2 = line.starts_with("0::");
    take_until(':', line);
    const bool is_memory = is_among("memory", take_until(':', line), ',');
    if (!is_memory && (!is_v2 || version_)) return;
    version_ = is_memory ? Version::v1 : Version::v2;
    if (line == "/") line = {};
    path_size_ = line.copy(path_.data(), path_.size());
}

std::string_view MemoryCgroup::file() const {
    return version_ == Version::v1 ? "memory.oom_control" : "memory.events";
}

std::optional<CgroupDirectory> find_in_mount(const MemoryCgroup& cgroup, std::string_view line) {
    // "35 31 0:32 /docker/1f /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory"
    for (int field = 1; field <= 3; ++field) take_until(' ', line);
    const std::string_view root = take_until(' ', line);
    const std::string_view mount_point = take_until(' ', line);
    // How many fields are before the dash depends on how the mount is shared.
    while (!line.empty() && take_until(' ', line) != "-") continue;
    const std::string_view file_system = take_until(' ', line);
    take_until(' ', line);
    const bool shows_hierarchy = cgroup.version() == MemoryCgroup::Version::v1
                                     ? file_system == "cgroup" && is_among("memory", line, ',')
                                     : file_system == "cgroup2";
    const auto below = shows_hierarchy ? path_below(root, cgroup.path()) : std::nullopt;
    return below ? std::optional(CgroupDirectory{mount_point, *below}) : std::nullopt;
}

std::optional<CgroupDirectory> parent_of(const CgroupDirectory& directory) {
    const std::size_t last_slash = directory.below.rfind('/');
    if (last_slash == std::string_view::npos) return std::nullopt;
    return CgroupDirectory{directory.mount_point, {directory.below.data(), last_slash}};
}

void write_path(const CgroupDirectory& directory, std::string_view file, TextWriter& out) {
    for (std::string_view rest = directory.mount_point; !rest.empty();) {
        const char byte = take_unescaped(rest);
        out.add({&byte, 1});
    }
    out.add(directory.below).add("/").add(file);
}

std::optional<int> parse_oom_kills(std::string_view text) {
    while (!text.empty()) {
        const auto number = after_prefix(take_until('\n', text), "oom_kill ");
        if (number) return parse_number(*number, std::numeric_limits<int>::max());
    }
    return std::nullopt;
}

}  // namespace core
