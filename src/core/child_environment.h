#pragma once

#include <limits>
#include <optional>
#include <string_view>

/// What cppinit reads in an environment (environ(7)) and changes in it for the main child. Entries are replaced and
/// taken out in place, so that nothing is copied; all others stay as they are, in their order.
namespace core {

/// The value of a variable, the first one's where it is there twice (getenv(3)).
[[nodiscard]] std::optional<std::string_view> value_of(char** envp, std::string_view name);

/// Takes out the variables that is_own_variable() names: they were for this cppinit, and are not to configure another
/// one that the main child may start.
void remove_own_variables(char** envp);

/// Room for the entries that name the main child. It must live until exec.
struct EntriesForMainChild {
    static constexpr int digits = std::numeric_limits<int>::digits10 + 1;

    char listen_pid[sizeof "LISTEN_PID=" + digits];
    char watchdog_pid[sizeof "WATCHDOG_PID=" + digits];
};

/// A service manager says by pid for whom its sockets and its watchdog are (LISTEN_PID in sd_listen_fds(3),
/// WATCHDOG_PID in sd_watchdog_enabled(3)). Where that is cppinit, they are for the main child, which was given them
/// through cppinit. LISTEN_PIDFDID is then taken out: it names cppinit's pidfd, and the main child would take the
/// sockets for another's.
void name_main_child(char** envp, int cppinit, int main_child, EntriesForMainChild& entries);

}  // namespace core
