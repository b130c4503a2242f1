#include "core/proc_stat.h"

#include <cstdint>

#include "core/text.h"

namespace core {
namespace {

std::uint64_t to_unsigned(std::string_view word) {
    std::uint64_t number = 0;
    for (const char byte : word) {
        if (!is_digit(byte)) break;
        number = number * 10 + static_cast<std::uint64_t>(byte - '0');
    }
    return number;
}

int to_int(std::string_view word) {
    return static_cast<int>(to_unsigned(word));
}

/// The kernel writes sets of signals as 16 hexadecimal digits.
std::optional<SignalSet> parse_signal_set(std::string_view word) {
    std::uint64_t bits = 0;
    if (word.size() != 16) return std::nullopt;
    for (const char byte : word) {
        const bool is_letter = byte >= 'a' && byte <= 'f';
        if (!is_letter && !is_digit(byte)) return std::nullopt;
        bits = bits << 4 | static_cast<std::uint64_t>(is_letter ? byte - 'a' + 10 : byte - '0');
    }
    return SignalSet(bits);
}

/// The value in the line "NAME:\tVALUE".
std::optional<std::string_view> value_of(std::string_view status, std::string_view name) {
    while (!status.empty()) {
        const auto after_name = after_prefix(take_until('\n', status), name);
        if (const auto value = after_name ? after_prefix(*after_name, ":\t") : std::nullopt) return value;
    }
    return std::nullopt;
}

// The numbers that proc(5) gives to the fields of /proc/PID/stat.
enum Field : std::uint8_t {
    state_field = 3,
    parent_field = 4,
    group_field = 5,
    session_field = 6,
    terminal_field = 7,
    flags_field = 9,
    threads_field = 20,
    start_field = 22,
};

// The kernel's own flags (PF_KTHREAD and PF_FORKNOEXEC of linux/sched.h), which no header for programs declares. gVisor
// shows none.
constexpr std::uint64_t kernel_thread_flag = 0x20'0000;
constexpr std::uint64_t forked_without_exec_flag = 0x40;

}  // namespace

std::optional<ProcStat> parse_stat(std::string_view line) {
    ProcStat stat;
    stat.pid = to_int(line);
    // The name ends at the last bracket: it may itself hold some.
    const std::size_t name_end = line.rfind(')');
    if (stat.pid == 0 || name_end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(name_end);
    take_until(' ', line);
    for (int field = state_field; field <= start_field; ++field) {
        const std::string_view word = take_until(' ', line);
        if (word.empty()) return std::nullopt;
        if (field == state_field) stat.state = word.front();
        if (field == parent_field) stat.parent = to_int(word);
        if (field == group_field) stat.group = to_int(word);
        if (field == session_field) stat.session = to_int(word);
        if (field == terminal_field) stat.has_terminal = word != "0";
        if (field == flags_field) {
            const auto flags = to_unsigned(word);
            stat.is_kernel_thread = (flags & kernel_thread_flag) != 0;
            stat.has_executed = (flags & forked_without_exec_flag) == 0;
        }
        if (field == threads_field) stat.threads = to_int(word);
        if (field == start_field) {
            // Unsigned, because a line that no kernel writes would overflow.
            stat.started_at = static_cast<Milliseconds>(to_unsigned(word) * std::uint64_t{start_precision_ms});
        }
    }
    return stat;
}

std::string_view name_in(std::string_view line) {
    const std::size_t first = line.find('(') + 1;
    const std::size_t end = line.rfind(')');
    return end == std::string_view::npos || end < first ? std::string_view{} : line.substr(first, end - first);
}

std::optional<SignalSets> parse_signal_sets(std::string_view status) {
    const auto blocked = parse_signal_set(value_of(status, "SigBlk").value_or(""));
    const auto ignored = parse_signal_set(value_of(status, "SigIgn").value_or(""));
    const auto caught = parse_signal_set(value_of(status, "SigCgt").value_or(""));
    if (!blocked || !ignored || !caught) return std::nullopt;
    return SignalSets{*blocked, *ignored, *caught};
}

std::optional<int> parse_tracer(std::string_view status) {
    const auto tracer = value_of(status, "TracerPid");
    return tracer ? std::optional(to_int(*tracer)) : std::nullopt;
}

bool is_status_in_own_namespace(std::string_view status, int pid) {
    const auto number = value_of(status, "Pid");
    if (!number || to_int(*number) != pid) return false;
    // The number in each namespace, from the one that /proc shows down to the process's own. Before Linux 4.1 there is
    // no such line.
    const auto numbers = value_of(status, "NSpid");
    return !numbers || !numbers->contains('\t');
}

}  // namespace core
