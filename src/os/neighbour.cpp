#include "os/neighbour.h"

#include "os/procfs.h"

namespace os {
namespace {

/// Recognises cppinit by the name of its file: whoever replaces one program by cppinit replaces the other as well.
class Cppinit {
  public:
    [[nodiscard]] bool is(pid_t pid) const { return own_name_.text() && own_name_.text() == ProcessName(pid).text(); }

  private:
    ProcessName own_name_{sys::getpid()};
};

}  // namespace

bool is_neighbour(pid_t pid) {
    const auto group = sys::getpgid(pid);
    return group && *group == sys::getpgrp() && Cppinit().is(pid);
}

bool is_led_under_neighbour(pid_t group) {
    // Nobody nests deeper; and groups that are made to refer to each other must not keep cppinit busy.
    constexpr int max_levels = 8;
    const Cppinit cppinit;
    for (int level = 0; level < max_levels; ++level) {
        const auto leader = read_stat(group);
        if (!leader || !cppinit.is(leader->parent)) return false;
        const auto group_above = sys::getpgid(leader->parent);
        if (!group_above) return false;
        if (*group_above == sys::getpgrp()) return true;
        group = *group_above;
    }
    return false;
}

}  // namespace os
