#pragma once

// What the C++ test programs share with each other. They share nothing with src: what is tested must not vouch for
// itself. Signals are handled without libc, whose sets leave out 32 to 34.

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

namespace support {

/// Ends the program with a line on stderr that names it, what failed and the errno.
[[noreturn]] inline void fail(const char* what) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(99);
}

// ---- signals ----

constexpr uint64_t all_signals = ~uint64_t{0};

constexpr uint64_t bit(int signal) {
    return uint64_t{1} << (signal - 1);
}

/// Blocks these signals and no others.
inline void set_mask(uint64_t bits) {
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &bits, nullptr, sizeof bits) < 0) fail("rt_sigprocmask");
}

/// Ignores the signal, or gives it its default action.
inline void set_ignored(int signal, bool ignored) {
    const unsigned long kernel_action[4] = {ignored ? 1UL : 0UL, 0, 0, 0};
    if (syscall(SYS_rt_sigaction, signal, kernel_action, nullptr, sizeof(uint64_t)) < 0) fail("rt_sigaction");
}

/// Ignores these signals and blocks those, and no others. With none of either, this undoes what was inherited: nohup
/// lets a program ignore HUP, and a shell without job control lets its background jobs ignore INT and QUIT.
inline void set_signals(uint64_t blocked, uint64_t ignored) {
    for (int signal = 1; signal <= 64; ++signal) {
        if (signal != SIGKILL && signal != SIGSTOP) set_ignored(signal, (ignored & bit(signal)) != 0);
    }
    set_mask(blocked);
}

/// Waits for one of these signals and returns it, or 0 after the timeout; without a timeout (-1), 0 means that the
/// caller was stopped and continued.
inline int wait_signal(uint64_t bits, siginfo_t& info, long timeout_ms = -1) {
    const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1000000};
    const long signal = syscall(SYS_rt_sigtimedwait, &bits, &info, timeout_ms < 0 ? nullptr : &timeout, sizeof bits);
    return signal < 0 ? 0 : static_cast<int>(signal);
}

// ---- time ----

inline int64_t nanoseconds(clockid_t clock = CLOCK_MONOTONIC) {
    timespec now;
    if (clock_gettime(clock, &now) < 0) fail("clock_gettime");
    return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline long microseconds() {
    return static_cast<long>(nanoseconds() / 1000);
}

inline long milliseconds() {
    return static_cast<long>(nanoseconds() / 1'000'000);
}

// ---- processes ----

/// What /proc says about a process. The state is the letter of /proc/PID/stat, or 0 if there is no such process.
struct ProcessStat {
    char state = '\0';
    pid_t parent = 0;
};

inline ProcessStat process_stat(pid_t pid) {
    ProcessStat process;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE* const file = fopen(path, "re");
    if (file == nullptr) return process;
    char line[512] = "";
    // A process that has been reaped since is read as nothing.
    if (fgets(line, sizeof line, file) != nullptr) {
        const char* const after_name = strrchr(line, ')');
        if (after_name != nullptr) sscanf(after_name, ") %c %d", &process.state, &process.parent);
    }
    fclose(file);
    return process;
}

/// How many zombies this /proc shows: those of one parent, or all.
inline int count_zombies(pid_t of_parent = 0) {
    DIR* const proc = opendir("/proc");
    if (proc == nullptr) fail("/proc");
    int count = 0;
    while (const dirent* entry = readdir(proc)) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        const ProcessStat process = process_stat(atoi(entry->d_name));
        if (process.state == 'Z' && (of_parent == 0 || process.parent == of_parent)) ++count;
    }
    closedir(proc);
    return count;
}

/// Calls the function with the pid of each child of a process, dead ones included.
template <class Function>
void for_each_child(pid_t parent, Function function) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    FILE* const children = fopen(path, "re");
    if (children == nullptr) fail(path);
    int pid = 0;
    while (fscanf(children, "%d", &pid) == 1) function(pid);
    fclose(children);
}

/// The number after a word that begins a line of the file; 0 if there is none.
inline long number_in(const char* path, const char* word) {
    FILE* const file = fopen(path, "re");
    if (file == nullptr) fail(path);
    char line[512];
    long number = 0;
    while (fgets(line, sizeof line, file) != nullptr) {
        if (strncmp(line, word, strlen(word)) == 0) number = atol(line + strlen(word));
    }
    fclose(file);
    return number;
}

/// The same of a file below /proc/PID.
inline long number_of(pid_t pid, const char* file, const char* word) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    return number_in(path, word);
}

}  // namespace support
