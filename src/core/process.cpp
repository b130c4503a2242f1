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
enum Field : std::uint8_t {
    state_field = 3,
    parent_field = 4,
    group_field = 5,
    threads_field = 20,
    start_field = 22,
    ignored_field = 33
};

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
    for (int field = state_field; field <= ignored_field; ++field) {
        const std::string_view word = next_word(line);
        if (word.empty()) return std::nullopt;
        if (field == state_field) process.state = word.front();
        if (field == threads_field) process.threads = static_cast<int>(to_unsigned(word));
        if (field == parent_field) process.parent = static_cast<int>(to_unsigned(word));
        if (field == group_field) process.group = static_cast<int>(to_unsigned(word));
        if (field == start_field) {
            process.started_at = static_cast<Milliseconds>(to_unsigned(word) * milliseconds_per_tick);
        }
        if (field == ignored_field) process.ignored = SignalSet(to_unsigned(word));
    }
    return process;
}

std::string_view name_in(std::string_view line) {
    const std::size_t first = line.find('(') + 1;
    const std::size_t end = line.rfind(')');
    return end == std::string_view::npos || end < first ? std::string_view{} : line.substr(first, end - first);
}

void write_age(Milliseconds age, TextWriter& out) {
    std::int64_t rest = age / 1000;
    struct Unit {
        char letter;
        std::uint8_t lasts;
    };
    constexpr Unit units[] = {{'s', 60}, {'m', 60}, {'h', 24}};
    for (const auto& [letter, lasts] : units) {
        if (rest < lasts) return (void)out.add(rest).add({&letter, 1});
        rest /= lasts;
    }
    out.add(rest).add("d");
}

void write_command(std::string_view cmdline, std::string_view name, TextWriter& out) {
    if (cmdline.empty()) return (void)out.add("[").add_printable(name).add("]");
    // Each word ends in a zero byte.
    cmdline.remove_suffix(cmdline.ends_with('\0'));
    out.add_printable(cmdline);
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
