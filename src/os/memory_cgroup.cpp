#include "os/memory_cgroup.h"

#include <fcntl.h>

#include "core/memory_cgroup.h"
#include "os/lines.h"
#include "os/sys.h"

namespace os {
namespace {

static_assert(Lines::max_size <= core::max_cgroup_line);

std::optional<int> read_count(const core::CgroupDirectory& directory, std::string_view file_name) {
    char path[core::max_cgroup_path];
    core::TextWriter out(path, sizeof path);
    core::write_path(directory, file_name, out);
    const auto file = sys::open(out.c_string(), O_RDONLY);
    if (!file) return std::nullopt;
    // Each holds six short lines at most.
    char text[512];
    const auto size = sys::read(file->number(), text, sizeof text);
    return size ? core::parse_oom_kills({text, *size}) : std::nullopt;
}

/// Goes up until a directory has a count.
std::optional<int> find_count(std::optional<core::CgroupDirectory> directory, std::string_view file_name) {
    std::optional<int> count;
    for (; directory && !count; directory = core::parent_of(*directory)) count = read_count(*directory, file_name);
    return count;
}

core::MemoryCgroup find_own_cgroup() {
    core::MemoryCgroup cgroup;
    const auto file = sys::open("/proc/self/cgroup", O_RDONLY);
    if (!file) return cgroup;
    Lines lines(*file);
    while (const auto line = lines.next()) cgroup.add_line(*line);
    return cgroup;
}

std::optional<int> oom_kills_so_far() {
    const core::MemoryCgroup cgroup = find_own_cgroup();
    if (!cgroup.version()) return std::nullopt;
    const auto file = sys::open("/proc/self/mountinfo", O_RDONLY);
    if (!file) return std::nullopt;
    std::optional<int> count;
    Lines mounts(*file);
    // A mount can be hidden below another one: then the next may do.
    while (const auto mount = count ? std::nullopt : mounts.next()) {
        count = find_count(core::find_in_mount(cgroup, *mount), cgroup.file());
    }
    return count;
}

}  // namespace

OomKills OomKills::before_run(bool is_reporting, bool owns_namespace) {
    if (is_reporting) return OomKills(oom_kills_so_far());
    return OomKills(owns_namespace ? std::optional(0) : std::nullopt);
}

std::optional<int> OomKills::during_run() const {
    const auto now = before_ ? oom_kills_so_far() : std::nullopt;
    // Moved meanwhile to another cgroup, whose count began later.
    if (!now || *now < *before_) return std::nullopt;
    return *now - *before_;
}

}  // namespace os
