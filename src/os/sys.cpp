#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace sys {
namespace {

// Calls go through libc's functions. `syscall` is for those that libc does not have, or that it changes on the way; why
// is said at each.

/// The kernel's own set: libc's sigprocmask and sigtimedwait leave out 32 to 34, which libc keeps for its threads. Only
/// MIPS has signals above 64; cppinit leaves them as they are.
struct KernelSet {
    std::uint64_t bits = 0;
#ifdef __mips__
    std::uint64_t above_64 = 0;
#endif
};
constexpr bool has_more_signals = sizeof(KernelSet) > sizeof(std::uint64_t);

/// The structure of the call numbers used here: two longs, on 32-bit architectures too, where libc's timespec has
/// 64-bit seconds.
struct KernelTime {
    long seconds;
    long nanoseconds;
};
#ifdef SYS_clock_gettime32
constexpr long clock_gettime_number = SYS_clock_gettime32;  // musl's name of it on 32-bit architectures
#else
constexpr long clock_gettime_number = SYS_clock_gettime;
#endif

long change_mask(int how, const KernelSet& set, KernelSet* before) {
    return ::syscall(SYS_rt_sigprocmask, how, &set, before, sizeof set);
}

std::unexpected<Error> failed() {
    return std::unexpected(Error{errno});
}

/// For calls that return nothing but success or a failure.
Result<void> checked(long result) {
    if (result < 0) return failed();
    return {};
}

Result<std::size_t> counted(long result) {
    if (result < 0) return failed();
    return static_cast<std::size_t>(result);
}

Result<Descriptor> opened(long result) {
    if (result < 0) return failed();
    return Descriptor(static_cast<int>(result));
}

/// The wait status of wait4(2) that says the same.
int wait_status_of(const siginfo_t& info) {
    switch (info.si_code) {
        case CLD_EXITED: return (info.si_status & 0xff) << 8;
        case CLD_DUMPED: return info.si_status | 0x80;
        case CLD_STOPPED:
        case CLD_TRAPPED: return info.si_status << 8 | 0x7f;
        default: return info.si_status;  // CLD_KILLED
    }
}

std::int64_t to_us(const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

/// waitid(2), for those children too that clone made with another exit signal (__WALL). False: these were left out,
/// because before Linux 4.7 only wait4 knew that flag.
Result<bool> wait_for(idtype_t kind, pid_t id, siginfo_t& info, int options) {
    const auto child = static_cast<id_t>(id);
    // With WNOHANG, a pid that stays 0 is none (waitid(2), RETURN VALUE).
    info = {};
    if (::waitid(kind, child, &info, options | __WALL) == 0) return true;
    if (errno != EINVAL || ::waitid(kind, child, &info, options) < 0) return failed();
    return false;
}

Result<Waited> take(const Result<bool>& waited, const siginfo_t& info) {
    if (!waited) return std::unexpected(waited.error());
    return Waited{info.si_pid, wait_status_of(info)};
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

Result<core::SignalSet> sigprocmask(core::SignalSet blocked) {
    KernelSet before;
    if (change_mask(has_more_signals ? SIG_BLOCK : SIG_SETMASK, {blocked.bits()}, &before) < 0) return failed();
    if constexpr (has_more_signals) (void)change_mask(SIG_UNBLOCK, {~blocked.bits()}, nullptr);
    return core::SignalSet(before.bits);
}

Result<bool> ignore_sigchld(bool ignore) {
    struct sigaction action = {};
    action.sa_handler = ignore ? SIG_IGN : SIG_DFL;
    struct sigaction before;
    if (::sigaction(SIGCHLD, &action, &before) < 0) return failed();
    return before.sa_handler == SIG_IGN;
}

Result<void> set_default_action(int signal) {
    const struct sigaction action = {};
    return checked(::sigaction(signal, &action, nullptr));
}

Result<siginfo_t> sigtimedwait(core::SignalSet set, std::optional<long> timeout_ms) {
    // musl's own function also goes on waiting after EINTR, and glibc's changes si_code.
    KernelTime timeout = {};
    if (timeout_ms) timeout = {*timeout_ms / 1000, *timeout_ms % 1000 * 1'000'000};
    const KernelSet wanted{set.bits()};
    siginfo_t info;
    if (::syscall(SYS_rt_sigtimedwait, &wanted, &info, timeout_ms ? &timeout : nullptr, sizeof wanted) < 0) {
        return failed();
    }
    return info;
}

Result<void> kill(pid_t target, int signal) {
    return checked(::kill(target, signal));
}

Result<void> tgkill(pid_t process, pid_t thread, int signal) {
    // Newer than some libcs.
    return checked(::syscall(SYS_tgkill, process, thread, signal));
}

Result<void> sigqueueinfo(pid_t target, const siginfo_t& info) {
    // libc's sigqueue would put cppinit's own pid and uid into it.
    return checked(::syscall(SYS_rt_sigqueueinfo, target, info.si_signo, &info));
}

Result<void> pidfd_send_signal(int handle, int signal) {
    // Newer than some libcs.
    return checked(::syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0U));
}

Result<pid_t> find_ended(idtype_t kind, pid_t id) {
    siginfo_t info;
    const auto of_all_kinds = wait_for(kind, id, info, WEXITED | WNOHANG | WNOWAIT);
    if (!of_all_kinds) return std::unexpected(of_all_kinds.error());
    if (kind == P_ALL && info.si_pid == 0 && !*of_all_kinds) return std::unexpected(Error{EINVAL});
    return info.si_pid;
}

Result<Waited> wait4(pid_t which, int options, core::Usage* usage) {
    int status = 0;
    rusage used;
    const pid_t pid = ::wait4(which, &status, options | __WALL, usage != nullptr ? &used : nullptr);
    if (pid < 0) return failed();
    if (usage != nullptr && pid > 0) {
        usage->cpu_us = to_us(used.ru_utime) + to_us(used.ru_stime);
        usage->max_rss_kb = used.ru_maxrss;
    }
    return Waited{pid, status};
}

Result<Waited> waitid(pid_t which, int options) {
    siginfo_t info;
    const idtype_t kind = which == -1 ? P_ALL : P_PID;
    return take(wait_for(kind, which, info, options | WEXITED), info);
}

Result<Waited> wait_for_stopped() {
    siginfo_t info;
    return take(wait_for(P_ALL, 0, info, WSTOPPED | WNOHANG), info);
}

Result<pid_t> clone_vfork(int (*child)(void*), void* argument, std::span<char> stack) {
    const pid_t pid = ::clone(child, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, argument);
    if (pid < 0) return failed();
    return pid;
}

Error execve(const char* path, char** argv, char** envp) {
    (void)::execve(path, argv, envp);
    return {errno};
}

pid_t getpid() {
    return ::getpid();
}

pid_t getppid() {
    return ::getppid();
}

pid_t getpgrp() {
    return ::getpgrp();
}

Result<pid_t> getpgid(pid_t pid) {
    const pid_t group = ::getpgid(pid);
    if (group < 0) return failed();
    return group;
}

Result<void> setpgid() {
    return checked(::setpgid(0, 0));
}

Result<void> setsid() {
    return checked(::setsid());
}

pid_t getsid() {
    return ::getsid(0);
}

Result<void> set_child_subreaper() {
    return checked(::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL));
}

Result<void> set_parent_death_signal(int signal) {
    return checked(::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0UL, 0UL, 0UL));
}

Result<void> forbid_core_files() {
    return checked(::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL));
}

Result<Descriptor> open(const char* path, int flags) {
    // musl's open makes a second call, for kernels that do not know O_CLOEXEC; its openat does not.
    return opened(::openat(AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0666));
}

Result<Descriptor> openat(const Descriptor& directory, const char* path, int flags) {
    return opened(::openat(directory.number(), path, flags | O_CLOEXEC | O_NOCTTY));
}

Result<Pipe> pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0) return failed();
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<std::size_t> read(int descriptor, char* buffer, std::size_t size) {
    return counted(::read(descriptor, buffer, size));
}

Result<std::size_t> write(int descriptor, const char* bytes, std::size_t size) {
    return counted(::write(descriptor, bytes, size));
}

Result<std::size_t> write_nowait(int descriptor, const char* bytes, std::size_t size) {
    // linux/fs.h; the flag and the call are newer than some libcs. The last argument is on the stack, and `syscall`
    // reads a whole long there.
    constexpr long rwf_nowait = 0x8;
    const iovec piece{const_cast<char*>(bytes), size};
    constexpr long at_current_position = -1;
    return counted(
        ::syscall(SYS_pwritev2, descriptor, &piece, 1, at_current_position, at_current_position, rwf_nowait));
}

Result<bool> poll_for_writing(int descriptor, int timeout_ms) {
    pollfd watched{descriptor, POLLOUT, 0};
    const int found = ::poll(&watched, 1, timeout_ms);
    if (found < 0) return failed();
    return found == 1;
}

Result<void> access(const char* path) {
    return checked(::access(path, F_OK));
}

Result<unsigned> lstat_mode(const char* path) {
    struct stat status;
    if (::lstat(path, &status) < 0) return failed();
    return status.st_mode;
}

Result<void> rename(const char* from, const char* to) {
    return checked(::rename(from, to));
}

void unlink(const char* path) {
    (void)::unlink(path);
}

Result<std::size_t> getcwd(char* buffer, std::size_t size) {
    // libc's getcwd would link its malloc.
    return counted(::syscall(SYS_getcwd, buffer, size));
}

Result<void> chdir(const char* path) {
    return checked(::chdir(path));
}

Result<void> close_range(unsigned first, unsigned last) {
#ifdef SYS_close_range
    // Newer than some libcs.
    return checked(::syscall(SYS_close_range, first, last, 0));
#else
    (void)first, (void)last;
    return std::unexpected(Error{ENOSYS});
#endif
}

void close(int descriptor) {
    // No error of close(2) leaves the descriptor open on Linux.
    (void)::close(descriptor);
}

Result<std::uint64_t> descriptor_limit() {
    rlimit limit;
    if (::prlimit(0, RLIMIT_NOFILE, nullptr, &limit) < 0) return failed();
    return limit.rlim_cur;
}

Result<std::size_t> getdents(int directory, char* buffer, std::size_t size) {
    // libcs disagree on its name and types.
    return counted(::syscall(SYS_getdents64, directory, buffer, size));
}

Result<void> lseek(int descriptor) {
    // A position can be larger than a long.
    return ::lseek(descriptor, 0, SEEK_CUR) < 0 ? failed() : Result<void>{};
}

Mapping::~Mapping() {
    if (address_ != nullptr) (void)::munmap(address_, size_);
}

Result<Mapping> map_memory(std::size_t size) {
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return failed();
    return Mapping(memory, size);
}

std::size_t page_size() {
    return static_cast<std::size_t>(::getpagesize());
}

Result<void> discard_pages(void* address, std::size_t size) {
    return checked(::madvise(address, size, MADV_DONTNEED));
}

Result<core::Milliseconds> clock_gettime(clockid_t clock) {
    // libc's own function looks for the vDSO first and touches two of its pages: 6 us of a start's 170, and 1 KB, for a
    // clock that is read a few times.
    KernelTime time;
    if (::syscall(clock_gettime_number, clock, &time) < 0) return failed();
    // 32 bits of seconds are enough for the clocks that start with the machine, and without a sign for the other until
    // 2106.
    return static_cast<core::Milliseconds>(static_cast<unsigned long>(time.seconds)) * 1000 +
           time.nanoseconds / 1'000'000;
}

void sleep(long duration_ms) {
    (void)::poll(nullptr, 0, static_cast<int>(duration_ms));
}

Result<pid_t> tcgetpgrp(int terminal) {
    const pid_t group = ::tcgetpgrp(terminal);
    if (group < 0) return failed();
    return group;
}

bool isatty(int descriptor) {
    return ::isatty(descriptor) == 1;
}

Result<void> tcsetpgrp(int terminal, pid_t group) {
    return checked(::tcsetpgrp(terminal, group));
}

Result<void> give_up_terminal(int terminal) {
    return checked(::ioctl(terminal, TIOCNOTTY, 0));
}

Result<void> take_terminal(int terminal) {
    return checked(::ioctl(terminal, TIOCSCTTY, 0));
}

}  // namespace sys
