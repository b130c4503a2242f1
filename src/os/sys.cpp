#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace sys {
namespace {

/// The kernel's own set, not libc's. MIPS alone has signals above 64: cppinit leaves them as they are.
struct KernelSet {
    std::uint64_t bits = 0;
#ifdef __mips__
    std::uint64_t above_64 = 0;
#endif
};
constexpr bool has_more_signals = sizeof(KernelSet) > sizeof(std::uint64_t);

long change_mask(int how, const KernelSet& set, KernelSet* before) {
    return ::syscall(SYS_rt_sigprocmask, how, &set, before, sizeof set);
}

/// struct sigaction of the kernel, as far as it matters here. What follows (a restorer on some, the mask) stays zero:
/// neither default nor ignored signals have a use for it.
struct KernelAction {
#ifdef __mips__
    unsigned flags = 0;
#endif
    void (*handler)(int) = nullptr;
#ifndef __mips__
    unsigned long flags = 0;
#endif
    unsigned long rest[4] = {};
};

/// The structure of the call numbers used here: two longs, on 32-bit architectures too.
struct KernelTime {
    long seconds;
    long nanoseconds;
};
#ifdef SYS_clock_gettime32
constexpr long clock_gettime_number = SYS_clock_gettime32;  // musl's name of it on 32-bit architectures
#else
constexpr long clock_gettime_number = SYS_clock_gettime;
#endif

std::unexpected<Error> failed() {
    return std::unexpected(Error{errno});
}

/// For calls that return nothing but success or -1.
Result<void> checked(long result) {
    if (result < 0) return failed();
    return {};
}

Result<std::size_t> counted(ssize_t result) {
    if (result < 0) return failed();
    return static_cast<std::size_t>(result);
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

Result<core::SignalSet> sigprocmask(core::SignalSet blocked) {
    KernelSet before;
    if (change_mask(has_more_signals ? SIG_BLOCK : SIG_SETMASK, {blocked.bits()}, &before) < 0) {
        return failed();
    }
    if constexpr (has_more_signals) (void)change_mask(SIG_UNBLOCK, {~blocked.bits()}, nullptr);
    return core::SignalSet(before.bits);
}

Result<bool> ignore_sigchld(bool ignore) {
    KernelAction action;
    action.handler = ignore ? SIG_IGN : SIG_DFL;
    KernelAction before;
    if (::syscall(SYS_rt_sigaction, SIGCHLD, &action, &before, sizeof(KernelSet)) < 0) return failed();
    return before.handler == SIG_IGN;
}

Result<siginfo_t> sigtimedwait(core::SignalSet set, std::optional<long> timeout_ms) {
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

Result<void> sigqueueinfo(pid_t target, const siginfo_t& info) {
    return checked(::syscall(SYS_rt_sigqueueinfo, target, info.si_signo, &info));
}

Result<void> pidfd_send_signal(int handle, int signal) {
    return checked(::syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0U));
}

pid_t ended_child() {
    siginfo_t info = {};
    (void)::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
    return info.si_pid;
}

bool has_child(idtype_t kind, pid_t id) {
    siginfo_t info;
    return ::waitid(kind, static_cast<id_t>(id), &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

Result<Descriptor> pidfd_open(pid_t pid) {
    const long descriptor = ::syscall(SYS_pidfd_open, pid, 0U);
    if (descriptor < 0) return failed();
    return Descriptor(static_cast<int>(descriptor));
}

Result<Waited> wait4(pid_t which, int options) {
    int status = 0;
    const pid_t pid = ::waitpid(which, &status, options | __WALL);
    if (pid < 0) return failed();
    return Waited{pid, status};
}

Result<pid_t> clone_vfork(int (*child)(void*), void* stack_top, void* argument) {
    const pid_t pid = ::clone(child, stack_top, CLONE_VM | CLONE_VFORK | SIGCHLD, argument);
    if (pid < 0) return failed();
    return pid;
}

Error execve(const char* path, char** argv, char** envp) {
    ::execve(path, argv, envp);
    return {errno};
}

void exit_child(int code) {
    ::_exit(code);
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
    return checked(::syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL));
}

Result<void> set_parent_death_signal(int signal) {
    return checked(::syscall(SYS_prctl, PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0UL, 0UL, 0UL));
}

Result<Descriptor> open(const char* path, int flags) {
    // Not libc's: musl's open makes a second call for O_CLOEXEC, for kernels before 2.6.23.
    const long descriptor = ::syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0);
    if (descriptor < 0) return failed();
    return Descriptor(static_cast<int>(descriptor));
}

Result<std::size_t> read(int descriptor, char* buffer, std::size_t size) {
    return counted(::read(descriptor, buffer, size));
}

Result<std::size_t> write(int descriptor, const char* bytes, std::size_t size) {
    return counted(::write(descriptor, bytes, size));
}

Result<std::size_t> write_nowait(int descriptor, const char* bytes, std::size_t size) {
    // linux/fs.h; newer than the headers of some libcs. A long, because syscall(3) reads one: of an int on the stack
    // the upper half would be what happens to lie there.
    constexpr long rwf_nowait = 0x8;
    const iovec piece{const_cast<char*>(bytes), size};
    constexpr long at_current_position = -1;
    return counted(
        ::syscall(SYS_pwritev2, descriptor, &piece, 1L, at_current_position, at_current_position, rwf_nowait));
}

bool has_room(int descriptor) {
    pollfd watched{descriptor, POLLOUT, 0};
    // POLLERR counts as room: a write to a closed pipe returns at once.
    return ::poll(&watched, 1, 0) == 1;
}

bool exists(const char* path) {
    return ::access(path, F_OK) == 0;
}

Result<std::size_t> readlink(const char* path, char* buffer, std::size_t size) {
    return counted(::readlink(path, buffer, size));
}

Result<void> chdir(const char* path) {
    return checked(::chdir(path));
}

Result<void> close_range(unsigned first, unsigned last) {
#ifdef SYS_close_range
    return checked(::syscall(SYS_close_range, first, last, 0U));
#else
    (void)first, (void)last;
    return std::unexpected(Error{ENOSYS});
#endif
}

void close(int descriptor) {
    // No error of close(2) leaves the descriptor open on Linux.
    ::close(descriptor);
}

std::uint64_t descriptor_limit() {
    struct {
        std::uint64_t soft;
        std::uint64_t hard;
    } limit = {};
    return ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) < 0 ? 0 : limit.soft;
}

Result<std::size_t> getdents(int directory, char* buffer, std::size_t size) {
    return counted(::syscall(SYS_getdents64, directory, buffer, size));
}

bool is_seekable(int descriptor) {
    return ::lseek(descriptor, 0, SEEK_CUR) >= 0;
}

void forget_memory(std::uintptr_t start, std::size_t size) {
    ::syscall(SYS_madvise, start, size, MADV_DONTNEED);
}

core::Milliseconds clock_ms(clockid_t clock) {
    // Not libc's: to find the kernel's faster way takes more code and memory than the few readings are worth. 32 bits
    // of seconds are enough for the clocks that start with the machine, and without a sign for the other until 2106.
    // Where it is refused, time stands still: a jump back to the machine's start would make a deadline one of hours.
    static core::Milliseconds last;
    KernelTime time = {};
    if (::syscall(clock_gettime_number, clock, &time) >= 0) {
        last = static_cast<core::Milliseconds>(static_cast<unsigned long>(time.seconds)) * 1000 +
               time.nanoseconds / 1'000'000;
    }
    return last;
}

Result<pid_t> tcgetpgrp(int terminal) {
    pid_t group = 0;
    if (::syscall(SYS_ioctl, terminal, TIOCGPGRP, &group) < 0) return failed();
    return group;
}

bool is_terminal(int descriptor) {
    winsize size;
    return ::syscall(SYS_ioctl, descriptor, TIOCGWINSZ, &size) == 0;
}

bool may_read(int terminal) {
    char nothing;
    return ::read(terminal, &nothing, 0) == 0 || errno == EAGAIN;
}

Result<void> tcsetpgrp(int terminal, pid_t group) {
    // Not musl's ioctl, which takes an int: the request is greater than that on some architectures.
    return checked(::syscall(SYS_ioctl, terminal, TIOCSPGRP, &group));
}

Result<void> give_up_terminal(int terminal) {
    return checked(::syscall(SYS_ioctl, terminal, TIOCNOTTY, 0));
}

Result<void> take_terminal(int terminal) {
    return checked(::syscall(SYS_ioctl, terminal, TIOCSCTTY, 0));
}

}  // namespace sys
