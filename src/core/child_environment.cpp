#include "core/child_environment.h"

#include <concepts>
#include <span>

#include "core/options.h"
#include "core/text.h"

namespace core {
namespace {

void remove_variables(char** envp, std::predicate<std::string_view> auto is_unwanted) {
    char** kept = envp;
    for (char** entry = envp; *entry != nullptr; ++entry) {
        const auto sides = split(*entry, '=');
        if (!sides || !is_unwanted(sides->left)) *kept++ = *entry;
    }
    *kept = nullptr;
}

/// `prefix` is the variable's name and its "=". Returns whether the variable named `from`, and now names `to`.
bool rename_process(char** envp, std::string_view prefix, int from, int to, std::span<char> entry_for_child) {
    bool is_renamed = false;
    for (char** entry = envp; *entry != nullptr; ++entry) {
        const auto value = after_prefix(*entry, prefix);
        if (!value || parse_number(*value, std::numeric_limits<int>::max()) != from) continue;
        TextWriter(entry_for_child.data(), entry_for_child.size()).add(prefix).add(to);
        *entry = entry_for_child.data();
        is_renamed = true;
    }
    return is_renamed;
}

}  // namespace

std::optional<std::string_view> value_of(char** envp, std::string_view name) {
    for (char** entry = envp; *entry != nullptr; ++entry) {
        const auto sides = split(*entry, '=');
        if (sides && sides->left == name) return sides->right;
    }
    return std::nullopt;
}

void remove_own_variables(char** envp) {
    remove_variables(envp, is_own_variable);
}

void name_main_child(char** envp, int cppinit, int main_child, EntriesForMainChild& entries) {
    const bool has_sockets = rename_process(envp, "LISTEN_PID=", cppinit, main_child, entries.listen_pid);
    const bool has_watchdog = rename_process(envp, "WATCHDOG_PID=", cppinit, main_child, entries.watchdog_pid);
    if (!has_sockets && !has_watchdog) return;
    remove_variables(envp, [](std::string_view name) { return name == "LISTEN_PIDFDID"; });
}

}  // namespace core
