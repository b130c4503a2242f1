#include "sim/kernel.h"

#include <errno.h>
#include <signal.h>

#include <algorithm>

namespace sim {
namespace {

// signal(7): what the default actions are.
constexpr SignalSet stop_signals = SignalSet::of({SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU});
constexpr SignalSet ignored_by_default = SignalSet::of({SIGCHLD, SIGURG, SIGWINCH, SIGCONT});
constexpr SignalSet unblockable = SignalSet::of({SIGKILL, SIGSTOP});
// Only real-time signals are queued; others merge (signal(7); kernel/signal.c, legacy_queue).
constexpr int first_queued_signal = 32;

bool ends_by_default(int signal) {
    return !stop_signals.contains(signal) && !ignored_by_default.contains(signal);
}

}  // namespace

bool Process::has_pending(int signal) const {
    return std::ranges::any_of(pending, [signal](const auto& entry) { return entry.signal == signal; });
}

std::vector<pid_t> Process::numbers_of_threads() const {
    return other_thread != 0 ? std::vector{pid, other_thread} : std::vector{pid};
}

void Process::remove_pending(SignalSet signals) {
    std::erase_if(pending, [signals](const auto& entry) { return signals.contains(entry.signal); });
}

// ---- the world ----

Process& Kernel::add_process(pid_t pid, pid_t parent) {
    Process process;
    process.id = next_id_++;
    process.birth = next_birth_++;
    process.pid = process.group = process.session = pid;
    process.parent = parent;
    process.started_at = now;
    return processes_.emplace_back(process);
}

Process* Kernel::find(pid_t pid) {
    const auto found = std::ranges::find(processes_, pid, &Process::pid);
    return found == processes_.end() ? nullptr : &*found;
}

Process* Kernel::find_id(int id) {
    const auto found = std::ranges::find(processes_, id, &Process::id);
    return found == processes_.end() ? nullptr : &*found;
}

Process& Kernel::at(pid_t pid) {
    Process* const process = find(pid);
    if (process == nullptr) __builtin_trap();
    return *process;
}

bool Kernel::descends_from(const Process& process, pid_t ancestor) const {
    for (const Process* above = &process; above != nullptr; above = find(above->parent)) {
        if (above->parent == ancestor) return true;
    }
    return false;
}

bool Kernel::is_taken(pid_t number) const {
    return std::ranges::any_of(processes_, [number](const Process& process) {
        return process.pid == number || process.group == number || process.session == number ||
               process.other_thread == number;
    });
}

/// The kernel takes the next number and begins anew at its end (kernel/pid.c, idr_alloc_cyclic). Any number of
/// processes may have come and gone in between, so that any number that is free can be the next one: the model takes
/// the one that became free last, which somebody may still have in mind.
pid_t Kernel::next_pid() const {
    for (auto number = freed_.rbegin(); number != freed_.rend(); ++number) {
        if (!is_taken(*number)) return *number;
    }
    pid_t number = 2;
    while (is_taken(number)) ++number;
    return number;
}

// ---- the calls of processes ----

/// kernel/fork.c, copy_process: no pending signals, no parent death signal, not a subreaper itself.
Process& Kernel::fork(pid_t parent, int exit_signal) {
    Process child = at(parent);
    child.id = next_id_++;
    child.birth = next_birth_++;
    child.pid = next_pid();
    child.parent = parent;
    child.parent_thread = at(parent).running_thread();
    child.other_thread = 0;
    child.first_thread_has_ended = false;
    child.has_called_exec = false;
    child.state = Process::State::running;
    child.started_at = now;
    child.is_subreaper = false;
    child.pending.clear();
    child.dies_of.reset();
    child.has_news = false;
    child.parent_death_signal = 0;
    child.exit_signal = exit_signal;
    child.execs_of_parent = child.execs;
    if (watcher_ != nullptr) watcher_->on_fork(at(parent), child);
    return processes_.emplace_back(child);
}

/// execve(2): caught signals get their default action, and the exit signal is SIGCHLD (fs/exec.c, de_thread);
/// everything else stays.
void Kernel::exec(pid_t pid) {
    at(pid).caught = {};
    at(pid).has_called_exec = true;
    at(pid).exit_signal = SIGCHLD;
    ++at(pid).execs;
    at(pid).is_cppinit = false;
}

/// kernel/exit.c, find_new_reaper: the nearest subreaper among the ancestors, or PID 1.
pid_t Kernel::reaper_for(const Process& dead) const {
    for (const Process* above = find(dead.parent); above != nullptr; above = find(above->parent)) {
        if (above->is_subreaper) return above->pid;
    }
    return 1;
}

/// kernel/exit.c, do_exit and exit_notify.
void Kernel::exit(pid_t pid, int wait_status) {
    {
        Process& process = at(pid);
        process.dies_of.reset();
        process.wait_status = wait_status;
        process.has_news = false;
        // disassociate_ctty: the end of a session's leader hangs up its terminal.
        if (process.session == pid && has_terminal(process)) {
            const pid_t group = foreground;
            terminal_session = foreground = 0;
            if (group != 0) {
                send_to_group(group, SIGHUP);
                send_to_group(group, SIGCONT);
            }
        }
        process.other_thread = 0;
        // Not before: its own group may be the foreground.
        process.state = Process::State::zombie;
        process.pending.clear();
    }
    const pid_t reaper = reaper_for(at(pid));
    std::vector<pid_t> zombies;
    for (const pid_t number : children_of(pid)) {
        Process& child = at(number);
        child.parent = reaper;
        // kernel/exit.c, reparent_leader.
        child.exit_signal = SIGCHLD;
        child.parent_thread = at(reaper).running_thread();
        child.birth = next_birth_++;
        if (child.parent_death_signal != 0 && child.is_alive()) send(pid, child, child.parent_death_signal, SI_USER);
        if (!child.is_alive()) zombies.push_back(number);
        hang_up_if_orphaned(at(number), pid, nullptr);
    }
    for (const pid_t number : zombies) notify_parent(at(number), CLD_EXITED);
    hang_up_if_orphaned(at(pid), at(pid).parent, &at(pid));
    notify_parent(at(pid), CLD_EXITED);
}

/// clone(2) with CLONE_THREAD.
void Kernel::start_thread(pid_t pid) {
    at(pid).other_thread = next_pid();
}

/// kernel/exit.c, exit_notify: the parent hears nothing before the last thread ends (delay_group_leader), and the
/// children are in another thread's list from now on (find_alive_thread). To them, a parent has ended (prctl(2),
/// PR_SET_PDEATHSIG).
void Kernel::end_first_thread(pid_t pid) {
    at(pid).first_thread_has_ended = true;
    at(pid).blocked_by_first_thread = at(pid).blocked;
    for (const pid_t number : children_of(pid)) {
        Process& child = at(number);
        child.parent_thread = at(pid).other_thread;
        child.birth = next_birth_++;
        if (child.parent_death_signal != 0 && child.is_alive()) send(pid, child, child.parent_death_signal, SI_USER);
    }
}

/// kernel/signal.c, do_notify_parent: a parent that ignores SIGCHLD has its children reaped by the kernel. One that has
/// called exec since the fork gets SIGCHLD, whatever was agreed before.
void Kernel::notify_parent(Process& process, int code) {
    Process* const parent = find(process.parent);
    const bool is_as_agreed = parent != nullptr && parent->execs == process.execs_of_parent;
    const int signal = is_as_agreed ? process.exit_signal : SIGCHLD;
    // A guest's parent is outside, and waits for it.
    if (parent == nullptr || (signal == SIGCHLD && parent->ignored.contains(SIGCHLD))) return remove(process.pid);
    if (signal != 0) send(process.pid, *parent, signal, code);
}

/// kernel/signal.c, do_notify_parent_cldstop.
void Kernel::notify_of_stop(const Process& process, int code) {
    Process* const parent = find(process.parent);
    if (parent != nullptr && !parent->ignored.contains(SIGCHLD)) send(process.pid, *parent, SIGCHLD, code);
}

void Kernel::remove(pid_t pid) {
    std::erase_if(processes_, [pid](const Process& process) { return process.pid == pid; });
    std::erase(freed_, pid);
    freed_.push_back(pid);
}

bool Kernel::is_orphaned(pid_t group, const Process* without) const {
    return std::ranges::none_of(processes_, [&](const Process& process) {
        const Process* const parent = find(process.parent);
        return process.group == group && &process != without && process.is_alive() && parent != nullptr &&
               parent->group != group && parent->session == process.session;
    });
}

/// kernel/exit.c, kill_orphaned_pgrp: a group with stopped members that nobody could continue any more.
void Kernel::hang_up_if_orphaned(const Process& process, pid_t parent, const Process* without) {
    const Process* const above = find(parent);
    const pid_t group = process.group;
    const bool was_bound = above != nullptr && above->group != group && above->session == process.session;
    const bool has_stopped = std::ranges::any_of(processes_, [group](const Process& member) {
        return member.group == group && member.state == Process::State::stopped;
    });
    if (!was_bound || !has_stopped || !is_orphaned(group, without)) return;
    send_to_group(group, SIGHUP);
    send_to_group(group, SIGCONT);
}

int Kernel::setsid(pid_t pid) {
    // setsid(2): EPERM where the caller's number is that of a group.
    for (const Process& process : processes_) {
        if (process.group == pid) return EPERM;
    }
    Process& process = at(pid);
    process.session = process.group = pid;
    process.has_terminal = false;
    return 0;
}

/// setpgid(2).
int Kernel::setpgid(pid_t caller, pid_t pid, pid_t group) {
    if (pid == 0) pid = caller;
    if (group == 0) group = pid;
    const bool is_thread = std::ranges::find(processes_, pid, &Process::other_thread) != processes_.end();
    if (is_thread) return EINVAL;
    Process* const process = find(pid);
    if (process == nullptr || (pid != caller && process->parent != caller)) return ESRCH;
    if (process->session != at(caller).session) return EPERM;
    if (pid != caller && process->has_called_exec) return EACCES;
    if (process->session == pid) return EPERM;
    const bool exists = std::ranges::any_of(
        processes_, [&](const Process& member) { return member.group == group && member.session == process->session; });
    if (group != pid && !exists) return EPERM;
    process->group = group;
    return 0;
}

/// kernel/signal.c, sig_ignored: a blocked signal is never ignored; PID 1 ignores what it has no handler for.
bool Kernel::is_ignored(const Process& process, int signal) const {
    if (process.blocked.contains(signal) && !unblockable.contains(signal)) return false;
    if (process.ignored.contains(signal)) return true;
    if (process.caught.contains(signal)) return false;
    return process.pid == 1 || ignored_by_default.contains(signal);
}

/// kernel/signal.c, __send_signal_locked with prepare_signal and complete_signal.
void Kernel::send(pid_t sender, Process& receiver, int signal, int code) {
    if (watcher_ != nullptr) watcher_->on_signal(sender, receiver, signal);
    if (signal == 0 || !receiver.is_alive() || receiver.dies_of) return;
    if (stop_signals.contains(signal)) receiver.remove_pending(SignalSet::only(SIGCONT));
    if (signal == SIGCONT) {
        receiver.remove_pending(stop_signals);
        if (receiver.state == Process::State::stopped) {
            receiver.state = Process::State::running;
            receiver.has_news = false;
            notify_of_stop(receiver, CLD_CONTINUED);
        }
    }
    if (is_ignored(receiver, signal)) return;
    const bool merges = signal < first_queued_signal && receiver.has_pending(signal);
    if (!merges) receiver.pending.push_back({signal, code, sender});
    const bool is_default = !receiver.caught.contains(signal) && !receiver.ignored.contains(signal);
    const bool is_open = !receiver.blocked.contains(signal) && receiver.state == Process::State::running;
    if (signal == SIGKILL || (is_default && is_open && ends_by_default(signal))) {
        receiver.dies_of = signal;
        receiver.state = Process::State::running;
    }
}

/// kill(2); kernel/signal.c, kill_something_info: zombies count, and -1 leaves out PID 1 and the caller.
int Kernel::kill(pid_t sender, pid_t target, int signal) {
    std::vector<pid_t> receivers;
    const pid_t group = target == 0 ? at(sender).group : -target;
    for (const Process& process : processes_) {
        // Any thread's number will do.
        const bool is_meant = target > 0     ? process.pid == target || process.other_thread == target
                              : target == -1 ? process.pid > 1 && process.pid != sender
                                             : process.group == group;
        if (is_meant) receivers.push_back(process.pid);
    }
    for (const pid_t pid : receivers) {
        // The end of one can make the kernel reap another.
        if (Process* const receiver = find(pid)) send(sender, *receiver, signal, SI_USER);
    }
    return receivers.empty() ? ESRCH : 0;
}

void Kernel::send_to_group(pid_t group, int signal) {
    for (std::size_t index = 0; index < processes_.size(); ++index) {
        if (processes_[index].group == group) send(nobody, processes_[index], signal, SI_KERNEL);
    }
}

std::optional<PendingSignal> Kernel::take(pid_t pid, SignalSet signals) {
    auto& pending = at(pid).pending;
    auto lowest = pending.end();
    for (auto entry = pending.begin(); entry != pending.end(); ++entry) {
        const bool is_wanted = signals.contains(entry->signal) && !unblockable.contains(entry->signal);
        if (is_wanted && (lowest == pending.end() || entry->signal < lowest->signal)) lowest = entry;
    }
    if (lowest == pending.end()) return std::nullopt;
    const PendingSignal taken = *lowest;
    pending.erase(lowest);
    return taken;
}

std::vector<pid_t> Kernel::children_of(pid_t parent) const {
    std::vector<const Process*> children;
    for (const Process& process : processes_) {
        if (process.parent == parent) children.push_back(&process);
    }
    std::ranges::sort(children, {}, &Process::birth);
    std::vector<pid_t> pids;
    for (const Process* const child : children) pids.push_back(child->pid);
    return pids;
}

/// kernel/exit.c, do_wait: the first child in the list that has news.
int Kernel::wait(pid_t parent, const WaitFor& which, Waited& waited) {
    bool has_child = false;
    for (const pid_t pid : children_of(parent)) {
        Process& child = at(pid);
        if (which.kind == WaitFor::Kind::pid && pid != which.number) continue;
        if (which.kind == WaitFor::Kind::group && child.group != which.number) continue;
        // kernel/exit.c, eligible_child.
        if (!which.of_any_kind && child.exit_signal != SIGCHLD) continue;
        has_child = true;
        const bool ended = which.ended && !child.is_alive();
        const bool stopped = which.stopped && child.state == Process::State::stopped && child.has_news;
        if (!ended && !stopped) continue;
        waited = {pid, child.wait_status};
        if (which.leaves_it) return 0;
        child.has_news = false;
        if (ended) remove(pid);
        return 0;
    }
    waited = {};
    return has_child ? 0 : ECHILD;
}

bool Kernel::has_to_act(const Process& process) const {
    if (process.is_hung || process.state != Process::State::running) return false;
    if (process.dies_of) return true;
    return std::ranges::any_of(process.pending, [&](const auto& entry) {
        return !process.blocked.contains(entry.signal) || unblockable.contains(entry.signal);
    });
}

void Kernel::act(pid_t pid) {
    while (has_to_act(at(pid))) {
        Process& process = at(pid);
        if (process.dies_of) return exit(pid, *process.dies_of);
        auto open = SignalSet(~process.blocked.bits() | unblockable.bits());
        auto next = process.pending.end();
        for (auto entry = process.pending.begin(); entry != process.pending.end(); ++entry) {
            const bool is_first = next == process.pending.end() || entry->signal < next->signal;
            if (open.contains(entry->signal) && is_first) next = entry;
        }
        const int signal = next->signal;
        process.pending.erase(next);
        const bool has_own_action = process.caught.contains(signal) || process.ignored.contains(signal);
        if ((has_own_action && !unblockable.contains(signal)) || ignored_by_default.contains(signal)) continue;
        if (pid == 1) continue;
        if (!stop_signals.contains(signal)) return exit(pid, signal);
        // The terminal's stop signals do nothing to an orphaned group (setpgid(2)).
        if (signal != SIGSTOP && is_orphaned(process.group)) continue;
        process.state = Process::State::stopped;
        process.wait_status = signal << 8 | 0x7f;
        process.has_news = true;
        return notify_of_stop(process, CLD_STOPPED);
    }
}

void Kernel::set_blocked(pid_t pid, SignalSet blocked) {
    at(pid).blocked = blocked.without(unblockable);
}

/// sigaction(2): what is pending and ignored now is discarded, blocked or not (POSIX; kernel/signal.c, do_sigaction).
void Kernel::set_disposition(pid_t pid, int signal, Disposition disposition) {
    Process& process = at(pid);
    const auto only = SignalSet::only(signal);
    process.ignored = process.ignored.without(only);
    process.caught = process.caught.without(only);
    if (disposition == Disposition::caught) return process.caught.add(signal);
    if (disposition == Disposition::ignored) process.ignored.add(signal);
    if (disposition == Disposition::ignored || ignored_by_default.contains(signal)) process.remove_pending(only);
}

// ---- the terminal ----

void Kernel::send_to_foreground(int signal) {
    if (foreground != 0) send_to_group(foreground, signal);
}

/// drivers/tty/tty_jobctrl.c, __tty_check_change and tiocspgrp.
int Kernel::tcsetpgrp(pid_t caller, pid_t group) {
    const Process& process = at(caller);
    if (!has_terminal(process)) return ENOTTY;
    const bool minds = !process.blocked.contains(SIGTTOU) && !process.ignored.contains(SIGTTOU);
    if (process.group != foreground && minds) {
        // EIO, of which tiocspgrp makes ENOTTY.
        if (is_orphaned(process.group)) return ENOTTY;
        send_to_group(process.group, SIGTTOU);
        return EINTR;
    }
    // session_of_pgrp: the number of any process or thread will do.
    auto member = std::ranges::find(processes_, group, &Process::group);
    if (member == processes_.end()) member = std::ranges::find(processes_, group, &Process::pid);
    if (member == processes_.end()) member = std::ranges::find(processes_, group, &Process::other_thread);
    if (member == processes_.end()) return ESRCH;
    if (member->session != process.session) return EPERM;
    foreground = group;
    return 0;
}

/// drivers/tty/n_tty.c, job_control.
int Kernel::read_terminal(pid_t caller) {
    const Process& process = at(caller);
    if (!has_terminal(process) || process.group == foreground) return EAGAIN;
    const bool is_refused = process.blocked.contains(SIGTTIN) || process.ignored.contains(SIGTTIN);
    if (is_refused || is_orphaned(process.group)) return EIO;
    send_to_group(process.group, SIGTTIN);
    return EINTR;
}

/// drivers/tty/tty_jobctrl.c, tiocsctty.
int Kernel::take_terminal(pid_t caller) {
    Process& process = at(caller);
    if (process.has_terminal && process.session == caller && terminal_session == caller) return 0;
    if (process.session != caller || terminal_session != 0) return EPERM;
    process.has_terminal = true;
    terminal_session = caller;
    foreground = process.group;
    return 0;
}

/// drivers/tty/tty_jobctrl.c, disassociate_ctty.
int Kernel::give_up_terminal(pid_t caller) {
    const Process& process = at(caller);
    if (!has_terminal(process) || process.session != caller) return ENOTTY;
    const pid_t group = foreground;
    terminal_session = foreground = 0;
    if (group != 0) {
        send_to_group(group, SIGHUP);
        send_to_group(group, SIGCONT);
    }
    return 0;
}

// ---- /proc ----

/// proc(5), /proc/PID/stat: 22 fields are enough.
std::string Kernel::stat(const Process& process) const {
    constexpr Milliseconds tick_ms = 10;
    const bool reads_as_dead = !process.is_alive() || process.first_thread_has_ended;
    const char* const state = reads_as_dead                              ? "Z"
                              : process.state == Process::State::stopped ? "T"
                              : process.is_hung                          ? "D"
                                                                         : "S";
    const auto number = [](auto value) { return " " + std::to_string(value); };
    return std::to_string(process.pid) + " (" + process.name() + ") " + state + number(process.parent) +
           number(process.group) + number(process.session) + (has_terminal(process) ? " 34816" : " 0") +
           number(has_terminal(process) ? foreground : -1) + " 0 0 0 0 0 0 0 0 0 20 0" +
           number(process.numbers_of_threads().size()) + " 0" + number(process.started_at / tick_ms) + " 0 0\n";
}

std::string Kernel::status(const Process& process) const {
    const auto set = [](const char* name, SignalSet signals) {
        constexpr char digits[] = "0123456789abcdef";
        std::string line = std::string(name) + ":\t";
        for (int shift = 60; shift >= 0; shift -= 4) line += digits[signals.bits() >> shift & 0xf];
        return line + "\n";
    };
    SignalSet pending;
    for (const auto& entry : process.pending) pending.add(entry.signal);
    const std::string pid = std::to_string(process.pid);
    return "Name:\t" + process.name() + "\nPid:\t" + pid + "\nNSpid:\t" + pid + "\n" + set("ShdPnd", pending) +
           set("SigBlk", process.first_thread_has_ended ? process.blocked_by_first_thread : process.blocked) +
           set("SigIgn", process.ignored) + set("SigCgt", process.caught);
}

std::string Kernel::children(const Process& process, pid_t thread) const {
    std::string text;
    for (const pid_t pid : children_of(process.pid)) {
        if (find(pid)->parent_thread == thread) text += std::to_string(pid) + " ";
    }
    return text;
}

void Kernel::hash(Hash& hash) const {
    hash.add(static_cast<std::uint64_t>(now));
    hash.add(static_cast<std::uint64_t>(terminal_session) << 32 | static_cast<std::uint64_t>(foreground));
    for (const Process& process : processes_) {
        const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
        hash.add(number(process.id) << 48 | number(process.pid) << 32 | number(process.parent) << 16 |
                 number(process.group));
        hash.add(number(process.session) << 48 | number(process.dies_of.value_or(0)) << 32 |
                 number(process.wait_status) << 8 | number(process.state) << 4 | number(process.has_news) << 3 |
                 number(process.is_subreaper) << 2 | number(process.is_hung) << 1 | number(process.is_hidden));
        hash.add(number(process.parent_death_signal) << 32 | number(process.started_at & 0xffffffff));
        hash.add(number(process.exit_signal) << 32 | number(process.execs) << 16 | number(process.execs_of_parent));
        hash.add(number(process.parent_thread) << 32 | number(process.other_thread) << 2 |
                 number(process.has_called_exec) << 1 | number(process.first_thread_has_ended));
        hash.add(process.blocked.bits());
        hash.add(process.blocked_by_first_thread.bits());
        hash.add(process.ignored.bits());
        hash.add(process.caught.bits());
        for (const auto& entry : process.pending) {
            hash.add(number(entry.signal) << 32 | number(entry.sender & 0xffff) << 8 | number(entry.code & 0xff));
        }
    }
    for (const pid_t number : freed_) hash.add(static_cast<std::uint64_t>(number));
    // The order of children.
    for (const Process& process : processes_) {
        std::uint64_t older_siblings = 0;
        for (const Process& other : processes_) {
            older_siblings += other.parent == process.parent && other.birth < process.birth ? 1U : 0U;
        }
        hash.add(older_siblings);
    }
}

}  // namespace sim
