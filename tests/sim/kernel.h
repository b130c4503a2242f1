#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "core/signals.h"

/// A model of what cppinit sees of Linux: processes, groups, sessions, signals, waits, one terminal and /proc. It is
/// data without time of its own: whoever uses it says what happens next. Each rule names the page of the manual or the
/// function of the kernel that it follows; tests/sim/conformance compares it with the real kernel.
///
/// A process has its first thread, and perhaps another one, which goes on when the first one has ended. A call returns
/// 0 or an errno.
namespace sim {

using core::Milliseconds;
using core::SignalSet;

/// Folds numbers into a hash of 64 bits.
class Hash {
  public:
    void add(std::uint64_t number) {
        value_ = (value_ ^ number) * 0x9e3779b97f4a7c15;
        value_ ^= value_ >> 32;
    }
    void add(const std::string& text) {
        add(text.size());
        for (const char byte : text) add(static_cast<unsigned char>(byte));
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 0xcbf29ce484222325;
};

struct PendingSignal {
    int signal;
    /// As in siginfo_t: SI_USER, SI_KERNEL, CLD_EXITED.
    int code;
    pid_t sender;
};

struct Process {
    enum class State : std::uint8_t { running, stopped, zombie };

    /// Never given to another process, unlike the pid.
    int id = 0;
    pid_t pid = 0;
    /// 0: outside of the namespace.
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    State state = State::running;
    /// The order in the parent's list of children: by fork, and at its end when it is adopted.
    int birth = 0;
    /// The thread of the parent in whose list it is.
    pid_t parent_thread = 0;
    /// The number of its other thread; 0: none.
    pid_t other_thread = 0;
    /// The first thread has ended (pthread_exit in main); the process lives on in the other one.
    bool first_thread_has_ended = false;
    /// What the first thread had blocked, which /proc goes on to show (fs/proc/array.c, task_sig).
    SignalSet blocked_by_first_thread;
    /// Since its fork.
    bool has_called_exec = false;
    Milliseconds started_at = 0;
    bool is_subreaper = false;
    /// The session's terminal is its controlling terminal: of the leader that took it, and of what is forked since.
    bool has_terminal = false;
    /// It runs the file cppinit, until exec.
    bool is_cppinit = false;
    /// /proc does not show it (hidepid, or not dumpable).
    bool is_hidden = false;
    /// It hangs in the kernel (uninterruptible sleep) and does not act on signals, KILL included.
    bool is_hung = false;
    SignalSet blocked;
    SignalSet ignored;
    SignalSet caught;
    std::vector<PendingSignal> pending;
    /// A signal that ends it was generated: it does nothing more but to end (kernel/signal.c, complete_signal).
    std::optional<int> dies_of;
    /// Its wait status: how it ended, or what stopped it.
    int wait_status = 0;
    /// Its stop was not yet waited for.
    bool has_news = false;
    int parent_death_signal = 0;
    /// What its parent is sent at its end; 0: nothing (clone(2)).
    int exit_signal = SIGCHLD;
    /// How often it has called exec, and how often its parent had when it was forked.
    int execs = 0;
    int execs_of_parent = 0;

    [[nodiscard]] bool is_alive() const { return state != State::zombie; }
    [[nodiscard]] pid_t running_thread() const { return first_thread_has_ended ? other_thread : pid; }
    /// As /proc/PID/task lists them: the first one stands there until the process is reaped.
    [[nodiscard]] std::vector<pid_t> numbers_of_threads() const;
    /// As proc(5) has it in comm, stat and status.
    [[nodiscard]] std::string name() const { return is_cppinit ? "cppinit" : "p" + std::to_string(id); }
    [[nodiscard]] bool has_pending(int signal) const;
    void remove_pending(SignalSet signals);
};

/// What waitid(2) chooses children by.
struct WaitFor {
    enum class Kind : std::uint8_t { any, pid, group } kind = Kind::any;
    pid_t number = 0;
    bool ended = true;
    bool stopped = false;
    bool leaves_it = false;
    /// Those with another exit signal than SIGCHLD too (__WALL).
    bool of_any_kind = true;
};

struct Waited {
    pid_t pid = 0;
    int status = 0;
};

class Kernel {
  public:
    /// Sees each signal that a process is sent before anything comes of it.
    struct Watcher {
        virtual ~Watcher() = default;
        virtual void on_signal(pid_t sender, const Process& receiver, int signal) = 0;
        virtual void on_fork(const Process& parent, Process& child) = 0;
    };

    static constexpr pid_t outside = 0;
    /// The sender of what the kernel sends by itself.
    static constexpr pid_t nobody = -1;

    void watch(Watcher* watcher) { watcher_ = watcher; }

    // ---- the world ----

    /// A process from outside: the first one, or a guest. It leads a group and a session.
    Process& add_process(pid_t pid, pid_t parent);
    [[nodiscard]] Process* find(pid_t pid);
    [[nodiscard]] const Process* find(pid_t pid) const { return const_cast<Kernel*>(this)->find(pid); }
    [[nodiscard]] Process* find_id(int id);
    [[nodiscard]] const std::vector<Process>& processes() const { return processes_; }
    [[nodiscard]] bool descends_from(const Process& process, pid_t ancestor) const;
    /// Whether the number is in use: by a process, a group or a session (kernel/pid.c, free_pid).
    [[nodiscard]] bool is_taken(pid_t number) const;
    [[nodiscard]] pid_t next_pid() const;
    Milliseconds now = 1'000'000;

    // ---- the calls of processes ----

    /// By a thread that runs.
    Process& fork(pid_t parent, int exit_signal = SIGCHLD);
    void exec(pid_t pid);
    void exit(pid_t pid, int wait_status);
    void start_thread(pid_t pid);
    /// The first thread ends, and the other one goes on.
    void end_first_thread(pid_t pid);
    [[nodiscard]] int setsid(pid_t pid);
    [[nodiscard]] int setpgid(pid_t caller, pid_t pid, pid_t group);
    [[nodiscard]] int kill(pid_t sender, pid_t target, int signal);
    /// To one process, as through a pidfd.
    void send(pid_t sender, Process& receiver, int signal, int code);
    /// Takes the lowest pending signal of the set (sigtimedwait(2)).
    [[nodiscard]] std::optional<PendingSignal> take(pid_t pid, SignalSet signals);
    /// Returns 0 and a pid of 0 where there is a child, but no news.
    [[nodiscard]] int wait(pid_t parent, const WaitFor& which, Waited& waited);

    /// Whether a process that runs has a signal to act on.
    [[nodiscard]] bool has_to_act(const Process& process) const;
    /// It acts on its signals, in the order of their numbers, until it is stopped or ends (kernel/signal.c,
    /// get_signal).
    void act(pid_t pid);
    void set_blocked(pid_t pid, SignalSet blocked);
    enum class Disposition : std::uint8_t { by_default, ignored, caught };
    void set_disposition(pid_t pid, int signal, Disposition disposition);

    // ---- the terminal ----

    /// 0: no session has it.
    pid_t terminal_session = 0;
    pid_t foreground = 0;
    [[nodiscard]] bool has_terminal(const Process& process) const {
        return process.has_terminal && process.session == terminal_session;
    }
    /// The terminal sends a signal to its foreground group, as it does for keys.
    void send_to_foreground(int signal);
    /// Returns EINTR where the caller was sent TTOU instead.
    [[nodiscard]] int tcsetpgrp(pid_t caller, pid_t group);
    /// A read by a process in the background sends TTIN to its group (drivers/tty/tty_jobctrl.c). Returns EAGAIN in the
    /// foreground.
    [[nodiscard]] int read_terminal(pid_t caller);
    [[nodiscard]] int take_terminal(pid_t caller);
    [[nodiscard]] int give_up_terminal(pid_t caller);

    // ---- /proc ----

    [[nodiscard]] std::string stat(const Process& process) const;
    [[nodiscard]] std::string status(const Process& process) const;
    [[nodiscard]] std::string children(const Process& process, pid_t thread) const;
    [[nodiscard]] std::vector<pid_t> children_of(pid_t parent) const;

    /// Whether nobody outside of a group, in the same session, could continue it (kernel/exit.c,
    /// will_become_orphaned_pgrp).
    [[nodiscard]] bool is_orphaned(pid_t group, const Process* without = nullptr) const;

    void hash(Hash& hash) const;

  private:
    [[nodiscard]] Process& at(pid_t pid);
    [[nodiscard]] pid_t reaper_for(const Process& dead) const;
    void notify_parent(Process& process, int code);
    void notify_of_stop(const Process& process, int code);
    void hang_up_if_orphaned(const Process& process, pid_t parent, const Process* without);
    void send_to_group(pid_t group, int signal);
    void remove(pid_t pid);
    [[nodiscard]] bool is_ignored(const Process& process, int signal) const;

    std::vector<Process> processes_;
    /// Numbers that processes had, the last one last.
    std::vector<pid_t> freed_;
    int next_id_ = 1;
    int next_birth_ = 1;
    Watcher* watcher_ = nullptr;
};

}  // namespace sim
