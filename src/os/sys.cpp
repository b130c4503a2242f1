#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>

#include "os/kernel.h"

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
    return kernel::call(SYS_rt_sigprocmask, how, &set, before, sizeof set);
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

/// struct rusage as the kernel lays it out (getrusage(2)); libcs have other types for the times.
struct KernelUsage {
    long user_s;
    long user_us;
    long system_s;
    long system_us;
    long max_rss_kb;
    long rest[13];
};

std::unexpected<Error> failed(long result) {
    return std::unexpected(Error{static_cast<int>(-result)});
}

/// For calls that return nothing but success or a failure.
Result<void> checked(long result) {
    if (result < 0) return failed(result);
    return {};
}

Result<std::size_t> counted(long result) {
    if (result < 0) return failed(result);
    return static_cast<std::size_t>(result);
}

Result<Descriptor> opened(long result) {
    if (result < 0) return failed(result);
    return Descriptor(static_cast<int>(result));
}

bool wait_without_reaping(idtype_t kind, pid_t id, siginfo_t& info) {
    return kernel::call(SYS_waitid, kind, id, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, nullptr) == 0;
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

Result<core::SignalSet> sigprocmask(core::SignalSet blocked) {
    KernelSet before;
    const long result = change_mask(has_more_signals ? SIG_BLOCK : SIG_SETMASK, {blocked.bits()}, &before);
    if (result < 0) return failed(result);
    if constexpr (has_more_signals) (void)change_mask(SIG_UNBLOCK, {~blocked.bits()}, nullptr);
    return core::SignalSet(before.bits);
}

Result<bool> ignore_sigchld(bool ignore) {
    KernelAction action;
    action.handler = ignore ? SIG_IGN : SIG_DFL;
    KernelAction before;
    const long result = kernel::call(SYS_rt_sigaction, SIGCHLD, &action, &before, sizeof(KernelSet));
    if (result < 0) return failed(result);
    return before.handler == SIG_IGN;
}

Result<void> set_default_action(int signal) {
    const KernelAction action;
    return checked(kernel::call(SYS_rt_sigaction, signal, &action, nullptr, sizeof(KernelSet)));
}

Result<siginfo_t> sigtimedwait(core::SignalSet set, std::optional<long> timeout_ms) {
    KernelTime timeout = {};
    if (timeout_ms) timeout = {*timeout_ms / 1000, *timeout_ms % 1000 * 1'000'000};
    const KernelSet wanted{set.bits()};
    siginfo_t info;
    const long result =
        kernel::call(SYS_rt_sigtimedwait, &wanted, &info, timeout_ms ? &timeout : nullptr, sizeof wanted);
    if (result < 0) return failed(result);
    return info;
}

Result<void> kill(pid_t target, int signal) {
    return checked(kernel::call(SYS_kill, target, signal));
}

Result<void> sigqueueinfo(pid_t target, const siginfo_t& info) {
    return checked(kernel::call(SYS_rt_sigqueueinfo, target, info.si_signo, &info));
}

Result<void> pidfd_send_signal(int handle, int signal) {
    return checked(kernel::call(SYS_pidfd_send_signal, handle, signal, nullptr, 0U));
}

pid_t ended_child() {
    siginfo_t info = {};
    (void)wait_without_reaping(P_ALL, 0, info);
    return info.si_pid;
}

bool has_child(idtype_t kind, pid_t id) {
    siginfo_t info;
    return wait_without_reaping(kind, id, info);
}

Result<Descriptor> pidfd_open(pid_t pid) {
    return opened(kernel::call(SYS_pidfd_open, pid, 0));
}

Result<Waited> wait4(pid_t which, int options, core::Usage* usage) {
    int status = 0;
    KernelUsage used;
    const long pid = kernel::call(SYS_wait4, which, &status, options | __WALL, usage != nullptr ? &used : nullptr);
    if (pid < 0) return failed(pid);
    if (usage != nullptr && pid > 0) {
        constexpr std::int64_t second = 1'000'000;
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the kernel has written it.
        usage->cpu_us = (used.user_s + used.system_s) * second + used.user_us + used.system_us;
        usage->max_rss_kb = used.max_rss_kb;
    }
    return Waited{static_cast<pid_t>(pid), status};
}

[[gnu::noinline]] Result<pid_t> clone_vfork(int (*child)(void*), void* argument) {
    // Below the frame of this function, and of libc's clone where there is one.
    constexpr std::uintptr_t room_for_frames = 512;
    char* const frame = static_cast<char*>(__builtin_frame_address(0));
    char* const stack_top = frame - room_for_frames - reinterpret_cast<std::uintptr_t>(frame) % 16;
    const long pid = kernel::clone(CLONE_VM | CLONE_VFORK | SIGCHLD, stack_top, child, argument);
    if (pid < 0) return failed(pid);
    return static_cast<pid_t>(pid);
}

Error execve(const char* path, char** argv, char** envp) {
    return {static_cast<int>(-kernel::call(SYS_execve, path, argv, envp))};
}

void exit_child(int code) {
    for (;;) (void)kernel::call(SYS_exit_group, code);
}

pid_t getpid() {
    return static_cast<pid_t>(kernel::call(SYS_getpid));
}

pid_t getppid() {
    return static_cast<pid_t>(kernel::call(SYS_getppid));
}

pid_t getpgrp() {
    return static_cast<pid_t>(kernel::call(SYS_getpgid, 0));
}

Result<void> setpgid() {
    return checked(kernel::call(SYS_setpgid, 0, 0));
}

Result<void> setsid() {
    return checked(kernel::call(SYS_setsid));
}

pid_t getsid() {
    return static_cast<pid_t>(kernel::call(SYS_getsid, 0));
}

Result<void> set_child_subreaper() {
    return checked(kernel::call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

Result<void> set_parent_death_signal(int signal) {
    return checked(kernel::call(SYS_prctl, PR_SET_PDEATHSIG, signal, 0, 0, 0));
}

Result<void> forbid_core_files() {
    return checked(kernel::call(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0));
}

Result<Descriptor> open(const char* path, int flags) {
    return opened(kernel::call(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0666));
}

Result<std::size_t> read(int descriptor, char* buffer, std::size_t size) {
    return counted(kernel::call(SYS_read, descriptor, buffer, size));
}

Result<std::size_t> write(int descriptor, const char* bytes, std::size_t size) {
    return counted(kernel::call(SYS_write, descriptor, bytes, size));
}

Result<std::size_t> write_nowait(int descriptor, const char* bytes, std::size_t size) {
    // linux/fs.h; newer than the headers of some libcs.
    constexpr int rwf_nowait = 0x8;
    const iovec piece{const_cast<char*>(bytes), size};
    constexpr int at_current_position = -1;
    return counted(
        kernel::call(SYS_pwritev2, descriptor, &piece, 1, at_current_position, at_current_position, rwf_nowait));
}

bool has_room(int descriptor) {
    pollfd watched{descriptor, POLLOUT, 0};
    // POLLERR counts as room: a write to a closed pipe returns at once.
    const KernelTime at_once = {};
    return kernel::call(SYS_ppoll, &watched, 1, &at_once, nullptr, 0) == 1;
}

bool exists(const char* path) {
    return kernel::call(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

Result<std::size_t> readlink(const char* path, char* buffer, std::size_t size) {
    return counted(kernel::call(SYS_readlinkat, AT_FDCWD, path, buffer, size));
}

Result<unsigned> statx_mode(const char* path) {
#ifdef SYS_statx
    // struct statx: the mode is 16 bits at this place, on every architecture.
    constexpr std::size_t mode_offset = 28;
    alignas(8) char answer[256];
    const long result = kernel::call(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0x1, answer);
    if (result < 0) return failed(result);
    std::uint16_t mode = 0;
    std::memcpy(&mode, answer + mode_offset, sizeof mode);
    return mode;
#else
    (void)path;
    return std::unexpected(Error{ENOSYS});
#endif
}

Result<void> rename(const char* from, const char* to) {
#ifdef SYS_renameat
    return checked(kernel::call(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
#else
    return checked(kernel::call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
#endif
}

void unlink(const char* path) {
    (void)kernel::call(SYS_unlinkat, AT_FDCWD, path, 0);
}

Result<std::size_t> getcwd(char* buffer, std::size_t size) {
    return counted(kernel::call(SYS_getcwd, buffer, size));
}

Result<void> chdir(const char* path) {
    return checked(kernel::call(SYS_chdir, path));
}

Result<void> close_range(unsigned first, unsigned last) {
#ifdef SYS_close_range
    return checked(kernel::call(SYS_close_range, first, last, 0));
#else
    (void)first, (void)last;
    return std::unexpected(Error{ENOSYS});
#endif
}

void close(int descriptor) {
    // No error of close(2) leaves the descriptor open on Linux.
    (void)kernel::call(SYS_close, descriptor);
}

std::uint64_t descriptor_limit() {
    struct {
        std::uint64_t soft;
        std::uint64_t hard;
    } limit = {};
    return kernel::call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) < 0 ? 0 : limit.soft;
}

Result<std::size_t> getdents(int directory, char* buffer, std::size_t size) {
    return counted(kernel::call(SYS_getdents64, directory, buffer, size));
}

bool is_seekable(int descriptor) {
    const long position = kernel::call(SYS_lseek, descriptor, 0, SEEK_CUR);
    // On 32-bit architectures it may be too far to tell.
    return position >= 0 || position == -EOVERFLOW;
}

Result<void*> map_memory(std::size_t size) {
#ifdef SYS_mmap2
    constexpr long number = SYS_mmap2;
#else
    constexpr long number = SYS_mmap;
#endif
    const long address =
        kernel::call(number, nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // On 32-bit architectures an address may look negative.
    constexpr long last_error = -4095;
    if (address < 0 && address >= last_error) return failed(address);
    return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

core::Milliseconds clock_ms(clockid_t clock) {
    // Not libc's: to find the kernel's faster way takes more code and memory than the few readings are worth. 32 bits
    // of seconds are enough for the clocks that start with the machine, and without a sign for the other until 2106.
    // Where it is refused, time stands still: a jump back to the machine's start would make a deadline one of hours.
    static core::Milliseconds last;
    KernelTime time = {};
    if (kernel::call(clock_gettime_number, clock, &time) >= 0) {
        last = static_cast<core::Milliseconds>(static_cast<unsigned long>(time.seconds)) * 1000 +
               time.nanoseconds / 1'000'000;
    }
    return last;
}

Result<pid_t> tcgetpgrp(int terminal) {
    pid_t group = 0;
    const long result = kernel::call(SYS_ioctl, terminal, TIOCGPGRP, &group);
    if (result < 0) return failed(result);
    return group;
}

bool is_terminal(int descriptor) {
    winsize size;
    return kernel::call(SYS_ioctl, descriptor, TIOCGWINSZ, &size) == 0;
}

bool may_read(int terminal) {
    char nothing;
    const auto result = read(terminal, &nothing, 0);
    return result || result.error().number == EAGAIN;
}

Result<void> tcsetpgrp(int terminal, pid_t group) {
    return checked(kernel::call(SYS_ioctl, terminal, TIOCSPGRP, &group));
}

Result<void> give_up_terminal(int terminal) {
    return checked(kernel::call(SYS_ioctl, terminal, TIOCNOTTY, 0));
}

Result<void> take_terminal(int terminal) {
    return checked(kernel::call(SYS_ioctl, terminal, TIOCSCTTY, 0));
}

}  // namespace sys
