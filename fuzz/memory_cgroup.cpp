// The lines that say where the memory cgroup is: any text in their place, and a cgroup and a mount point of any names,
// which somebody who may make cgroups and mounts chooses.

#include "core/memory_cgroup.h"

#include <string>

#include "expect.h"

namespace {

/// As the kernel writes a path into mountinfo (fs/proc_namespace.c, mangle).
std::string escaped(std::string_view path) {
    std::string text;
    for (const char byte : path) {
        const char digits[] = {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8),
                               static_cast<char>('0' + byte % 8)};
        const bool is_special = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\\';
        text = join(text, is_special ? std::string_view(digits, sizeof digits) : std::string_view(&byte, 1));
    }
    return text;
}

bool may_be_cgroup(std::string_view path) {
    return path.find('\n') == std::string_view::npos && join(path, "/").find("/../") == std::string::npos;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    char buffer[core::max_cgroup_path];

    // Whatever the lines say, they must be read without harm.
    core::MemoryCgroup any;
    any.add_line(text);
    if (const auto found = core::find_in_mount(any, text)) {
        core::TextWriter out(buffer, sizeof buffer);
        core::write_path(*found, any.file(), out);
    }
    (void)core::parse_oom_kills(text);

    const auto halves = core::split(text, '\0');
    if (!halves) return 0;
    const std::string path = join("/", halves->left);
    if (!may_be_cgroup(path)) return 0;
    const std::string mount_point = join("/", halves->right);
    core::MemoryCgroup cgroup;
    cgroup.add_line(join("0::", path));
    const std::string line = join("35 31 0:32 / ", escaped(mount_point), " rw shared:9 - cgroup2 cgroup2 rw");
    const auto found = core::find_in_mount(cgroup, line);
    EXPECT(found);
    core::TextWriter out(buffer, sizeof buffer);
    core::write_path(*found, "memory.events", out);
    EXPECT(out.view() == join(mount_point, path == "/" ? "" : path, "/memory.events"));
    return 0;
}
