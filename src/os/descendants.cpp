#include "os/descendants.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "core/text.h"
#include "os/procfs.h"

namespace os {
namespace {

// Deeper than any program's tree. What is deeper still comes nearer as those above it end.
constexpr int deepest = 1000;
// A walk ends after this long: whoever makes processes faster than they can be looked at must not hold cppinit.
constexpr core::Milliseconds longest_walk = 1000;

// Those that are held, and a few to look with. Below such a limit (RLIMIT_NOFILE) processes are looked at without
// handles.
constexpr std::uint64_t enough_descriptors = 32;

/// Sends through the handle where there is one: it never means another process. ENOSYS before Linux 5.1, EPERM under a
/// filter.
void send(pid_t pid, const std::optional<sys::Descriptor>& handle, int signal) {
    if (handle) {
        const auto sent = sys::pidfd_send_signal(handle->number(), signal);
        if (sent || (sent.error().number != ENOSYS && sent.error().number != EPERM)) return;
    }
    (void)sys::kill(pid, signal);
}

}  // namespace

void Descendants::send_to_all(int signal) {
    // The kernel reaches all in one go, and nothing can fork past it (kill(2), kernel/signal.c).
    if (own_pid_ == 1) return (void)sys::kill(-1, signal);
    if (signal == SIGKILL) kill_own_children();
    send_to({.signal = signal});
}

/// A process that forks and ends without end is gone from /proc before a walk comes to it, but what it left is a child
/// of cppinit at once. Cppinit's children need no look and no handle, because only cppinit can set their numbers free:
/// few microseconds lie between reading a number and its KILL.
void Descendants::kill_own_children() const {
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

void Descendants::send_to_group_leftovers(int signal) {
    if (!main_child_) return;
    // At one stroke, so that nothing forks past it, where the number is known to be the group's still. Nobody can tell
    // that a KILL came twice.
    if (signal == SIGKILL && sys::has_child(P_PGID, *main_child_)) (void)sys::kill(-*main_child_, signal);
    send_to({.signal = signal, .group = main_child_});
}

void Descendants::continue_stopped() {
    send_to({.continues_stopped = true});
}

void Descendants::continue_stopped_group() {
    if (main_child_) send_to({.group = main_child_, .continues_stopped = true});
}

void Descendants::terminate(const core::Reached& reached) {
    Errand errand{.signal = SIGTERM, .reached = reached, .hangs_up = true, .continues_stopped = true};
    // What /proc tells of starts is of another clock.
    const core::Milliseconds offset = sys::clock_ms(CLOCK_BOOTTIME) - sys::clock_ms(CLOCK_MONOTONIC);
    for (auto* reach : {&errand.reached.term, &errand.reached.other}) {
        if (*reach) (*reach)->at += offset;
    }
    send_to(errand);
}

bool Descendants::proceed() {
    return false;
}

bool Descendants::others_live() {
    // The kernel counts zombies too.
    if (const auto exist = sys::kill(-1, 0); !exist && exist.error().number == ESRCH) return false;
    const auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (!proc || !proc_is_of_namespace(own_pid_)) return true;
    bool zombies_exist = false;
    NumberedEntries pids(*proc);
    while (const auto pid = pids.next()) {
        const auto process = read_stat(*pid);
        if (*pid == own_pid_ || !process) continue;
        if (!process->is_dead()) return true;
        zombies_exist = true;
    }
    // Somebody exists whom /proc does not show.
    return !zombies_exist;
}

std::optional<pid_t> Descendants::next_remaining() {
    const auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (proc && proc_is_of_namespace(own_pid_)) {
        NumberedEntries pids(*proc);
        while (const auto pid = pids.next()) {
            if (*pid <= listed_up_to_ || *pid == own_pid_) continue;
            const auto process = read_stat(*pid);
            if (!process || process->is_dead() || !is_under(*process)) continue;
            listed_up_to_ = *pid;
            return pid;
        }
    }
    listed_up_to_ = 0;
    return std::nullopt;
}

void Descendants::send_to(const Errand& errand) {
    if (!send_through_proc(errand)) send_without_proc(errand);
}

bool Descendants::send_through_proc(const Errand& errand) {
    if (!proc_is_of_namespace(own_pid_)) return false;
    const auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (!proc || !read_stat(own_pid_)) return false;
    uses_handles_ = sys::descriptor_limit() >= enough_descriptors;
    const core::Milliseconds give_up = sys::clock_ms(CLOCK_MONOTONIC) + longest_walk;
    NumberedEntries pids(*proc);
    while (const auto pid = pids.next()) {
        if (*pid != own_pid_) send_pinned(*pid, errand);
        if (sys::clock_ms(CLOCK_MONOTONIC) > give_up) break;
    }
    for (Ancestor& ancestor : held_) ancestor = {};
    return true;
}

/// First pins the process, then looks at it, then signals what was pinned: if the number became another's in between,
/// the signal finds nobody. Without handles only the moment between the last look and kill(2) is open.
void Descendants::send_pinned(pid_t pid, const Errand& errand) {
    std::optional<sys::Descriptor> handle;
    if (uses_handles_) {
        if (auto opened = sys::pidfd_open(pid)) handle.emplace(std::move(*opened));
    }
    const auto process = read_stat(pid);
    if (!process || !is_under(*process)) return;
    if (!errand.group || process->group == *errand.group) send_to_process(*process, handle, errand);
    hold(pid, std::move(handle));
}

void Descendants::send_to_process(const core::ProcStat& process, const std::optional<sys::Descriptor>& handle,
                                  const Errand& errand) const {
    const bool hangs_up = errand.hangs_up && process.leads_session_with_terminal();
    const auto signals = hangs_up || errand.reached.other ? read_signal_sets(process.pid) : std::nullopt;
    if (errand.signal && !core::was_reached(errand.reached, main_child_, process, signals)) {
        send(process.pid, handle, *errand.signal);
    }
    if (hangs_up && core::is_hung_up(process, signals)) send(process.pid, handle, SIGHUP);
    if (!errand.continues_stopped) return;
    // Looked at after the signal: one that stops in between must not keep it pending.
    if (const auto now = read_stat(process.pid); now && now->is_stopped()) send(process.pid, handle, SIGCONT);
}

/// Whom kill(2) can reach without /proc: as PID 1 everything, elsewhere the group that the main child led. The number
/// of the group is used only while a child of cppinit is in it and so keeps it: only cppinit could make that child's
/// place free.
std::optional<pid_t> Descendants::target_without_proc(const Errand& errand) const {
    if (own_pid_ == 1 && !errand.group) return -1;
    if (!main_child_) return std::nullopt;
    if (sys::has_child(P_PGID, *main_child_)) return -*main_child_;
    if (sys::has_child(P_PID, *main_child_)) return main_child_;
    return std::nullopt;
}

void Descendants::send_without_proc(const Errand& errand) {
    const auto target = target_without_proc(errand);
    if (!target) return;
    // Of the receivers only their group is known.
    core::ProcStat receiver;
    if (main_child_ && *target == -*main_child_) receiver.group = *main_child_;
    const bool is_reached = core::was_reached(errand.reached, main_child_, receiver, std::nullopt);
    if (errand.signal && !is_reached) (void)sys::kill(*target, *errand.signal);
    if (errand.continues_stopped) (void)sys::kill(*target, SIGCONT);
}

/// The same chain of parents twice in a row: a parent that ended and gave its number to another in between would have
/// given its children to somebody else, so that each link held true for as long as the links above it were looked at.
/// Where a parent did end, which is what this very walk brings about, another look tells the new chain.
bool Descendants::is_under(const core::ProcStat& process) const {
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
std::optional<std::uint32_t> Descendants::trail_to_own(pid_t pid) const {
    std::uint32_t trail = 0;
    for (int depth = 0; depth < deepest; ++depth) {
        const auto process = read_stat(pid);
        if (!process) return std::nullopt;
        pid = process->parent;
        // FNV-1a, the prime of 32 bits.
        trail = (trail ^ static_cast<std::uint32_t>(pid)) * 16777619U;
        if (pid == own_pid_ || is_held_ancestor(pid)) return trail;
        if (pid <= 1) return std::nullopt;
    }
    return std::nullopt;
}

bool Descendants::is_held_ancestor(pid_t pid) const {
    for (const Ancestor& ancestor : held_) {
        if (ancestor.pid == pid && ancestor.handle) {
            // Signal 0 is sent to nobody; it fails once the number was set free.
            return sys::pidfd_send_signal(ancestor.handle->number(), 0).has_value();
        }
    }
    return false;
}

void Descendants::hold(pid_t pid, std::optional<sys::Descriptor> handle) {
    held_[next_held_] = {pid, std::move(handle)};
    next_held_ = (next_held_ + 1) % held_.size();
}

}  // namespace os
