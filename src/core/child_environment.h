#pragma once

#include <limits>
#include <optional>
#include <string_view>

/// Reads the environment (environ(7)) and turns it into the main child's. Entries are replaced and removed in place, so
/// that nothing is copied; the others keep their text and their order.
namespace core {

/// The value of a variable; if it is set twice, the first, as getenv(3) has it.
[[nodiscard]] std::optional<std::string_view> value_of(char** envp, std::string_view name);

/// Removes the variables that cppinit reads (is_own_variable): they configure this cppinit, not another one that the
/// main child may start.
void remove_own_variables(char** envp);

/// Room for the entries that name the main child. They must live until exec.
struct EntriesForMainChild {
    static constexpr int digits = std::numeric_limits<int>::digits10 + 1;

    char listen_pid[sizeof "LISTEN_PID=" + digits];
    char watchdog_pid[sizeof "WATCHDOG_PID=" + digits];
};

/// A service manager names the process that its sockets and its watchdog are for (LISTEN_PID in sd_listen_fds(3),
/// WATCHDOG_PID in sd_watchdog_enabled(3)). If that is cppinit, this names the main child instead, which is the
/// service. LISTEN_PIDFDID is then removed: it still names cppinit's pidfd, so the main child would take the sockets
/// for another process's.
void name_main_child(char** envp, int cppinit, int main_child, EntriesForMainChild& entries);

}  // namespace core
