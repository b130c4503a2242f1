#include "sim/conformance.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <semaphore>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/proc_stat.h"
#include "sim/kernel.h"

namespace sim {
namespace {

// ---- the calls ----

struct Call {
    enum class Kind : std::uint8_t {
        fork,
        exit,
        setsid,
        setpgid,
        kill,
        wait,
        waitid_leaving,
        block,
        ignore,
        catch_,
        reset,
        take,
        subreaper,
        parent_death_signal,
        take_terminal,
        tcsetpgrp,
        read_terminal,
        key,
        start_thread,
        end_first_thread,
        exec,
        vfork,
        clone,
        pin,
        send_to_pin,
    };
    Kind kind{};
    int sequence = 0;
    /// A pid, a group, a signal, a number: what the call takes.
    int first = 0;
    int second = 0;
};

struct Answer {
    int sequence = 0;
    int result = 0;
    int error = 0;
    int status = 0;
};

using Kind = Call::Kind;

constexpr std::array names{"fork",
                           "exit",
                           "setsid",
                           "setpgid",
                           "kill",
                           "wait4",
                           "waitid",
                           "block",
                           "ignore",
                           "catch",
                           "reset",
                           "sigtimedwait",
                           "subreaper",
                           "PR_SET_PDEATHSIG",
                           "TIOCSCTTY",
                           "tcsetpgrp",
                           "read from the terminal",
                           "key",
                           "pthread_create",
                           "pthread_exit in main",
                           "exec",
                           "vfork",
                           "clone with another exit signal",
                           "pin",
                           "pidfd_send_signal"};

// ---- real processes ----

constexpr int max_pid = 12;

/// What all real processes share: a pipe for the calls to each pid, one for all answers, and a terminal. And the pinned
/// process, of which each has its own.
struct Wires {
    std::array<std::array<int, 2>, max_pid + 1> calls{};
    std::array<int, 2> answers{};
    int terminal_master = -1;
    int terminal = -1;
    int pin = -1;
};

void do_nothing(int) {}

void set_action(int signal, void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    (void)::sigaction(signal, &action, nullptr);
}

sigset_t set_of(std::uint64_t bits) {
    sigset_t set;
    sigemptyset(&set);
    for (int signal = 1; signal <= 31; ++signal) {
        if ((bits >> (signal - 1) & 1) != 0) sigaddset(&set, signal);
    }
    return set;
}

[[noreturn]] void act_as(pid_t pid, Wires& wires);

// A number is free a moment after /proc has ceased to show it (kernel/exit.c, release_task).
constexpr int max_tries = 10'000;

int fork_as(pid_t pid, Wires& wires, std::uint64_t flags = 0, int exit_signal = SIGCHLD) {
    clone_args arguments = {};
    arguments.flags = flags;
    arguments.exit_signal = static_cast<std::uint64_t>(exit_signal);
    arguments.set_tid = reinterpret_cast<std::uint64_t>(&pid);
    arguments.set_tid_size = 1;
    long result = -1;
    for (int tries = 0; tries < max_tries; ++tries) {
        result = ::syscall(SYS_clone3, &arguments, sizeof arguments);
        if (result >= 0 || errno != EEXIST) break;
        ::sched_yield();
    }
    if (result == 0 && (flags & CLONE_VFORK) != 0) {
        (void)::setpgid(0, 0);
        ::_exit(3);
    }
    if (result == 0) act_as(pid, wires);
    return static_cast<int>(result);
}

/// Whether a wait is also for children with another exit signal than SIGCHLD.
int kinds_for(const Call& call) {
    return call.second != 0 ? __WALL : 0;
}

int wait_leaving(int which, int options, Answer& answer) {
    siginfo_t info = {};
    const idtype_t kind = which == -1 ? P_ALL : which < 0 ? P_PGID : P_PID;
    const int result = ::waitid(kind, static_cast<id_t>(which == -1 ? 0 : std::abs(which)), &info,
                                WEXITED | WNOHANG | WNOWAIT | options);
    answer.status = info.si_pid;
    return result;
}

/// The thread that goes on when the first one ends. Until then it lets all signals to the first one.
struct OtherThread {
    pid_t pid;
    Wires& wires;
    std::binary_semaphore turn{0};
    sigset_t mask{};
    Answer answer;
};
OtherThread* other_thread = nullptr;

void* wait_for_turn(void*) {
    OtherThread& self = *other_thread;
    self.turn.acquire();
    (void)::pthread_sigmask(SIG_SETMASK, &self.mask, nullptr);
    (void)!::write(self.wires.answers[1], &self.answer, sizeof self.answer);
    act_as(self.pid, self.wires);
}

int start_thread(pid_t pid, int number, Wires& wires) {
    for (int tries = 0; tries < max_tries && ::kill(number, 0) == 0; ++tries) ::sched_yield();
    // The next process or thread gets the number after this one (pid_namespaces(7)).
    std::ofstream("/proc/sys/kernel/ns_last_pid") << number - 1;
    other_thread = new OtherThread{.pid = pid, .wires = wires};
    const sigset_t all = set_of(~0ULL);
    sigset_t own;
    (void)::pthread_sigmask(SIG_SETMASK, &all, &own);
    pthread_t thread;
    const int error = ::pthread_create(&thread, nullptr, wait_for_turn, nullptr);
    (void)::pthread_sigmask(SIG_SETMASK, &own, nullptr);
    errno = error;
    return error == 0 ? 0 : -1;
}

void end_first_thread(const Answer& answer) {
    (void)::pthread_sigmask(SIG_SETMASK, nullptr, &other_thread->mask);
    other_thread->answer = answer;
    other_thread->turn.release();
    (void)::syscall(SYS_exit, 0);
}

/// This program again, as the same process. It finds the wires in a file without a name. Its answer comes from there.
int exec_as(pid_t pid, int sequence, const Wires& wires) {
    const int file = ::memfd_create("wires", 0);
    (void)!::pwrite(file, &wires, sizeof wires, 0);
    return ::execl("/proc/self/exe", "sim", "act", std::to_string(pid).c_str(), std::to_string(sequence).c_str(),
                   std::to_string(file).c_str(), nullptr);
}

int make_call(pid_t pid, const Call& call, Wires& wires, Answer& answer) {
    switch (call.kind) {
        case Kind::fork: return fork_as(call.first, wires);
        case Kind::exit: ::_exit(call.first);
        case Kind::setsid: return ::setsid() < 0 ? -1 : 0;
        case Kind::setpgid: return ::setpgid(call.first, call.second);
        case Kind::kill: return ::kill(call.first, call.second);
        case Kind::wait: return ::wait4(call.first, &answer.status, WNOHANG | WUNTRACED | kinds_for(call), nullptr);
        case Kind::waitid_leaving: return wait_leaving(call.first, kinds_for(call), answer);
        case Kind::block: {
            const sigset_t set = set_of(static_cast<std::uint64_t>(call.first));
            return ::sigprocmask(SIG_SETMASK, &set, nullptr);
        }
        case Kind::ignore: set_action(call.first, SIG_IGN); return 0;
        case Kind::catch_: set_action(call.first, do_nothing); return 0;
        case Kind::reset: set_action(call.first, SIG_DFL); return 0;
        case Kind::take: {
            const sigset_t set = set_of(~0ULL);
            const timespec now = {};
            return ::sigtimedwait(&set, nullptr, &now);
        }
        case Kind::subreaper: return ::prctl(PR_SET_CHILD_SUBREAPER, 1UL);
        case Kind::parent_death_signal: return ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(call.first));
        case Kind::take_terminal: return ::ioctl(wires.terminal, TIOCSCTTY, 0);
        case Kind::tcsetpgrp: return ::tcsetpgrp(wires.terminal, call.first);
        case Kind::read_terminal: {
            char byte;
            if (::read(wires.terminal, &byte, 0) < 0) return -1;
            // In the foreground: kernels differ in what they say of no bytes.
            errno = EAGAIN;
            return -1;
        }
        case Kind::start_thread: return start_thread(pid, call.first, wires);
        case Kind::end_first_thread: end_first_thread(answer); break;
        case Kind::exec: return exec_as(pid, call.sequence, wires);
        case Kind::vfork: return fork_as(call.first, wires, CLONE_VFORK);
        case Kind::clone: return fork_as(call.first, wires, 0, call.second);
        case Kind::pin: {
            ::close(wires.pin);
            wires.pin = ::open(("/proc/" + std::to_string(call.first)).c_str(), O_RDONLY | O_DIRECTORY);
            return wires.pin < 0 ? -1 : 0;
        }
        case Kind::send_to_pin:
            return static_cast<int>(::syscall(SYS_pidfd_send_signal, wires.pin, call.second, nullptr, 0));
        case Kind::key: break;
    }
    return 0;
}

void act_as(pid_t pid, Wires& wires) {
    for (;;) {
        Call call;
        const auto size = ::read(wires.calls[static_cast<std::size_t>(pid)][0], &call, sizeof call);
        if (size < 0 && errno == EINTR) continue;
        if (size != sizeof call) ::_exit(99);
        Answer answer{.sequence = call.sequence};
        answer.result = make_call(pid, call, wires, answer);
        if (answer.result < 0) answer.error = errno;
        (void)!::write(wires.answers[1], &answer, sizeof answer);
    }
}

/// A PID namespace with its PID 1, which carries out calls like the others. They all end with this.
class Namespace {
  public:
    Namespace() {
        for (auto& pipe : wires_.calls) open_pipe(pipe);
        open_pipe(wires_.answers);
        if (::openpty(&wires_.terminal_master, &wires_.terminal, nullptr, nullptr, nullptr) < 0) fail("openpty");
        (void)::fcntl(wires_.terminal, F_SETFL, O_NONBLOCK);
        clone_args arguments = {};
        arguments.flags = CLONE_NEWPID | CLONE_NEWNS;
        arguments.exit_signal = SIGCHLD;
        first_ = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
        if (first_ < 0) fail("clone3 with CLONE_NEWPID (root is needed)");
        if (first_ == 0) be_first();
        Answer ready;
        if (!read_answer(ready)) fail("the first process");
        proc_ = "/proc/" + std::to_string(first_) + "/root/proc/";
    }
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;
    ~Namespace() {
        (void)::kill(first_, SIGKILL);
        (void)::waitpid(first_, nullptr, 0);
        for (auto& pipe : wires_.calls) close_pipe(pipe);
        close_pipe(wires_.answers);
        ::close(wires_.terminal_master);
        ::close(wires_.terminal);
    }

    void send(pid_t pid, const Call& call) {
        if (call.kind == Kind::key) {
            const char key = call.first == SIGINT ? '\x03' : '\x1a';
            (void)!::write(wires_.terminal_master, &key, 1);
            // The terminal sends the signal, then echoes the key (drivers/tty/n_tty.c, n_tty_receive_signal_char).
            char echo[2];
            for (ssize_t size = 0; size < 2;) {
                const ssize_t part = ::read(wires_.terminal_master, echo, sizeof echo);
                if (part <= 0) fail("the terminal's echo");
                size += part;
            }
            return;
        }
        (void)!::write(wires_.calls[static_cast<std::size_t>(pid)][1], &call, sizeof call);
    }

    /// None: it has ended or stopped instead.
    std::optional<Answer> answer_to(const Call& call) {
        Answer answer;
        // An older answer is of a process that was stopped meanwhile.
        while (read_answer(answer)) {
            if (answer.sequence == call.sequence) return answer;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::string read(pid_t pid, const char* name) const {
        const std::ifstream file(proc_ + std::to_string(pid) + "/" + name);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

  private:
    static void fail(const char* what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }
    static void open_pipe(std::array<int, 2>& ends) {
        if (::pipe2(ends.data(), 0) < 0) fail("pipe");
    }
    static void close_pipe(const std::array<int, 2>& ends) {
        ::close(ends[0]);
        ::close(ends[1]);
    }

    [[noreturn]] void be_first() {
        const sigset_t none = set_of(0);
        (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (int signal = 1; signal <= 31; ++signal) set_action(signal, SIG_DFL);
        (void)::setsid();
        (void)::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
        if (::mount("proc", "/proc", "proc", 0, nullptr) < 0) ::_exit(98);
        const Answer ready;
        (void)!::write(wires_.answers[1], &ready, sizeof ready);
        act_as(1, wires_);
    }

    bool read_answer(Answer& answer) const {
        constexpr int patience_ms = 2000;
        pollfd watched{wires_.answers[0], POLLIN, 0};
        return ::poll(&watched, 1, patience_ms) == 1 &&
               ::read(wires_.answers[0], &answer, sizeof answer) == sizeof answer;
    }

    Wires wires_;
    pid_t first_ = 0;
    std::string proc_;
};

// ---- the model ----

/// Which process each one has pinned, by their ids.
using Pins = std::map<int, int>;

Answer make_call(Kernel& kernel, Pins& pins, pid_t pid, const Call& call) {
    Answer answer{.sequence = call.sequence};
    const auto fails_with = [&](int error) {
        answer.error = error;
        answer.result = error == 0 ? 0 : -1;
    };
    using Disposition = Kernel::Disposition;
    switch (call.kind) {
        case Kind::fork:
        case Kind::clone: {
            const int parent = kernel.find(pid)->id;
            const Process& child = kernel.fork(pid, call.kind == Kind::clone ? call.second : SIGCHLD);
            answer.result = child.pid;
            if (pins.contains(parent)) pins[child.id] = pins[parent];
            break;
        }
        case Kind::start_thread: kernel.start_thread(pid); break;
        case Kind::end_first_thread: kernel.end_first_thread(pid); break;
        case Kind::exec: kernel.exec(pid); break;
        case Kind::vfork:
            answer.result = kernel.fork(pid).pid;
            (void)kernel.setpgid(answer.result, 0, 0);
            kernel.exit(answer.result, 3 << 8);
            break;
        case Kind::pin: {
            const Process* const pinned = kernel.find(call.first);
            fails_with(pinned == nullptr ? ENOENT : 0);
            pins.erase(kernel.find(pid)->id);
            if (pinned != nullptr) pins[kernel.find(pid)->id] = pinned->id;
            break;
        }
        case Kind::send_to_pin: {
            const auto pin = pins.find(kernel.find(pid)->id);
            Process* const pinned = pin != pins.end() ? kernel.find_id(pin->second) : nullptr;
            fails_with(pin == pins.end() ? EBADF : pinned == nullptr ? ESRCH : 0);
            if (pinned != nullptr) kernel.send(pid, *pinned, call.second, SI_USER);
            break;
        }
        case Kind::exit: kernel.exit(pid, call.first << 8); break;
        case Kind::setsid: fails_with(kernel.setsid(pid)); break;
        case Kind::setpgid: fails_with(kernel.setpgid(pid, call.first, call.second)); break;
        case Kind::kill: fails_with(kernel.kill(pid, call.first, call.second)); break;
        case Kind::wait:
        case Kind::waitid_leaving: {
            Waited waited;
            const bool leaves_it = call.kind == Kind::waitid_leaving;
            using Wait = WaitFor::Kind;
            const Wait kind = call.first == -1 ? Wait::any : call.first < 0 ? Wait::group : Wait::pid;
            fails_with(kernel.wait(pid,
                                   {.kind = kind,
                                    .number = std::abs(call.first),
                                    .stopped = !leaves_it,
                                    .leaves_it = leaves_it,
                                    .of_any_kind = call.second != 0},
                                   waited));
            if (answer.error != 0) break;
            if (!leaves_it) answer.result = waited.pid;
            answer.status = leaves_it ? waited.pid : waited.status;
            break;
        }
        case Kind::block: kernel.set_blocked(pid, SignalSet(static_cast<std::uint64_t>(call.first))); break;
        case Kind::ignore: kernel.set_disposition(pid, call.first, Disposition::ignored); break;
        case Kind::catch_: kernel.set_disposition(pid, call.first, Disposition::caught); break;
        case Kind::reset: kernel.set_disposition(pid, call.first, Disposition::by_default); break;
        case Kind::take: {
            const auto taken = kernel.take(pid, SignalSet::all());
            fails_with(taken ? 0 : EAGAIN);
            if (taken) answer.result = taken->signal;
            break;
        }
        case Kind::subreaper: kernel.find(pid)->is_subreaper = true; break;
        case Kind::parent_death_signal: kernel.find(pid)->parent_death_signal = call.first; break;
        case Kind::take_terminal: fails_with(kernel.take_terminal(pid)); break;
        case Kind::tcsetpgrp: fails_with(kernel.tcsetpgrp(pid, call.first)); break;
        case Kind::read_terminal: fails_with(kernel.read_terminal(pid)); break;
        case Kind::key: kernel.send_to_foreground(call.first); break;
    }
    return answer;
}

/// Everybody acts on what was sent.
void settle(Kernel& kernel) {
    for (bool has_acted = true; has_acted;) {
        has_acted = false;
        for (std::size_t index = 0; index < kernel.processes().size(); ++index) {
            const Process& process = kernel.processes()[index];
            if (!kernel.has_to_act(process)) continue;
            kernel.act(process.pid);
            has_acted = true;
            break;
        }
    }
}

// ---- comparing ----

std::string line_of(const std::string& status, const std::string& name) {
    const auto begin = status.find(name + ":\t");
    if (begin == std::string::npos) return "?";
    const auto value = begin + name.size() + 2;
    return status.substr(value, status.find('\n', value) - value);
}

/// The same for both: what /proc says, as far as the model knows it.
std::string view(const std::string& stat, const std::string& status, const std::string& children) {
    const auto parsed = core::parse_stat(stat);
    if (!parsed) return "gone";
    const bool is_dead = parsed->is_dead();
    const char state = is_dead || parsed->state == 'Z' ? 'Z' : parsed->state == 'T' ? 'T' : 'S';
    std::string text = std::string(1, state) + " parent " + std::to_string(parsed->parent) + " group " +
                       std::to_string(parsed->group) + " session " + std::to_string(parsed->session);
    if (is_dead) return text;
    for (const char* const name : {"ShdPnd", "SigBlk", "SigIgn", "SigCgt"}) {
        // Those up to 32: glibc handles two more as soon as there are threads.
        const std::string set = line_of(status, name);
        text += " " + (set.size() == 16 ? set.substr(8) : set);
    }
    // Of each thread, in any order: it is that in which their parents ended.
    std::set<std::string> sorted;
    std::istringstream lists(children);
    for (std::string list; std::getline(lists, list);) {
        std::istringstream words(list);
        std::string thread;
        words >> thread;
        for (std::string word; words >> word;) sorted.insert(thread + ":" + word);
    }
    text += " threads " + std::to_string(parsed->threads);
    text += parsed->has_terminal ? " has the terminal children" : " children";
    for (const auto& word : sorted) text += " " + word;
    return text;
}

std::string view_of(const Kernel& kernel) {
    std::string text;
    for (pid_t pid = 1; pid <= max_pid; ++pid) {
        const Process* const process = kernel.find(pid);
        text += "  " + std::to_string(pid) + ": ";
        if (process == nullptr) {
            text += "gone\n";
        } else {
            std::string children;
            for (const pid_t thread : process->numbers_of_threads()) {
                children += std::to_string(thread) + " " + kernel.children(*process, thread) + "\n";
            }
            text += view(kernel.stat(*process), kernel.status(*process), children) + "\n";
        }
    }
    return text;
}

std::string view_of(const Namespace& real) {
    std::string text;
    for (pid_t pid = 1; pid <= max_pid; ++pid) {
        std::string children;
        for (pid_t thread = 1; thread <= max_pid; ++thread) {
            const std::string list = real.read(pid, ("task/" + std::to_string(thread) + "/children").c_str());
            if (!list.empty()) children += std::to_string(thread) + " " + list + "\n";
        }
        const std::string status = real.read(pid, "status");
        // The directory of a thread has no entry in /proc, and can be opened all the same.
        const bool is_process = line_of(status, "Tgid") == std::to_string(pid);
        text += "  " + std::to_string(pid) + ": " +
                (is_process ? view(real.read(pid, "stat"), status, children) : "gone") + "\n";
    }
    return text;
}

/// The kernel's processes act when they are scheduled.
bool becomes(const Namespace& real, const std::string& expected, std::string& seen) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    do {
        seen = view_of(real);
        if (seen == expected) return true;
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

std::string describe(pid_t pid, const Call& call, const Answer& answer) {
    return std::to_string(pid) + ": " + names[static_cast<std::size_t>(call.kind)] + "(" + std::to_string(call.first) +
           ", " + std::to_string(call.second) + ") returns " + std::to_string(answer.result) + ", errno " +
           std::to_string(answer.error) + ", status " + std::to_string(answer.status);
}

/// Calls that mean something in the model's present state, most of them.
class Script {
  public:
    Script(std::uint64_t seed, const Kernel& kernel) : random_(seed), kernel_(kernel) {}

    [[nodiscard]] pid_t caller() {
        std::vector<pid_t> ready;
        for (const Process& process : kernel_.processes()) {
            if (process.state == Process::State::running) ready.push_back(process.pid);
        }
        return ready[random_() % ready.size()];
    }

    [[nodiscard]] Call call(pid_t pid, int sequence) {
        Call call{.kind = kind_for(pid), .sequence = sequence};
        switch (call.kind) {
            case Kind::fork:
            case Kind::vfork:
            case Kind::clone:
            case Kind::start_thread:
                call.first = kernel_.next_pid();
                if (call.kind == Kind::clone) call.second = number(2) == 0 ? 0 : SIGUSR1;
                break;
            case Kind::pin:
                // A thread has a directory too, but cppinit takes no number from anywhere but /proc itself.
                do call.first = some_pid();
                while (std::ranges::find(kernel_.processes(), call.first, &Process::other_thread) !=
                       kernel_.processes().end());
                break;
            case Kind::send_to_pin: call.second = signal(); break;
            case Kind::exit: call.first = number(5); break;
            case Kind::setpgid:
                call.first = number(2) != 0 ? 0 : some_pid();
                call.second = number(2) != 0 ? 0 : some_pid();
                break;
            case Kind::kill:
                call.first = number(3) == 0 ? -some_pid() : some_pid();
                if (call.first == -1 && number(4) != 0) call.first = 1;
                if (call.first < 0 && has_reaping_parent()) call.first = some_pid();
                call.second = signal();
                break;
            case Kind::wait:
                call.first = number(3) == 0 || has_many_dead(pid) ? some_pid() : -1;
                call.second = number(2);
                break;
            case Kind::waitid_leaving:
                call.first = number(3) == 0 || has_many_dead(pid) ? some_pid() : -1;
                if (call.first > 1 && number(3) == 0 && !has_many_dead(pid)) call.first = -call.first;
                call.second = number(2);
                break;
            case Kind::block: call.first = number(2) == 0 ? 0 : blocked(); break;
            case Kind::ignore:
            case Kind::reset: call.first = changeable_signal(); break;
            case Kind::catch_:
                call.first = changeable_signal();
                // Where a group is stopped at once, nobody can tell whether a parent handles it before it stops.
                if (call.first == SIGCHLD) call.first = SIGUSR1;
                break;
            case Kind::parent_death_signal: call.first = number(2) == 0 ? SIGTERM : SIGUSR1; break;
            case Kind::tcsetpgrp: call.first = some_pid(); break;
            case Kind::key: call.first = number(2) == 0 ? SIGINT : SIGTSTP; break;
            case Kind::setsid:
            case Kind::take:
            case Kind::subreaper:
            case Kind::take_terminal:
            case Kind::read_terminal:
            case Kind::end_first_thread:
            case Kind::exec: break;
        }
        return call;
    }

  private:
    [[nodiscard]] int number(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

    [[nodiscard]] Kind kind_for(pid_t pid) {
        const Process& process = *kernel_.find(pid);
        for (;;) {
            const Kind kind = static_cast<Kind>(number(static_cast<int>(Kind::send_to_pin) + 1));
            // Families first.
            if (number(3) == 0 && kernel_.processes().size() < 5) return Kind::fork;
            const bool takes_number =
                kind == Kind::fork || kind == Kind::vfork || kind == Kind::clone || kind == Kind::start_thread;
            const bool is_threaded = process.other_thread != 0;
            if ((kind == Kind::start_thread || kind == Kind::exec) && is_threaded) continue;
            if (kind == Kind::end_first_thread && (!is_threaded || process.first_thread_has_ended)) continue;
            // What becomes of PID 1's own children then is tested less than it costs to end the namespace.
            if (kind == Kind::end_first_thread && pid == 1) continue;
            if (takes_number && kernel_.next_pid() > max_pid) continue;
            if (kind == Kind::exit && pid == 1) continue;
            if (kind == Kind::take_terminal && had_terminal_) continue;
            const bool is_of_terminal = kind == Kind::tcsetpgrp || kind == Kind::read_terminal || kind == Kind::key;
            if (is_of_terminal && !kernel_.has_terminal(process)) continue;
            if (kind == Kind::key && has_reaping_parent()) continue;
            if (kind == Kind::take_terminal && process.session == pid) had_terminal_ = true;
            return kind;
        }
    }

    /// Those that are killed at once end in any order, and so may be found in any order.
    [[nodiscard]] bool has_many_dead(pid_t parent) const {
        int dead = 0;
        for (const Process& process : kernel_.processes()) {
            if (process.parent == parent && process.state != Process::State::running) ++dead;
        }
        return dead > 1;
    }
    /// Whether a child is gone with its end or becomes an orphan would depend on which of the two ends first.
    [[nodiscard]] bool has_reaping_parent() const {
        return std::ranges::any_of(kernel_.processes(),
                                   [](const Process& process) { return process.ignored.contains(SIGCHLD); });
    }
    [[nodiscard]] pid_t some_pid() {
        const auto& processes = kernel_.processes();
        return number(8) == 0 ? 1 + number(max_pid) : processes[random_() % processes.size()].pid;
    }
    [[nodiscard]] int signal() {
        constexpr std::array signals{0,       SIGTERM, SIGTERM, SIGKILL, SIGSTOP, SIGSTOP, SIGCONT,
                                     SIGCONT, SIGTSTP, SIGTTIN, SIGUSR1, SIGHUP,  SIGCHLD, SIGWINCH};
        return signals[random_() % signals.size()];
    }
    [[nodiscard]] int changeable_signal() {
        constexpr std::array signals{SIGTERM, SIGCHLD, SIGHUP, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGCONT};
        return signals[random_() % signals.size()];
    }
    [[nodiscard]] int blocked() {
        SignalSet set;
        for (int count = 0; count < 4; ++count) set.add(changeable_signal());
        return static_cast<int>(set.bits());
    }

    std::mt19937_64 random_;
    const Kernel& kernel_;
    bool had_terminal_ = false;
};

bool run_script(std::uint64_t seed, Conformance& result) {
    constexpr int calls = 24;
    Kernel kernel;
    kernel.add_process(1, Kernel::outside);
    Namespace real;
    Pins pins;
    Script script(seed, kernel);
    std::vector<std::string> story;
    for (int sequence = 1; sequence <= calls; ++sequence) {
        const pid_t pid = script.caller();
        const Call call = script.call(pid, sequence);
        const int caller = kernel.find(pid)->id;
        const Answer expected = make_call(kernel, pins, pid, call);
        settle(kernel);
        real.send(pid, call);
        ++result.calls;
        story.push_back(describe(pid, call, expected));
        // Whoever ended or was stopped by its own call, or sent itself a signal that interrupts it, has no answer.
        const Process* const after = kernel.find_id(caller);
        const bool answers = after != nullptr && after->state == Process::State::running && call.kind != Kind::key &&
                             expected.error != EINTR;
        if (answers) {
            const auto answer = real.answer_to(call);
            const bool is_same = answer && answer->result == expected.result && answer->error == expected.error &&
                                 answer->status == expected.status;
            if (!is_same) {
                story.push_back(answer ? "but the kernel: " + describe(pid, call, *answer)
                                       : "but the kernel is silent");
                result.difference = story;
                return false;
            }
        }
        std::string seen;
        const std::string wanted = view_of(kernel);
        if (!becomes(real, wanted, seen)) {
            story.push_back("the model:\n" + wanted + "the kernel:\n" + seen);
            result.difference = story;
            return false;
        }
    }
    return true;
}

}  // namespace

void act_again(pid_t pid, int sequence, int file) {
    Wires wires;
    (void)!::pread(file, &wires, sizeof wires, 0);
    ::close(file);
    const Answer answer{.sequence = sequence};
    (void)!::write(wires.answers[1], &answer, sizeof answer);
    act_as(pid, wires);
}

Conformance compare_with_kernel(int scripts, std::uint64_t seed) {
    Conformance result;
    for (; result.scripts < scripts; ++result.scripts) {
        if (!run_script(seed + static_cast<std::uint64_t>(result.scripts), result)) break;
    }
    return result;
}

}  // namespace sim
