#include "os/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "core/text.h"
#include "os/proc.h"

namespace os {
namespace {

// Deeper than any program's tree. What is deeper still comes nearer as those above it end.
constexpr int deepest = 1000;
// A walk ends after this long: whoever makes processes faster than they can be looked at must not hold cppinit.
constexpr core::Milliseconds longest_walk = 1000;

// Those that are held, and a few to look with. Below such a limit (RLIMIT_NOFILE) processes are looked at without
// handles.
constexpr std::uint64_t enough_descriptors = 32;

/// Sends through the handle where there is one: it never means another process. ESRCH: the process was waited for. Any
/// other error is a kernel's before Linux 5.1 (ENOSYS), or a filter's.
void send(pid_t pid, const std::optional<sys::Descriptor>& handle, int signal) {
    if (handle) {
        const auto sent = sys::pidfd_send_signal(handle->number(), signal);
        if (sent || sent.error().number == ESRCH) return;
    }
    (void)sys::kill(pid, signal);
}

}  // namespace

void Processes::send_to_all(int signal) {
    // The kernel reaches all in one go, and nothing can fork past it (kill(2), kernel/signal.c).
    if (own_pid_ == 1) return (void)sys::kill(-1, signal);
    if (signal == SIGKILL) kill_own_children();
    send_to({.signal = signal});
}

/// A process that forks and ends without end is gone from /proc before a walk comes to it, but what it left is a child
/// of cppinit at once. Cppinit's children need no look and no handle, because only cppinit can set their numbers free:
/// few microseconds lie between reading a number and its KILL.
void Processes::kill_own_children() const {
    // A long list is not read again at once: it is of dead ones, and of those that a walk finds.
    constexpr int most_rounds = 20;
    constexpr int short_list = 64;
    char path[sizeof "/proc/self/task//children" + 10];
    core::TextWriter text(path, sizeof path);
    text.add("/proc/self/task/").add(own_pid_).add("/children");
    const char* const children = text.c_string();
    int seen = 0;
    for (int round = 0; round < most_rounds && seen <= round * short_list; ++round) {
        const auto list = sys::open(children, O_RDONLY);
        if (!list) return;
        pid_t pid = 0;
        char numbers[512];
        for (;;) {
            const auto size = sys::read(list->number(), numbers, sizeof numbers);
            if (!size || *size == 0) break;
            for (const char byte : std::string_view(numbers, *size)) {
                if (core::is_digit(byte)) {
                    pid = pid * 10 + (byte - '0');
                } else if (pid != 0) {
                    (void)sys::kill(std::exchange(pid, 0), SIGKILL);
                    ++seen;
                }
            }
        }
    }
}

void Processes::send_to_group_leftovers(int signal) {
    // At one stroke, so that nothing forks past it, where the number is known to be the group's still. Nobody can tell
    // that a KILL came twice.
    if (signal == SIGKILL && sys::has_child(P_PGID, main_child_)) (void)sys::kill(-main_child_, signal);
    send_to({.signal = signal, .group = main_child_});
}

void Processes::terminate(const core::Reached& reached) {
    core::Selection selection{.signal = SIGTERM, .then_continue = true, .reached = reached, .main_group = main_child_};
    // What /proc tells of starts is of another clock.
    selection.reached.at += sys::clock_ms(CLOCK_BOOTTIME) - sys::clock_ms(CLOCK_MONOTONIC);
    send_to(selection);
}

void Processes::send_to(const core::Selection& selection) {
    if (!send_through_proc(selection)) send_without_proc(selection);
}

bool Processes::send_through_proc(const core::Selection& selection) {
    if (!proc_is_of_namespace(own_pid_)) return false;
    const auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (!proc || !read_process(own_pid_)) return false;
    uses_handles_ = sys::descriptor_limit() >= enough_descriptors;
    const core::Milliseconds give_up = sys::clock_ms(CLOCK_MONOTONIC) + longest_walk;
    NumberedEntries pids(*proc);
    bool is_listed = false;
    while (const auto pid = pids.next()) {
        is_listed = true;
        if (*pid != own_pid_) send_pinned(*pid, selection);
        if (sys::clock_ms(CLOCK_MONOTONIC) > give_up) break;
    }
    for (Ancestor& ancestor : held_) ancestor = {};
    // A filter may refuse the listing alone.
    return is_listed;
}

/// First pins the process, then looks at it, then signals what was pinned: if the number became another's in between,
/// the signal finds nobody. Without handles only the moment between the last look and kill(2) is open.
void Processes::send_pinned(pid_t pid, const core::Selection& selection) {
    std::optional<sys::Descriptor> handle;
    if (uses_handles_) {
        if (auto opened = sys::pidfd_open(pid)) handle.emplace(std::move(*opened));
    }
    const auto process = read_process(pid);
    if (!process || !is_under(*process)) return;
    if (core::is_selected(selection, *process)) {
        if (!core::was_reached(selection, *process)) send(pid, handle, selection.signal);
        if (selection.then_continue) send(pid, handle, SIGCONT);
    }
    hold(pid, std::move(handle));
}

/// Whom kill(2) can reach without /proc: as PID 1 everything, elsewhere the group that the main child led. The number
/// of the group is used only while a child of cppinit is in it and so keeps it: only cppinit could make that child's
/// place free.
std::optional<pid_t> Processes::target_without_proc(const core::Selection& selection) const {
    if (own_pid_ == 1 && selection.group == 0) return -1;
    // --pause: there is no group, and 0 would be cppinit's own.
    if (main_child_ == 0) return std::nullopt;
    if (sys::has_child(P_PGID, main_child_)) return -main_child_;
    if (sys::has_child(P_PID, main_child_)) return main_child_;
    return std::nullopt;
}

void Processes::send_without_proc(const core::Selection& selection) {
    const auto target = target_without_proc(selection);
    if (!target) return;
    // Who is in the group was reached by what went to the group; of single processes nothing is known, nor who ignores
    // INT.
    const core::Reached& reached = selection.reached;
    const bool all_reached =
        reached.signal == SIGTERM && (reached.target == core::Target::everything ||
                                      (reached.target == core::Target::group && *target == -main_child_));
    if (!all_reached) (void)sys::kill(*target, selection.signal);
    if (selection.then_continue) (void)sys::kill(*target, SIGCONT);
}

/// The same chain of parents twice in a row: a parent that ended and gave its number to another in between would have
/// given its children to somebody else, so that each link held true for as long as the links above it were looked at.
/// Where a parent did end, which is what this very walk brings about, another look tells the new chain.
bool Processes::is_under(const core::Process& process) const {
    constexpr int most_looks = 10;
    if (own_pid_ == 1 || process.parent == own_pid_) return true;
    auto trail = trail_to_own(process.pid);
    for (int look = 1; look < most_looks; ++look) {
        const auto again = trail_to_own(process.pid);
        if (trail && trail == again) return true;
        trail = again;
    }
    return false;
}

/// The chain of parents up to cppinit, or to one that is held, as a number; none where it leads elsewhere.
std::optional<std::uint32_t> Processes::trail_to_own(pid_t pid) const {
    std::uint32_t trail = 0;
    for (int depth = 0; depth < deepest; ++depth) {
        const auto process = read_process(pid);
        if (!process) return std::nullopt;
        pid = process->parent;
        // FNV-1a, the prime of 32 bits.
        trail = (trail ^ static_cast<std::uint32_t>(pid)) * 16777619U;
        if (pid == own_pid_ || is_held_ancestor(pid)) return trail;
        if (pid <= 1) return std::nullopt;
    }
    return std::nullopt;
}

bool Processes::is_held_ancestor(pid_t pid) const {
    for (const Ancestor& ancestor : held_) {
        if (ancestor.pid == pid && ancestor.handle) {
            // Signal 0 is sent to nobody; it fails once the number was set free.
            return sys::pidfd_send_signal(ancestor.handle->number(), 0).has_value();
        }
    }
    return false;
}

void Processes::hold(pid_t pid, std::optional<sys::Descriptor> handle) {
    held_[next_held_] = {pid, std::move(handle)};
    next_held_ = (next_held_ + 1) % held_.size();
}

}  // namespace os
