// Runs cppinit and makes one of its system calls fail, the way strace's --inject does, but in the child between vfork
// and exec too, which is cppinit's code as well, and without another process in the namespace.
//
//     inject list                         the scenarios
//     inject record CPPINIT SCENARIO MODE  prints the calls: WHO NUMBER NTH, in their order
//     inject try CPPINIT SCENARIO MODE     reads lines WHO NUMBER NTH ERRNO, and answers each with a verdict
//
// WHO is init or child (before its exec); NTH counts from 1 among that process's calls of that number. An NTH of 0 is
// every call of that number from the moment that cppinit sleeps for the first time, for ever. MODE is pid1 or
// subreaper. A verdict is "survived" (the program did what it does without a fault), "refused" (125, 126 or 127, one
// line, and the program never ran), "missed" (the call was not made this time), or "bad" and what was wrong. "slow" and
// what was wrong: something for which a busy machine may be to blame.
//
// Nothing is done to cppinit after a fixed time. What it does is seen: that it sleeps, which signal it has taken, and
// whether it has sent one.
//
// To be run as PID 1 of a namespace with its /proc: what cppinit leaves behind comes here.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "support.h"

namespace {

using namespace support;

constexpr int expected_code = 42;

long ptrace(unsigned request, pid_t pid, unsigned long address = 0, unsigned long data = 0) {
    return syscall(SYS_ptrace, request, pid, address, data);
}

// ---- the programs that run under cppinit ----

/// What a program must find whatever failed before it: no signal blocked, and SIGCHLD as it was inherited.
void check_inheritance(bool ignores_children) {
    uint64_t blocked = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, nullptr, &blocked, sizeof blocked);
    if (blocked != 0) exit(43);
    struct sigaction child;
    sigaction(SIGCHLD, nullptr, &child);
    if (child.sa_handler != (ignores_children ? SIG_IGN : SIG_DFL)) exit(44);
}

/// The orphan is dead at once, and gone only when cppinit has waited for it.
int leave_orphan() {
    int link[2];
    if (pipe(link) < 0) fail("pipe");
    if (const pid_t middle = fork(); middle != 0) {
        waitpid(middle, nullptr, 0);
    } else {
        const pid_t orphan = fork();
        if (orphan != 0 && write(link[1], &orphan, sizeof orphan) < 0) fail("write");
        _exit(0);
    }
    pid_t orphan = 0;
    if (read(link[0], &orphan, sizeof orphan) < 0) fail("read");
    for (const long deadline = milliseconds() + 5000; kill(orphan, 0) == 0;) {
        if (milliseconds() > deadline) return 45;
        usleep(200);
    }
    return expected_code;
}

int leave_behind(bool heeds_term, bool leaves_group) {
    if (!heeds_term) set_mask(all_signals);
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0) fail("pipe");
    if (fork() == 0) {
        if (leaves_group) setsid();
        close(ready[1]);
        for (;;) pause();
    }
    close(ready[1]);
    char byte;
    if (read(ready[0], &byte, 1) < 0) fail("read");
    return expected_code;
}

/// As PID 1 cppinit is not stopped with its program, and nobody is there to continue it.
int stop_once() {
    if (getppid() != 1) raise(SIGSTOP);
    return expected_code;
}

void ask_to_end() {
    kill(getppid(), SIGTERM);
}

int end_at_term(int code) {
    ask_to_end();
    siginfo_t info;
    while (wait_signal(bit(SIGTERM), info) != SIGTERM) {
    }
    return code;
}

int act(const char* what) {
    const bool ignores_children = strcmp(what, "find-ignored") == 0;
    check_inheritance(ignores_children);
    if (strcmp(what, "exit") == 0 || ignores_children) return expected_code;
    if (strcmp(what, "orphan") == 0) return leave_orphan();
    if (strcmp(what, "leave-mortal") == 0) return leave_behind(true, true);
    if (strcmp(what, "leave-stubborn") == 0) return leave_behind(false, true);
    if (strcmp(what, "leave-in-group") == 0) return leave_behind(false, false);
    if (strcmp(what, "stop-in-group") == 0) return end_at_term(leave_behind(false, false));
    if (strcmp(what, "stop") == 0) return stop_once();
    if (strcmp(what, "die") == 0) raise(SIGKILL);
    const bool asks = strcmp(what, "ignore") == 0;
    if (asks || strcmp(what, "hang") == 0) set_mask(all_signals);
    if (asks) ask_to_end();
    for (;;) pause();
}

// ---- what is done with cppinit ----

constexpr int most_options = 6;

/// A call that always fails, for the ways around it. Error 0: there is none.
struct Missing {
    long number;
    int error;
};

/// Who sends Scenario::signal to cppinit, and when. If cppinit takes it, sends nothing on and sleeps again, the fault
/// was in between, and the driver sends it again.
enum class When {
    /// The driver, once cppinit sleeps.
    asleep,
    /// The program, once it is ready.
    ready,
    /// The driver, once the program is stopped and cppinit sleeps.
    stopped,
    /// The driver, once the program has been waited for and cppinit sleeps.
    program_ended,
};

struct Scenario {
    const char* name;
    const char* options[most_options];
    /// What the program does; or, with a dot in it, the program itself. Null: there is none.
    const char* program;
    int code;
    /// One that is right too, where the first forwarding fails. 0: none is.
    int other_code = 0;
    /// 0: none is sent.
    int signal = 0;
    When when = When::asleep;
    Missing missing[2] = {};
    bool with_value = false;
    bool on_terminal = false;
    bool log_in_file = false;
    bool ignores_children = false;
    /// argv[0], under which cppinit is another init.
    const char* persona = nullptr;
};

constexpr Scenario scenarios[] = {
    {"exit", {}, "exit", 42},
    {"options", {"-s", "-p", "USR1", "-K", "-vvv"}, "exit", 42},
    {.name = "log-in-file", .options = {"-vvv"}, .program = "exit", .code = 42, .log_in_file = true},
    {"signal", {"-vvv"}, "wait", 128 + SIGTERM, 0, SIGTERM},
    {.name = "signal-to-child",
     .options = {"-c"},
     .program = "wait",
     .code = 128 + 40,
     .signal = 40,
     .with_value = true},
    {"signal-to-all", {"-a"}, "wait", 128 + SIGTERM, 0, SIGTERM},
    {"orphan", {"-vvv"}, "orphan", 42},
    {"terminate", {"--grace", "50ms"}, "leave-mortal", 42},
    {"kill", {"--grace", "20ms"}, "leave-stubborn", 42},
    // With a grace that is shorter than a busy machine takes from call to call, cppinit could take the program for one
    // that survived the TERM, after which the leftovers are waited for.
    {"wait", {"--leftovers=wait", "--grace", "1s"}, "leave-mortal", 42, 0, SIGTERM, When::program_ended},
    {"leave", {"--leftovers=leave"}, "exit", 42},
    {"kill-after", {"--kill-after", "10ms", "--stop-delay", "5ms"}, "ignore", 137, 0, SIGTERM, When::ready},
    {"kill-after-group", {"--kill-after", "10ms", "--grace", "40ms"}, "stop-in-group", 42, 137, SIGTERM, When::ready},
    {"pause", {"--pause"}, nullptr, 0, 0, SIGTERM},
    {.name = "terminal", .options = {}, .program = "exit", .code = 42, .on_terminal = true},
    {.name = "stopped",
     .options = {},
     .program = "stop",
     .code = 42,
     .signal = SIGCONT,
     .when = When::stopped,
     .on_terminal = true},
    // The HUP of the terminal that it gives up is fetched at once. In the kernel that call cannot fail; where it is
    // made to, the program gets the HUP.
    {.name = "as-dumb-init",
     .options = {},
     .program = "exit",
     .code = 42,
     .other_code = 128 + SIGHUP,
     .on_terminal = true,
     .persona = "dumb-init"},
    {.name = "report", .options = {"--report", "report"}, .program = "exit", .code = 42},
    {.name = "report-leftovers",
     .options = {"--report", "report", "--grace", "20ms"},
     .program = "leave-stubborn",
     .code = 42},
    {"timeout", {"--timeout", "50ms", "--kill-after", "10ms"}, "wait", 124},
    {"timeout-kill", {"--timeout", "50ms", "--kill-after", "10ms", "--report", "report"}, "hang", 124},
    // Whether memory ran out.
    {"killed", {"-v"}, "die", 128 + SIGKILL},
    {.name = "report-killed", .options = {"--report", "report"}, .program = "die", .code = 128 + SIGKILL},
    {.name = "as-tini", .options = {"-g", "-s"}, .program = "exit", .code = 42, .persona = "tini"},
    {.name = "ignored", .options = {}, .program = "find-ignored", .code = 42, .ignores_children = true},
    {"not-found", {}, "no.such", 127},
    {"no-interpreter", {}, "./no-interpreter", 126},
    {"not-executable", {}, "./not-executable", 126},
    {"plain-script", {}, "./plain-script", 42},
    {"old-close", {}, "exit", 42, 0, 0, {}, {{SYS_close_range, ENOSYS}}},
    {"old-log", {"-vvv"}, "exit", 42, 0, 0, {}, {{SYS_pwritev2, ENOSYS}}},
    {"old-kill", {"--grace", "20ms"}, "leave-stubborn", 42, 0, 0, {}, {{SYS_pidfd_open, ENOSYS}}},
    {"old-send", {"--grace", "20ms"}, "leave-stubborn", 42, 0, 0, {}, {{SYS_pidfd_send_signal, ENOSYS}}},
    {"no-files", {"--grace", "20ms"}, "leave-in-group", 42, 0, 0, {}, {{SYS_open, ENOENT}, {SYS_openat, ENOENT}}},
};

const Scenario& scenario_of(const char* name) {
    for (const Scenario& scenario : scenarios) {
        if (strcmp(name, scenario.name) == 0) return scenario;
    }
    errno = ENOENT;
    fail(name);
}

void write_file(const char* path, const char* text, size_t size, mode_t mode) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0 || write(file, text, size) < 0) fail(path);
    close(file);
}

/// In the working directory.
void write_programs() {
    // The zero byte that string literals end with is written too: no shell takes these for scripts.
    constexpr char not_executable[] = "#!/bin/true\n";
    constexpr char no_interpreter[] = "#!/no/such/interpreter\n";
    constexpr char plain_script[] = "exit 42\n";
    write_file("not-executable", not_executable, sizeof not_executable, 0644);
    write_file("no-interpreter", no_interpreter, sizeof no_interpreter, 0755);
    write_file("plain-script", plain_script, sizeof plain_script - 1, 0755);
}

// ---- one run ----

struct Fault {
    char who[8] = "";
    long number = -1;
    int nth = 0;
    int error = 0;

    /// From cppinit's first sleep on, for ever.
    [[nodiscard]] bool lasts() const { return number >= 0 && nth == 0; }
};

volatile sig_atomic_t ticked = 0;

/// What is known of a traced process: cppinit, or its child before exec.
struct Traced {
    const char* who;
    pid_t pid = 0;
    int counts[512] = {};
    /// libc's own calls come before the first of cppinit's.
    bool counts_now = false;
    /// The call that is under way, and the errno for it.
    long number = -1;
    int failing = 0;
};

class Run {
  public:
    Run(const char* cppinit, const Scenario& scenario, bool as_pid_1, const Fault& fault, bool records)
        : cppinit_(cppinit), scenario_(scenario), as_pid_1_(as_pid_1), fault_(fault), records_(records) {}

    /// Good until the run is gone.
    const char* verdict() {
        start();
        while (!ended_) {
            follow();
            if (ticked != 0 && !ended_) look_at_clock();
        }
        const char* const left = survivors();
        read_log();
        if (hung_) return bad("it hangs");
        if (is_late_) return slow("it outlives its program");
        if (burned_ms_ > 0) return slow("it burned %ld ms of CPU time", burned_ms_);
        if (had_to_end_cppinit_) return "survived";
        if (left != nullptr && !may_leave_others()) return bad("%s was left behind", left);
        if (!WIFEXITED(status_)) return bad("status %#x", static_cast<unsigned>(status_));
        const int code = WEXITSTATUS(status_);
        const bool is_right = code == scenario_.code || (scenario_.other_code != 0 && code == scenario_.other_code) ||
                              (had_to_end_program_ && code == 128 + SIGKILL);
        if (!fault_was_met_ && !records_) return is_right ? "missed" : slow("code %d without a fault", code);
        if (is_right && executed_ == should_execute()) return "survived";
        // The kernel wakes cppinit before it tells the tracer of the exec: a signal can end the program in between.
        if (is_right && !executed_) return slow("the program was not seen to run");
        const bool is_own = (code >= 125 && code <= 127) || (scenario_.persona != nullptr && (code == 1 || code == 2));
        if (is_own && !executed_ && has_one_line()) return "refused";
        return bad("code %d, the program %s", code, executed_ ? "ran" : "did not run");
    }

  private:
    [[nodiscard]] bool should_execute() const {
        return scenario_.program != nullptr && scenario_.code != 126 && scenario_.code != 127;
    }

    /// Nothing that was orphaned is under a cppinit that could not become a subreaper, which is tolerated without
    /// --subreaper. Without /proc the leftovers are known by their group, if there is one and waitid can say so. And
    /// there must be some way left to send a signal.
    [[nodiscard]] bool may_leave_others() const {
        const bool knows_nobody = scenario_.missing[0].number == SYS_open;
        if (fault_.lasts()) {
            switch (fault_.number) {
                case SYS_open:
                case SYS_openat:
                case SYS_read: return true;
                case SYS_waitid: return knows_nobody;
                case SYS_kill: return scenario_.missing[0].error != 0;
                default: return false;
            }
        }
        return (fault_.number == SYS_prctl && !as_pid_1_) || (fault_.number == SYS_setpgid && knows_nobody);
    }

    /// No signal reaches cppinit, or the program through it: the driver has to end them.
    [[nodiscard]] bool keeps_signals_away() const {
        switch (fault_.number) {
            case SYS_rt_sigtimedwait:
            case SYS_kill:
            case SYS_rt_sigqueueinfo: return true;
            // ESRCH means that there is nobody left to send to.
            case SYS_pidfd_send_signal: return fault_.error == ESRCH;
            default: return false;
        }
    }

    const char* bad(const char* format, ...) __attribute__((format(printf, 2, 3))) {
        va_list values;
        va_start(values, format);
        const char* const verdict = judge("bad", format, values);
        va_end(values);
        return verdict;
    }

    const char* slow(const char* format, ...) __attribute__((format(printf, 2, 3))) {
        va_list values;
        va_start(values, format);
        const char* const verdict = judge("slow", format, values);
        va_end(values);
        return verdict;
    }

    const char* judge(const char* kind, const char* format, va_list values) {
        char reason[128];
        vsnprintf(reason, sizeof reason, format, values);
        for (char* byte = text_; *byte != '\0'; ++byte) {
            if (*byte == '\n') *byte = '|';
        }
        snprintf(verdict_, sizeof verdict_, "%s: %s: %s", kind, reason, text_);
        return verdict_;
    }

    void start() {
        int go[2];
        int log[2];
        if (pipe2(go, O_CLOEXEC) < 0) fail("pipe");
        if (scenario_.log_in_file) {
            log[0] = open("log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            log[1] = dup(log[0]);
        } else if (pipe2(log, O_CLOEXEC) < 0) {
            fail("pipe");
        }
        int terminal = -1;
        if (scenario_.on_terminal) {
            terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
            if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0) fail("pty");
        }
        const unsigned long namespaces = static_cast<unsigned long>(CLONE_NEWPID | CLONE_NEWNS);
        const unsigned long flags = SIGCHLD | (as_pid_1_ ? namespaces : 0UL);
        init_ = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0UL));
        if (init_ < 0) fail("clone");
        if (init_ == 0) become_init(go[0], log[1], terminal);
        close(log[1]);
        log_ = log[0];
        terminal_ = terminal;
        traced_init_.pid = init_;
        const unsigned long options =
            PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
        if (ptrace(PTRACE_SEIZE, init_, 0, options) < 0) fail("PTRACE_SEIZE");
        if (write(go[1], "", 1) != 1) fail("write");
        close(go[0]);
        close(go[1]);
        started_at_ = milliseconds();
    }

    [[noreturn]] void become_init(int go, int log, int terminal) const {
        char byte;
        if (read(go, &byte, 1) != 1) fail("read");
        if (as_pid_1_ && mount("proc", "/proc", "proc", 0, nullptr) < 0) fail("mount /proc");
        if (scenario_.ignores_children) signal(SIGCHLD, SIG_IGN);
        // A group of its own, so that a signal to it reaches nobody else.
        setsid();
        if (terminal >= 0) {
            const int slave = open(ptsname(terminal), O_RDWR);
            if (slave < 0) fail("pty");
            dup2(slave, STDIN_FILENO);
            dup2(slave, STDOUT_FILENO);
            close(slave);
        }
        dup2(log, STDERR_FILENO);
        const char* words[most_options + 5] = {scenario_.persona != nullptr ? scenario_.persona : cppinit_};
        int size = 1;
        for (const char* option : scenario_.options) {
            if (option != nullptr) words[size++] = option;
        }
        char self[PATH_MAX] = "";
        if (scenario_.program != nullptr && strchr(scenario_.program, '.') != nullptr) {
            words[size++] = scenario_.program;
        } else if (scenario_.program != nullptr) {
            if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) fail("/proc/self/exe");
            words[size++] = self;
            words[size++] = "act";
            words[size++] = scenario_.program;
        }
        char* environment[] = {const_cast<char*>("PATH=/nowhere:/bin"), nullptr};
        execve(cppinit_, const_cast<char**>(words), environment);
        fail(cppinit_);
    }

    /// One thing that happened to a traced process, or to one that was left to this one.
    void follow() {
        int status = 0;
        const pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) return;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            // The tracer learns of an end first; cppinit waits for its child all the same.
            if (pid == traced_child_.pid) traced_child_.pid = held_ = 0;
            if (pid != init_) return;
            status_ = status;
            ended_ = true;
            return;
        }
        if (!WIFSTOPPED(status)) return;
        if (pid != init_ && traced_child_.pid == 0) traced_child_ = {"child", pid, {}, true};
        Traced& process = pid == init_ ? traced_init_ : traced_child_;
        unsigned long signal = 0;
        switch (status >> 8) {
            case SIGTRAP | 0x80: take_call(process); break;
            case SIGTRAP | (PTRACE_EVENT_EXEC << 8):
                if (pid != init_) {
                    // It runs on only once cppinit sleeps, so that each run makes the same calls.
                    executed_ = true;
                    held_ = pid;
                    if (idle_) proceed();
                    return;
                }
                break;
            case SIGSTOP | (PTRACE_EVENT_STOP << 8):
                if (pid != init_) break;
                // cppinit has stopped itself. A tracer is to let it be, until the shell's `fg` comes.
                ptrace(PTRACE_LISTEN, pid);
                kill(init_, SIGCONT);
                return;
            default:
                // Events with a number of their own are no signals.
                if (status >> 16 == 0) signal = static_cast<unsigned long>(WSTOPSIG(status));
        }
        ptrace(PTRACE_SYSCALL, pid, 0, signal);
    }

    void take_call(Traced& process) {
        const pid_t pid = process.pid;
        ptrace_syscall_info info{};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, reinterpret_cast<unsigned long>(&info)) <= 0) return;
        constexpr auto number_offset = offsetof(user, regs) + offsetof(user_regs_struct, orig_rax);
        constexpr auto result_offset = offsetof(user, regs) + offsetof(user_regs_struct, rax);
        if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
            if (process.failing != 0) {
                ptrace(PTRACE_POKEUSR, pid, result_offset, static_cast<unsigned long>(-process.failing));
                process.failing = 0;
            } else if (pid == init_) {
                see_result(process.number, info.exit.rval);
            }
        }
        if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
        const long number = process.number = static_cast<long>(info.entry.nr);
        if (number == SYS_rt_sigprocmask) process.counts_now = true;
        if (!process.counts_now) return;
        constexpr int timeout_argument = 2;
        const uint64_t timeout = info.entry.args[timeout_argument];
        // With --timeout the first sleep has an end. Later ones with an end are short.
        const bool lasts = timeout == 0 || (!idle_ && !is_zero(timeout));
        const bool sleeps = pid == init_ && number == SYS_rt_sigtimedwait && lasts;
        if (sleeps && !idle_) become_steady();

        const int nth = ++process.counts[number];
        for (const Missing& missing : scenario_.missing) {
            if (missing.error != 0 && missing.number == number) process.failing = missing.error;
        }
        if (process.failing == 0 && records_) record(process, number, nth);
        const bool is_time = fault_.lasts() ? idle_ : nth == fault_.nth;
        if (strcmp(fault_.who, process.who) == 0 && number == fault_.number && is_time) {
            process.failing = fault_.error;
            fault_was_met_ = true;
        }
        if (sleeps) proceed();
        // A number that no call has: the kernel does nothing, and the result is written over at the exit.
        if (process.failing != 0) ptrace(PTRACE_POKEUSR, pid, number_offset, ~0UL);
    }

    /// A timespec of cppinit's.
    [[nodiscard]] bool is_zero(uint64_t address) const {
        timespec time{};
        for (size_t offset = 0; offset < sizeof time; offset += sizeof(long)) {
            char* const word = reinterpret_cast<char*>(&time) + offset;
            ptrace(PTRACE_PEEKDATA, init_, address + offset, reinterpret_cast<unsigned long>(word));
        }
        return time.tv_sec == 0 && time.tv_nsec == 0;
    }

    void record(const Traced& process, long number, int nth) {
        printf("%s %ld %d\n", process.who, number, nth);
        if (idle_ && !std::exchange(is_steady_call_[number], true)) printf("%s %ld 0\n", process.who, number);
    }

    /// What a call of cppinit's that was let through has returned.
    void see_result(long number, int64_t result) {
        const bool sends = number == SYS_kill || number == SYS_rt_sigqueueinfo || number == SYS_pidfd_send_signal;
        if (number == SYS_rt_sigtimedwait && scenario_.signal != 0 && result == scenario_.signal) {
            signal_is_lost_ = true;
        } else if (sends && result == 0) {
            signal_is_lost_ = false;
        }
    }

    /// cppinit is about to sleep for the first time.
    void become_steady() {
        idle_ = true;
        steady_at_ = step_at_ = milliseconds();
        if (clock_getcpuclockid(init_, &cpu_clock_) != 0) fail("clock_getcpuclockid");
        steady_cpu_ns_ = nanoseconds(cpu_clock_);
    }

    /// Does what is next in the scenario, while cppinit sleeps. A fault that lasts and was met already is watched for a
    /// while first: cppinit must not spin meanwhile.
    void proceed() {
        constexpr long watched_ms = 1000;
        if (fault_.lasts() && fault_was_met_ && milliseconds() - step_at_ < watched_ms) return;
        if (held_ != 0) let_program_go();
        if (signal_is_due()) stimulate();
    }

    void let_program_go() {
        ptrace(PTRACE_DETACH, held_);
        program_ = held_;
        traced_child_.pid = held_ = 0;
        step_at_ = milliseconds();
    }

    [[nodiscard]] bool signal_is_due() const {
        if (scenario_.signal == 0) return false;
        if (signal_is_lost_) return !fault_.lasts();
        switch (scenario_.when) {
            case When::asleep: return !was_stimulated_;
            case When::ready: return false;
            case When::stopped: return !was_stimulated_ && process_stat(program_).state == 'T';
            case When::program_ended: return !was_stimulated_ && program_ != 0 && has_ended(program_);
        }
        return false;
    }

    /// Waited for or not: the fault may be in the waiting.
    bool has_ended(pid_t pid) const {
        const char state = process_stat(pid).state;
        return state == '\0' || (state == 'Z' && fault_.lasts());
    }

    void stimulate() {
        was_stimulated_ = true;
        signal_is_lost_ = false;
        step_at_ = milliseconds();
        if (scenario_.with_value) {
            sigval value{};
            value.sival_int = 7;
            sigqueue(init_, scenario_.signal, value);
        } else {
            kill(init_, scenario_.signal);
        }
    }

    void look_at_clock() {
        ticked = 0;
        constexpr long patience_ms = 20000;
        const long now = milliseconds();
        if (now - started_at_ > patience_ms) {
            hung_ = true;
            kill(init_, SIGKILL);
        } else if (fault_.lasts() && idle_) {
            look_at_cpu_time(now);
            proceed();
            look_at_end(now);
        }
    }

    /// A tenth of a core, and as much as a second of killing takes under a tracer.
    void look_at_cpu_time(long now) {
        const long used_ms = static_cast<long>((nanoseconds(cpu_clock_) - steady_cpu_ns_) / 1'000'000);
        if (used_ms <= 100 + (now - steady_at_) / 10) return;
        burned_ms_ = used_ms;
        kill(init_, SIGKILL);
    }

    /// cppinit must end within a second of its program: that is how long it tries to kill what no signal ends
    /// (`patience` in core/lifecycle.cpp). It may take half a second more because each of its calls stops for the
    /// tracer. Where no signal comes through, the driver ends what cppinit cannot.
    void look_at_end(long now) {
        constexpr long may_outlive_ms = 1500;
        constexpr long helped_after_ms = 1500;
        if (held_ != 0) return;
        bool has_living_child = false;
        for_each_child(init_, [&](pid_t child) { has_living_child = has_living_child || !has_ended(child); });
        const bool waits = scenario_.when == When::program_ended;
        const bool should_end = waits ? !has_living_child : program_ != 0 && has_ended(program_);
        if (!should_end) {
            if (!keeps_signals_away() || now - step_at_ < helped_after_ms) return;
            had_to_end_program_ = true;
            had_to_end_cppinit_ = scenario_.program == nullptr;
            if (had_to_end_cppinit_) kill(init_, SIGKILL);
            for_each_child(init_, [](pid_t child) { kill(child, SIGKILL); });
            return;
        }
        if (should_end_since_ == 0) should_end_since_ = now;
        if (now - should_end_since_ < may_outlive_ms) return;
        is_late_ = true;
        kill(init_, SIGKILL);
    }

    /// Who is left, null where nobody is; they are ended. Dead ones count too, except one that could not be executed
    /// and then not be waited for.
    const char* survivors() {
        const char* found = nullptr;
        for (;;) {
            int status = 0;
            const pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
            if (pid < 0) break;
            if (pid == 0) {
                found = "a process";
                kill_children();
            } else if (found == nullptr && (executed_ || fault_.number != SYS_wait4)) {
                found = "a zombie";
            }
        }
        if (terminal_ >= 0) close(terminal_);
        return found;
    }

    static void kill_children() {
        for_each_child(getpid(), [](pid_t pid) { kill(pid, SIGKILL); });
        usleep(500);
    }

    void read_log() {
        if (scenario_.log_in_file) lseek(log_, 0, SEEK_SET);
        size_t size = 0;
        for (ssize_t more; (more = read(log_, text_ + size, sizeof text_ - 1 - size)) > 0;)
            size += static_cast<size_t>(more);
        close(log_);
    }

    /// One line of cppinit's, or none where it was the line that failed.
    [[nodiscard]] bool has_one_line() const {
        const bool line_failed = fault_.number == SYS_pwritev2 || fault_.number == SYS_write;
        if (text_[0] == '\0') return line_failed;
        const char* const name = scenario_.persona != nullptr ? scenario_.persona : "cppinit";
        const size_t size = strlen(name);
        return strncmp(text_, name, size) == 0 && text_[size] == ':' &&
               strchr(text_, '\n') == text_ + strlen(text_) - 1;
    }

    const char* cppinit_;
    const Scenario& scenario_;
    const bool as_pid_1_;
    const Fault& fault_;
    const bool records_;
    Traced traced_init_{"init"};
    Traced traced_child_{"child"};
    pid_t init_ = 0;
    /// The program before it runs, and afterwards.
    pid_t held_ = 0;
    pid_t program_ = 0;
    int log_ = -1;
    int terminal_ = -1;
    /// cppinit has slept.
    bool idle_ = false;
    bool executed_ = false;
    bool fault_was_met_ = false;
    bool was_stimulated_ = false;
    /// cppinit has taken the signal and sent none since.
    bool signal_is_lost_ = false;
    bool ended_ = false;
    int status_ = 0;
    /// Which calls it has made since it slept.
    bool is_steady_call_[512] = {};
    bool hung_ = false;
    bool is_late_ = false;
    long burned_ms_ = 0;
    bool had_to_end_program_ = false;
    bool had_to_end_cppinit_ = false;
    long started_at_ = 0;
    long steady_at_ = 0;
    /// When the driver did something to cppinit or its program.
    long step_at_ = 0;
    long should_end_since_ = 0;
    clockid_t cpu_clock_ = 0;
    int64_t steady_cpu_ns_ = 0;
    char text_[16384] = "";
    char verdict_[17000] = "";
};

void start_clock() {
    struct sigaction action{};
    // Without SA_RESTART: waitpid returns.
    action.sa_handler = [](int) { ticked = 1; };
    sigaction(SIGALRM, &action, nullptr);
    const itimerval interval{{0, 50000}, {0, 50000}};
    setitimer(ITIMER_REAL, &interval, nullptr);
}

int record(const char* cppinit, const Scenario& scenario, bool as_pid_1) {
    const Fault none;
    Run run(cppinit, scenario, as_pid_1, none, true);
    const char* const verdict = run.verdict();
    const bool as_expected = strcmp(verdict, "survived") == 0;
    if (!as_expected) fprintf(stderr, "inject: %s: without a fault: %s\n", scenario.name, verdict);
    return as_expected ? 0 : 1;
}

int try_faults(const char* cppinit, const Scenario& scenario, bool as_pid_1) {
    Fault fault;
    while (scanf("%7s %ld %d %d", fault.who, &fault.number, &fault.nth, &fault.error) == 4) {
        printf("%s\n", Run(cppinit, scenario, as_pid_1, fault, false).verdict());
        fflush(stdout);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const char* const command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "act") == 0 && argc == 3) return act(argv[2]);
    if (strcmp(command, "list") == 0) {
        for (const Scenario& scenario : scenarios) printf("%s\n", scenario.name);
        return 0;
    }
    if (argc != 5) {
        fprintf(stderr, "usage: inject list | inject record|try CPPINIT SCENARIO pid1|subreaper\n");
        return 99;
    }
    set_signals(0, 0);
    write_programs();
    start_clock();
    const bool as_pid_1 = strcmp(argv[4], "pid1") == 0;
    return (strcmp(command, "record") == 0 ? record : try_faults)(argv[2], scenario_of(argv[3]), as_pid_1);
}
