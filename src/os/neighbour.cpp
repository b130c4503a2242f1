#include "os/neighbour.h"

#include "os/procfs.h"

namespace os {
namespace {

/// By the name of its file: whoever replaces one program by cppinit replaces the other as well.
bool is_cppinit(pid_t pid) {
    const ProcessName name(pid);
    const ProcessName own_name(sys::getpid());
    const std::string_view own = own_name;
    return !own.empty() && own == std::string_view(name);
}

}  // namespace

bool is_neighbour(pid_t pid) {
    const auto group = sys::getpgid(pid);
    return group && *group == sys::getpgrp() && is_cppinit(pid);
}

bool is_led_under_neighbour(pid_t group) {
    // Nobody nests deeper; and groups that are made to refer to each other must not keep cppinit busy.
    constexpr int max_levels = 8;
    for (int level = 0; level < max_levels; ++level) {
        const auto leader = read_stat(group);
        if (!leader || !is_cppinit(leader->parent)) return false;
        const auto group_above = sys::getpgid(leader->parent);
        if (!group_above) return false;
        if (*group_above == sys::getpgrp()) return true;
        group = *group_above;
    }
    return false;
}

}  // namespace os
