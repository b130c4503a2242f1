// The stress driver: starts cppinit again and again with a random program, random options and random signals at random
// microseconds, as PID 1 and as a subreaper, and holds it to what the contract promises.
//
//     soak SECONDS CPPINIT [SEED]      prints the totals; 1 and the first failure's seed where there was one
//     soak --again SEED CPPINIT        that one run, 1000 times
//
// Each worker is PID 1 of a namespace of its own with very few numbers, so that pids are recycled all the time, and
// next to it a crowd that has nothing to do with cppinit comes and goes: whoever of them is touched by a signal was hit
// by mistake.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

namespace {

using namespace support;

// Long enough for a machine that is busy with other things; nothing here takes longer than a second by itself.
constexpr long patience_us = 20000000;

/// Sleeps where that is exact enough, and spins for the rest.
void pass_until(long point) {
    constexpr long coarse = 200;
    for (long left; (left = point - microseconds()) > 0;) {
        if (left > coarse) usleep(static_cast<useconds_t>(left - coarse));
    }
}

/// splitmix64: a seed is all that a run is made of.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31);
    }
    int below(int bound) { return static_cast<int>(next() % static_cast<uint64_t>(bound)); }
    bool one_in(int times) { return below(times) == 0; }
    /// Microseconds, short ones more often than long ones: most windows are narrow and early.
    int moment(int longest) { return below(1 + (longest >> below(8))); }

  private:
    uint64_t state_;
};

// ---- what runs under cppinit ----

void make_orphans(Random& random) {
    for (int left = 1 + random.below(10); left > 0; --left) {
        const pid_t middle = fork();
        if (middle == 0) {
            if (fork() == 0) pass_until(microseconds() + random.moment(2000));
            _exit(0);
        }
        if (middle > 0) waitpid(middle, nullptr, 0);
    }
}

/// One that stays: in the group or in a session of its own, a child of the program or of cppinit, heeding TERM or not.
void make_leftover(Random& random) {
    const bool leaves_group = random.one_in(2);
    const bool is_orphan = random.one_in(2);
    const bool heeds_signals = !random.one_in(3);
    if (fork() != 0) return;
    if (is_orphan && fork() != 0) _exit(0);
    if (leaves_group) setsid();
    if (heeds_signals) set_mask(0);
    for (;;) pause();
}

/// Never there for long: forks and ends without end, and only KILL ends it.
void make_hopper() {
    if (fork() != 0) return;
    setsid();
    for (;;) {
        const pid_t next = fork();
        if (next > 0) _exit(0);
        // The namespace is full for a moment: try again.
    }
}

void stop_for_a_moment(Random& random) {
    const pid_t self = getpid();
    const pid_t helper = fork();
    if (helper < 0) return;
    if (helper == 0) {
        // The first one may come before the STOP does.
        for (pass_until(microseconds() + random.moment(1000)); getppid() == self; usleep(1000)) kill(self, SIGCONT);
        _exit(0);
    }
    // KILL and STOP alone get through to a process that blocks everything.
    kill(self, SIGSTOP);
    kill(helper, SIGKILL);
    waitpid(helper, nullptr, 0);
}

/// busy SEED CODE: does random things with all signals blocked, sees to it that no zombie stays, and exits with the
/// code. 250: a zombie stayed.
int busy(char** words) {
    Random random(strtoull(words[0], nullptr, 10));
    const pid_t init = getppid();
    for (int steps = random.below(5); steps > 0; --steps) {
        switch (random.below(6)) {
            case 0: make_orphans(random); break;
            case 1:
            case 2: make_leftover(random); break;
            case 3: stop_for_a_moment(random); break;
            case 4: pass_until(microseconds() + random.moment(3000)); break;
            case 5:
                if (random.one_in(20)) make_hopper();
                break;
        }
    }
    if (random.one_in(4)) {
        const long deadline = microseconds() + patience_us / 2;
        while (count_zombies(init) > 0) {
            if (microseconds() > deadline) return 250;
            usleep(200);
        }
    }
    return atoi(words[1]);
}

/// mortal: what every signal without a handler does to a program.
int mortal(char**) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    set_mask(0);
    for (;;) pause();
}

/// count DESCRIPTOR: writes a byte for every real-time signal from 40 to 63 that arrives; 64 ends it with 42.
int count(char** words) {
    const int pipe = atoi(words[0]);
    uint64_t wanted = bit(64);
    for (int signal = 40; signal < 64; ++signal) wanted |= bit(signal);
    siginfo_t info;
    for (int signal; (signal = wait_signal(wanted, info)) != 64;) {
        if (signal != 0 && write(pipe, "", 1) != 1) return 251;
    }
    return 42;
}

/// stubborn SEED: heeds nothing but KILL, and may have company; with seed 0 it has none.
int stubborn(char** words) {
    const uint64_t seed = strtoull(words[0], nullptr, 10);
    Random random(seed);
    for (int left = seed == 0 ? 0 : random.below(3); left > 0; --left) make_leftover(random);
    for (;;) pause();
}

// ---- one run ----

struct Totals {
    long runs;
    long as_pid_1;
    long signals;
    long bystanders;
    long kinds[8];
};

enum Kind { kind_busy, kind_mortal, kind_count, kind_stubborn, kind_pause, kind_not_found, kind_killed, kind_number };
constexpr const char* kind_names[kind_number] = {"code kept", "death reported", "signals counted", "killed after",
                                                 "paused",    "not found",      "cppinit killed"};

struct Settings {
    const char* cppinit;
    const char* self;
    pid_t neighbours[2];
    Totals* totals;
};

/// The words of one command, in an array of its own.
class Words {
  public:
    void add(const char* format, ...) __attribute__((format(printf, 2, 3))) {
        va_list values;
        va_start(values, format);
        vsnprintf(text_[size_], sizeof text_[size_], format, values);
        va_end(values);
        words_[size_] = text_[size_];
        words_[++size_] = nullptr;
    }
    char** words() { return words_; }
    void print() const {
        for (int i = 0; i < size_; ++i) fprintf(stderr, " %s", text_[i]);
        fputc('\n', stderr);
    }

  private:
    char text_[24][256];
    char* words_[25] = {};
    int size_ = 0;
};

enum class Leftovers { terminate, wait, leave };

class Run {
  public:
    Run(const Settings& settings, uint64_t seed) : settings_(settings), seed_(seed), random_(seed) {}

    bool holds() {
        plan();
        start();
        act();
        const bool ended = wait_for_end();
        const bool good = ended && judge_code() && (leaves_others_ || judge_survivors());
        clean_up();
        ++settings_.totals->runs;
        ++settings_.totals->kinds[kind_];
        if (as_pid_1_) ++settings_.totals->as_pid_1;
        if (!good) {
            fprintf(stderr, "soak: seed %llu: %s; as %s:", static_cast<unsigned long long>(seed_), complaint_,
                    as_pid_1_ ? "PID 1" : "a subreaper");
            command_.print();
        }
        return good;
    }

  private:
    void plan() {
        static constexpr Kind by_weight[] = {kind_busy,   kind_busy,      kind_busy,  kind_busy,
                                             kind_mortal, kind_mortal,    kind_count, kind_stubborn,
                                             kind_pause,  kind_not_found, kind_killed};
        kind_ = by_weight[random_.below(sizeof by_weight / sizeof *by_weight)];
        // As PID 1 nobody but the kernel sees what a killed cppinit leaves.
        as_pid_1_ = kind_ != kind_killed && random_.one_in(2);
        has_own_proc_ = random_.one_in(2);

        command_.add("%s", settings_.cppinit);
        static constexpr const char* scopes[] = {"--group", "--single-child", "--all"};
        const int scope = random_.below(3);
        command_.add("%s", scopes[scope]);
        if (kind_ == kind_busy || kind_ == kind_pause) {
            policy_ = static_cast<Leftovers>(random_.below(3));
            static constexpr const char* names[] = {"terminate", "wait", "leave"};
            command_.add("--leftovers=%s", names[static_cast<int>(policy_)]);
        }
        command_.add("--grace=%dms", random_.below(3) * 5);
        if (random_.one_in(4)) command_.add("--stop-delay=1ms");
        // Nobody reads it: the lines are dropped and must delay nothing.
        if (random_.one_in(4)) command_.add("-vvv");

        switch (kind_) {
            case kind_busy:
                code_ = random_.below(250);
                add_program("busy", "%llu", static_cast<unsigned long long>(random_.next()));
                command_.add("%d", code_);
                break;
            case kind_mortal: add_program("mortal", "-"); break;
            case kind_count:
                if (pipe(counted_) < 0) fail("pipe");
                fcntl(counted_[0], F_SETFD, FD_CLOEXEC);
                code_ = 42;
                add_program("count", "%d", counted_[1]);
                break;
            case kind_stubborn:
                command_.add("--kill-after=%dms", random_.below(4));
                code_ = 128 + SIGKILL;
                add_program("stubborn", "%llu", static_cast<unsigned long long>(random_.next()));
                break;
            case kind_pause: command_.add("--pause"); break;
            case kind_not_found:
                command_.add("no-such-program");
                code_ = 127;
                break;
            case kind_killed:
                command_.add("--kill-child");
                add_program("stubborn", "0");
                leaves_others_ = true;
                break;
            case kind_number: break;
        }
        // What a subreaper is to leave, or may not be there to end, lives on.
        if (policy_ == Leftovers::leave) leaves_others_ = true;
    }

    void add_program(const char* name, const char* format, ...) __attribute__((format(printf, 3, 4))) {
        char word[64];
        va_list values;
        va_start(values, format);
        vsnprintf(word, sizeof word, format, values);
        va_end(values);
        command_.add("%s", settings_.self);
        command_.add("act");
        command_.add("%s", name);
        command_.add("%s", word);
    }

    void start() {
        const unsigned long namespaces = static_cast<unsigned long>(CLONE_NEWPID | CLONE_NEWNS);
        const unsigned long flags = SIGCHLD | (as_pid_1_ ? namespaces : 0UL);
        const int policies[] = {SCHED_OTHER, SCHED_OTHER, SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO};
        const int policy = policies[random_.below(6)];
        const bool on_one_core = random_.one_in(2);
        const bool ignores_children = random_.one_in(8);
        init_ = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0UL));
        if (init_ < 0) fail("clone");
        if (init_ > 0) return;

        if (as_pid_1_ && has_own_proc_ && mount("proc", "/proc", "proc", 0, nullptr) < 0) fail("mount /proc");
        if (on_one_core) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(0, &one);
            sched_setaffinity(0, sizeof one, &one);
        }
        sched_param priority{};
        priority.sched_priority = policy == SCHED_FIFO ? 1 : 0;
        // Not musl's wrapper, which refuses every policy.
        syscall(SYS_sched_setscheduler, 0, policy | SCHED_RESET_ON_FORK, &priority);
        const int nowhere = open("/dev/null", O_RDWR);
        for (int standard = 0; standard < 3; ++standard) dup2(nowhere, standard);
        if (nowhere > 2) close(nowhere);
        if (ignores_children) signal(SIGCHLD, SIG_IGN);
        // All are blocked already: from its first instruction on cppinit can lose none.
        execv(settings_.cppinit, command_.words());
        _exit(99);
    }

    void send(int signal) {
        kill(init_, signal);
        ++settings_.totals->signals;
    }

    void act() {
        started_at_ = microseconds();
        pass_until(started_at_ + random_.moment(2000));
        switch (kind_) {
            case kind_busy:
                for (int left = random_.below(8); left > 0; --left) {
                    const int signal = 1 + random_.below(64);
                    // A crowd of hoppers is not to be made by stopping the one that ends it.
                    if (signal != SIGKILL && signal != SIGSTOP) send(signal);
                    pass_until(microseconds() + random_.moment(2000));
                }
                break;
            case kind_mortal: {
                const int signal = lethal_signal();
                code_ = 128 + signal;
                send(signal);
                break;
            }
            case kind_count: act_counted(); break;
            case kind_stubborn:
            case kind_pause: send(SIGTERM); break;
            case kind_not_found:
                for (int left = random_.below(3); left > 0; --left) send(SIGTERM);
                break;
            case kind_killed: send(SIGKILL); break;
            case kind_number: break;
        }
    }

    /// One that ends a program by default and that nothing else stands for (--kill-child's parent death among them).
    int lethal_signal() {
        for (;;) {
            const int signal = 1 + random_.below(64);
            const bool harmless = signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
            const bool stops = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
            if (!harmless && !stops && signal != SIGKILL) return signal;
        }
    }

    void act_counted() {
        close(counted_[1]);
        counted_[1] = -1;
        const int sent = random_.below(60);
        for (int i = 0; i < sent; ++i) {
            send(40 + random_.below(24));
            if (random_.one_in(3)) pass_until(microseconds() + random_.moment(300));
        }
        int came = 0;
        while (came < sent) {
            pollfd watched{counted_[0], POLLIN, 0};
            char bytes[64];
            if (poll(&watched, 1, static_cast<int>(patience_us / 1000)) != 1) break;
            const ssize_t size = read(counted_[0], bytes, sizeof bytes);
            if (size <= 0) break;
            came += static_cast<int>(size);
        }
        close(counted_[0]);
        if (came != sent) snprintf(complaint_, sizeof complaint_, "%d of %d signals arrived", came, sent);
        send(64);
    }

    bool wait_for_end() {
        const long deadline = microseconds() + patience_us;
        const int handle = static_cast<int>(syscall(SYS_pidfd_open, init_, 0U));
        if (handle < 0) fail("pidfd_open");
        // What waits for its leftovers ends them only when asked to; an extra TERM changes nobody's code here.
        const bool needs_asking = policy_ == Leftovers::wait && (kind_ == kind_busy || kind_ == kind_pause);
        pollfd watched{handle, POLLIN, 0};
        bool ended = false;
        while (!ended && microseconds() < deadline) {
            ended = poll(&watched, 1, needs_asking ? 5 : 1000) == 1;
            if (!ended && needs_asking) send(SIGTERM);
        }
        close(handle);
        if (!ended) {
            snprintf(complaint_, sizeof complaint_, "it hangs");
            describe_hang();
            kill(init_, SIGKILL);
        }
        while (waitpid(init_, &status_, 0) < 0 && errno == EINTR) {
        }
        return ended;
    }

    void describe_hang() const {
        char command[128];
        snprintf(command, sizeof command, "ps -e -o pid,ppid,pgid,stat,wchan,args >&2; cat /proc/%d/status >&2", init_);
        if (system(command) != 0) fprintf(stderr, "soak: there is no ps\n");
    }

    bool judge_code() {
        if (complaint_[0] != '\0') return false;
        if (kind_ == kind_killed) return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL;
        if (WIFEXITED(status_) && WEXITSTATUS(status_) == code_) return true;
        snprintf(complaint_, sizeof complaint_, "status %#x instead of the code %d", static_cast<unsigned>(status_),
                 code_);
        return false;
    }

    /// The first child of this worker that is none of its own: cppinit has left it behind, dead or alive.
    pid_t survivor() const {
        pid_t found = 0;
        for_each_child(getpid(), [&](pid_t pid) {
            if (pid != settings_.neighbours[0] && pid != settings_.neighbours[1]) found = pid;
        });
        return found;
    }

    bool judge_survivors() {
        const pid_t pid = survivor();
        if (pid == 0) return true;
        snprintf(complaint_, sizeof complaint_, "pid %d was left behind", pid);
        describe_hang();
        return false;
    }

    void clean_up() {
        for (const int descriptor : counted_) {
            if (descriptor >= 0) close(descriptor);
        }
        const long deadline = microseconds() + patience_us;
        while (const pid_t pid = survivor()) {
            // A main child dies of its parent's death by itself.
            if (kind_ == kind_killed && microseconds() < deadline) {
                if (waitpid(pid, nullptr, WNOHANG) == 0) usleep(100);
                continue;
            }
            if (kind_ == kind_killed) fail("--kill-child has not killed the main child");
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
    }

    const Settings& settings_;
    const uint64_t seed_;
    Random random_;
    Kind kind_ = kind_busy;
    bool as_pid_1_ = false;
    bool has_own_proc_ = false;
    bool leaves_others_ = false;
    Leftovers policy_ = Leftovers::terminate;
    Words command_;
    int code_ = 0;
    int counted_[2] = {-1, -1};
    pid_t init_ = 0;
    int status_ = 0;
    long started_at_ = 0;
    char complaint_[128] = "";
};

// ---- the workers ----

/// Children that come and go without end and that nobody has a reason to signal. Ends by itself only where one of them
/// was.
[[noreturn]] void be_bystanders(Totals* totals) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    set_mask(0);
    for (;;) {
        pid_t crowd[8];
        for (pid_t& one : crowd) {
            one = fork();
            if (one == 0) {
                usleep(static_cast<useconds_t>(getpid() % 7) * 100);
                _exit(0);
            }
        }
        for (const pid_t one : crowd) {
            int status = 0;
            if (one > 0 && waitpid(one, &status, 0) == one && !WIFEXITED(status)) {
                fprintf(stderr, "soak: a bystander, pid %d, got a signal: status %#x\n", one,
                        static_cast<unsigned>(status));
                _exit(1);
            }
            ++totals->bystanders;
        }
        usleep(2000);
    }
}

/// Takes time from everybody.
[[noreturn]] void be_greedy() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    for (;;) {
        pass_until(microseconds() + 3000);
        usleep(3000);
    }
}

/// Few numbers, so that they are recycled at once. Since Linux 6.14 each PID namespace has a limit of its own; before,
/// there is one for all, which is not ours to change.
void limit_numbers() {
    utsname kernel;
    int major = 0;
    int minor = 0;
    if (uname(&kernel) < 0 || sscanf(kernel.release, "%d.%d", &major, &minor) != 2) return;
    if (major < 6 || (major == 6 && minor < 14)) return;
    const int file = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "400\n", 4) != 4) fail("/proc/sys/kernel/pid_max");
    close(file);
}

pid_t spawn_neighbour(void (*neighbour)(Totals*), Totals* totals) {
    const pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) neighbour(totals);
    return pid;
}

[[noreturn]] void work(Settings settings, uint64_t seed, long until, int times) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    set_mask(all_signals);
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) fail("make mounts private");
    if (mount("proc", "/proc", "proc", 0, nullptr) < 0) fail("mount /proc");
    limit_numbers();
    settings.neighbours[0] = spawn_neighbour([](Totals* totals) { be_bystanders(totals); }, settings.totals);
    settings.neighbours[1] = spawn_neighbour([](Totals*) { be_greedy(); }, settings.totals);
    Random seeds(seed);
    bool good = true;
    for (int run = 0; good && (times == 0 ? microseconds() < until : run < times); ++run) {
        good = Run(settings, times == 0 ? seeds.next() : seed).holds();
        int status = 0;
        if (waitpid(settings.neighbours[0], &status, WNOHANG) != 0) good = false;
    }
    // The rest goes with PID 1.
    _exit(good ? 0 : 1);
}

pid_t start_worker(const Settings& settings, uint64_t seed, long until, int times) {
    const unsigned long flags = SIGCHLD | static_cast<unsigned long>(CLONE_NEWPID | CLONE_NEWNS);
    const pid_t worker = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0UL));
    if (worker < 0) fail("clone");
    if (worker == 0) work(settings, seed, until, times);
    return worker;
}

int soak(const char* cppinit, long seconds, uint64_t seed, int times) {
    constexpr int workers = 2;
    // A HUP that is ignored, as below nohup, would end none of the programs that it is to end.
    set_signals(0, 0);
    static char self[4096];
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) fail("/proc/self/exe");
    auto* totals = static_cast<Totals*>(
        mmap(nullptr, workers * sizeof(Totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (totals == MAP_FAILED) fail("mmap");
    const long start = microseconds();
    int left = 0;
    for (; left < (times == 0 ? workers : 1); ++left) {
        const uint64_t own_seed = times == 0 ? seed + static_cast<uint64_t>(left) : seed;
        start_worker({cppinit, self, {}, totals + left}, own_seed, start + seconds * 1000000, times);
    }
    bool good = true;
    int status = 0;
    for (; left > 0 && wait(&status) > 0; --left) good = good && status == 0;
    const double took = static_cast<double>(microseconds() - start) / 1e6;

    Totals sum = totals[0];
    for (int worker = 1; worker < workers; ++worker) {
        const Totals& more = totals[worker];
        sum.runs += more.runs;
        sum.as_pid_1 += more.as_pid_1;
        sum.signals += more.signals;
        sum.bystanders += more.bystanders;
        for (int kind = 0; kind < kind_number; ++kind) sum.kinds[kind] += more.kinds[kind];
    }
    printf("soak: seed %llu: %ld runs in %.0f s (%.0f a second), %ld of them as PID 1, with %ld signals:",
           static_cast<unsigned long long>(seed), sum.runs, took, static_cast<double>(sum.runs) / took, sum.as_pid_1,
           sum.signals);
    for (int kind = 0; kind < kind_number; ++kind) printf(" %ld %s,", sum.kinds[kind], kind_names[kind]);
    printf(" %ld bystanders untouched\n", sum.bystanders);
    return good ? 0 : 1;
}

int act(int argc, char** argv) {
    if (argc < 4) return 99;
    if (strcmp(argv[2], "busy") == 0 && argc == 5) return busy(argv + 3);
    if (strcmp(argv[2], "mortal") == 0) return mortal(argv + 3);
    if (strcmp(argv[2], "count") == 0) return count(argv + 3);
    if (strcmp(argv[2], "stubborn") == 0) return stubborn(argv + 3);
    return 99;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc >= 3 && strcmp(argv[1], "act") == 0) return act(argc, argv);
    if (argc == 4 && strcmp(argv[1], "--again") == 0) return soak(argv[3], 0, strtoull(argv[2], nullptr, 10), 1000);
    if (argc == 3 || argc == 4) {
        const auto seed = static_cast<uint64_t>(argc == 4 ? strtoull(argv[3], nullptr, 10)
                                                          : static_cast<unsigned long long>(time(nullptr)));
        return soak(argv[2], atol(argv[1]), seed, 0);
    }
    fprintf(stderr, "usage: soak SECONDS CPPINIT [SEED] | soak --again SEED CPPINIT\n");
    return 99;
}
