#include "core/process.h"

#include "core/text.h"

namespace core {
namespace {

/// Takes the word in front of the next space.
std::string_view next_word(std::string_view& rest) {
    const auto sides = split(rest, ' ');
    const std::string_view word = sides ? sides->left : rest;
    rest = sides ? sides->right : std::string_view{};
    return word;
}

std::uint64_t to_unsigned(std::string_view word) {
    std::uint64_t number = 0;
    for (const char byte : word) {
        if (!is_digit(byte)) break;
        number = number * 10 + static_cast<std::uint64_t>(byte - '0');
    }
    return number;
}

// The numbers that proc(5) gives to the fields of /proc/PID/stat.
enum Field : std::uint8_t { first_field = 3, parent_field = 4, group_field = 5, start_field = 22, ignored_field = 33 };

// USER_HZ, in which the kernel tells times whatever its own clock is: 100 on every architecture that is built for.
constexpr std::uint64_t milliseconds_per_tick = 10;

}  // namespace

std::optional<Process> parse_process(std::string_view line) {
    Process process;
    process.pid = static_cast<int>(to_unsigned(line));
    // The name ends at the last bracket: it may itself hold some.
    const std::size_t name_end = line.rfind(')');
    if (process.pid == 0 || name_end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(name_end);
    (void)next_word(line);
    for (int field = first_field; field <= ignored_field; ++field) {
        const std::string_view word = next_word(line);
        if (word.empty()) return std::nullopt;
        if (field == parent_field) process.parent = static_cast<int>(to_unsigned(word));
        if (field == group_field) process.group = static_cast<int>(to_unsigned(word));
        if (field == start_field) {
            process.started_at = static_cast<Milliseconds>(to_unsigned(word) * milliseconds_per_tick);
        }
        if (field == ignored_field) process.ignored = SignalSet(to_unsigned(word));
    }
    return process;
}

bool is_selected(const Selection& selection, const Process& process) {
    return selection.group == 0 || process.group == selection.group;
}

bool was_reached(const Selection& selection, const Process& process) {
    const Reached& reached = selection.reached;
    if (reached.signal == 0 || process.started_at > reached.at || process.ignored.contains(reached.signal))
        return false;
    switch (reached.target) {
        case Target::everything: return true;
        case Target::group:
        case Target::group_leftovers: return process.group == selection.main_group;
        case Target::main_child: break;
    }
    return false;
}

}  // namespace core
