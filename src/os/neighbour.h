#pragma once

#include <sys/types.h>

/// Other cppinits in cppinit's own process group: programs of one script, or of one pipeline. Without these cppinits
/// their programs would be in one group, and the terminal would treat them alike. They are recognised through /proc;
/// without it nobody is a neighbour.
namespace os {

/// Whether this process is a cppinit in cppinit's own group.
[[nodiscard]] bool is_neighbour(pid_t pid);

/// Whether the leader of this group runs under a neighbour, and with nothing but cppinits in between.
[[nodiscard]] bool is_led_under_neighbour(pid_t group);

}  // namespace os
