// What the bench runs under an init. Each says one byte once it is ready, begins when it gets one byte, says one byte
// or its figures when it is done, and ends with its input.

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

namespace {

using namespace support;

void say(const void* bytes, size_t size) {
    if (write(STDOUT_FILENO, bytes, size) != static_cast<ssize_t>(size)) fail("write");
}

void await_input() {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) < 0) {
    }
}

pid_t checked_fork() {
    const pid_t pid = fork();
    if (pid < 0) fail("fork");
    return pid;
}

bool is_there(pid_t pid) {
    return kill(pid, 0) == 0 || errno != ESRCH;
}

/// Until the init has reaped it. Also inside of a PID namespace that has no /proc.
void await_reaped(pid_t orphan) {
    while (is_there(orphan)) usleep(50);
}

/// Leaves that many orphans to the init, at the same moment and all of them dead: they end, then their parent does.
void leave_dead_orphans(pid_t* orphans, int count) {
    const pid_t parent = checked_fork();
    if (parent == 0) {
        for (int i = 0; i < count; ++i) {
            const pid_t orphan = checked_fork();
            if (orphan == 0) _exit(0);
            orphans[i] = orphan;
        }
        for (int i = 0; i < count; ++i) {
            siginfo_t info;
            if (waitid(P_PID, static_cast<id_t>(orphans[i]), &info, WEXITED | WNOWAIT) < 0) fail("waitid");
        }
        _exit(0);
    }
    waitpid(parent, nullptr, 0);
}

/// burst COUNT TIMES: leaves COUNT orphans at the same moment, TIMES times, each time until they are reaped.
int burst(char** words) {
    const int count = atoi(words[0]);
    // The parent of the orphans writes their numbers into it.
    void* const shared = mmap(nullptr, sizeof(pid_t) * static_cast<size_t>(count), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) fail("mmap");
    pid_t* const orphans = static_cast<pid_t*>(shared);
    say("r", 1);
    await_input();
    for (int times = atoi(words[1]); times > 0; --times) {
        leave_dead_orphans(orphans, count);
        for (int i = 0; i < count; ++i) await_reaped(orphans[i]);
    }
    say("d", 1);
    await_input();
    return 0;
}

/// storm COUNT: two processes leave COUNT orphans together, each of which ends at once. As the main child of PID 1:
/// it waits until nobody else is there.
int storm(char** words) {
    const int count = atoi(words[0]);
    say("r", 1);
    await_input();
    pid_t makers[2];
    for (pid_t& maker : makers) {
        maker = checked_fork();
        if (maker != 0) continue;
        for (int left = count / 2; left > 0; --left) {
            const pid_t middle = checked_fork();
            if (middle == 0) {
                checked_fork();
                _exit(0);
            }
            waitpid(middle, nullptr, 0);
        }
        _exit(0);
    }
    for (const pid_t maker : makers) waitpid(maker, nullptr, 0);
    while (kill(-1, 0) == 0) usleep(200);
    say("d", 1);
    await_input();
    return 0;
}

/// signals COUNT: sends the init USR1 and waits until it is forwarded, so often; says how many nanoseconds each took.
int signals(char** words) {
    const int count = atoi(words[0]);
    constexpr long patience_ms = 10000;
    const pid_t init = getppid();
    set_mask(bit(SIGUSR1));
    say("r", 1);
    await_input();
    for (int left = count; left > 0; --left) {
        siginfo_t info;
        const int64_t start = nanoseconds();
        if (kill(init, SIGUSR1) < 0) fail("kill");
        if (wait_signal(bit(SIGUSR1), info, patience_ms) != SIGUSR1) fail("USR1 was lost");
        const int64_t taken = nanoseconds() - start;
        say(&taken, sizeof taken);
    }
    say("d", 1);
    await_input();
    return 0;
}

/// leftover: leaves one behind that ends 10 ms after it got TERM, when the init has nothing else to do any more, and
/// says what time it is then.
int leftover(char**) {
    set_mask(bit(SIGTERM));
    if (checked_fork() == 0) {
        say("r", 1);
        siginfo_t info;
        while (wait_signal(bit(SIGTERM), info) != SIGTERM) {
        }
        usleep(10000);
        const int64_t now = nanoseconds();
        say(&now, sizeof now);
        _exit(0);
    }
    await_input();
    return 0;
}

/// idle: ends with its init.
int idle(char**) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    say("r", 1);
    for (;;) pause();
}

/// subreaper PROGRAM...: the program becomes one, which survives exec, also where it does not ask for it.
int subreaper(char** words) {
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) fail("subreaper");
    execv(words[0], words);
    fail(words[0]);
}

struct Command {
    const char* name;
    int words;
    int (*run)(char** words);
};

constexpr Command commands[] = {
    {"burst", 2, burst},     {"idle", 0, idle},   {"leftover", 0, leftover},
    {"signals", 1, signals}, {"storm", 1, storm}, {"subreaper", 1, subreaper},
};

}  // namespace

int main(int argc, char** argv) {
    for (const Command& command : commands) {
        if (argc >= 2 + command.words && strcmp(argv[1], command.name) == 0) return command.run(argv + 2);
    }
    fprintf(stderr, "programs: unknown command or too few words\n");
    return 99;
}
