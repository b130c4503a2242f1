#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <utility>

#include "core/duration.h"
#include "core/signals.h"
#include "core/usage.h"

/// Every system call that cppinit makes, under its own name. A wrapper decides nothing: it returns what the kernel
/// said.
namespace sys {

/// The errno (errno(3)) that a call failed with. The caller knows which call it was.
struct [[nodiscard]] Error {
    int number;
};

template <class T>
using Result = std::expected<T, Error>;

/// Owns one file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        // The other's end closes what was owned here.
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

// ---- signals ----

/// rt_sigprocmask(2) with the kernel's 64 bits: replaces the mask and returns the one before.
[[nodiscard]] Result<core::SignalSet> sigprocmask(core::SignalSet blocked);
/// Sets SIGCHLD to SIG_DFL or SIG_IGN. Returns whether it was ignored before.
[[nodiscard]] Result<bool> ignore_sigchld(bool ignore);
/// Gives a signal its default action (SIG_DFL).
[[nodiscard]] Result<void> set_default_action(int signal);
/// rt_sigtimedwait(2); no timeout waits for ever. EAGAIN: the time passed. EINTR: stopped and continued (signal(7)).
[[nodiscard]] Result<siginfo_t> sigtimedwait(core::SignalSet set, std::optional<long> timeout_ms);
/// kill(2): a pid, a group as its negative number, or -1.
[[nodiscard]] Result<void> kill(pid_t target, int signal);
/// tgkill(2). ESRCH: the process has no such thread.
[[nodiscard]] Result<void> tgkill(pid_t process, pid_t thread, int signal);
/// rt_sigqueueinfo(2): a signal with the value that it was sent with.
[[nodiscard]] Result<void> sigqueueinfo(pid_t target, const siginfo_t& info);

/// pidfd_send_signal(2), which takes an open /proc/PID for a pidfd too. ESRCH: the process was waited for. ENOSYS
/// before Linux 5.1.
[[nodiscard]] Result<void> pidfd_send_signal(int handle, int signal);

// ---- processes ----

/// A child that wait4(2) found.
struct Waited {
    pid_t pid;
    int status;
};
/// wait4(2) for one child, or for any (-1), including those that clone made with another exit signal (__WALL). With
/// WNOHANG, pid 0 means that no child is ready. ECHILD: there is no such child. Fills in *usage if it is not null; that
/// costs the kernel extra time.
[[nodiscard]] Result<Waited> wait4(pid_t which, int options, core::Usage* usage = nullptr);
/// The same by waitid(2), which does not report usage, in case a filter refuses wait4.
[[nodiscard]] Result<Waited> waitid(pid_t which, int options);
/// waitid(2) with WNOHANG for a child that has stopped, and not for one that has ended. Pid 0: none has.
[[nodiscard]] Result<Waited> wait_for_stopped();
/// waitid(2) with WNOHANG and WNOWAIT: the pid of a child that has ended, and stays to be reaped; 0: none has. ECHILD:
/// there is no child with that pid (P_PID), in that group (P_PGID), or at all (P_ALL), dead or alive. EINVAL for P_ALL:
/// before Linux 4.7 it misses children that clone made with another exit signal, and of the others none has ended.
[[nodiscard]] Result<pid_t> find_ended(idtype_t kind, pid_t id);
/// clone(2) like vfork(2): the caller sleeps until the child has called execve or exited, and shares its memory. The
/// child runs `child(argument)` on the given stack, whose end must be aligned for any type, and exits with what that
/// returns.
[[nodiscard]] Result<pid_t> clone_vfork(int (*child)(void*), void* argument, std::span<char> stack);
/// execve(2) returns only with an error.
[[nodiscard]] Error execve(const char* path, char** argv, char** envp);
[[nodiscard]] pid_t getpid();
[[nodiscard]] pid_t getppid();
[[nodiscard]] pid_t getpgrp();
/// getpgid(2): the group of another process.
[[nodiscard]] Result<pid_t> getpgid(pid_t pid);
/// setpgid(0, 0): a group of its own.
[[nodiscard]] Result<void> setpgid();
/// setsid(2): a session and a group of its own.
[[nodiscard]] Result<void> setsid();
/// The session of the caller (getsid(2)).
[[nodiscard]] pid_t getsid();
[[nodiscard]] Result<void> set_child_subreaper();
[[nodiscard]] Result<void> set_parent_death_signal(int signal);
/// prctl(2), PR_SET_DUMPABLE to 0: no signal makes the caller leave a core file.
[[nodiscard]] Result<void> forbid_core_files();

// ---- files ----

/// openat(2) from the working directory. A file that it creates gets the mode 0666, less the umask.
[[nodiscard]] Result<Descriptor> open(const char* path, int flags);
/// openat(2): a path from an open directory.
[[nodiscard]] Result<Descriptor> openat(const Descriptor& directory, const char* path, int flags);
/// Both ends are closed by exec.
struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
};
/// pipe2(2) with O_CLOEXEC.
[[nodiscard]] Result<Pipe> pipe();
[[nodiscard]] Result<std::size_t> read(int descriptor, char* buffer, std::size_t size);
[[nodiscard]] Result<std::size_t> write(int descriptor, const char* bytes, std::size_t size);
/// pwritev2(2) with RWF_NOWAIT. EAGAIN: it would wait. EOPNOTSUPP, ENOSYS: this file or kernel does not know the flag.
[[nodiscard]] Result<std::size_t> write_nowait(int descriptor, const char* bytes, std::size_t size);
/// poll(2) for POLLOUT: false if this time has passed.
[[nodiscard]] Result<bool> poll_for_writing(int descriptor, int timeout_ms);
/// access(2) with F_OK.
[[nodiscard]] Result<void> access(const char* path);
/// The mode of a file, or of a symbolic link itself (lstat(2)).
[[nodiscard]] Result<unsigned> lstat_mode(const char* path);
[[nodiscard]] Result<void> rename(const char* from, const char* to);
void unlink(const char* path);
[[nodiscard]] Result<void> chdir(const char* path);
/// getcwd(2): returns the size of the path, its zero byte included.
[[nodiscard]] Result<std::size_t> getcwd(char* buffer, std::size_t size);
/// close_range(2): ENOSYS before Linux 5.9.
[[nodiscard]] Result<void> close_range(unsigned first, unsigned last);
void close(int descriptor);
/// prlimit(2): the soft RLIMIT_NOFILE.
[[nodiscard]] Result<std::uint64_t> descriptor_limit();
/// getdents64(2): the next entries as the kernel lays them out; 0 is the end.
[[nodiscard]] Result<std::size_t> getdents(int directory, char* buffer, std::size_t size);
/// lseek(2) by 0, to where the descriptor is already.
[[nodiscard]] Result<void> lseek(int descriptor);

// ---- memory ----

/// Owns pages of memory.
class Mapping {
  public:
    Mapping() = default;
    Mapping(void* address, std::size_t size) : address_(address), size_(size) {}
    Mapping(Mapping&& other) noexcept
        : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(address_, other.address_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Mapping();

    /// As objects for which bytes of zero are a value.
    template <class T>
    [[nodiscard]] std::span<T> as() const {
        return {static_cast<T*>(address_), size_ / sizeof(T)};
    }

  private:
    void* address_ = nullptr;
    std::size_t size_ = 0;
};

/// mmap(2): new pages full of zeros, of which the kernel takes each one only when it is used.
[[nodiscard]] Result<Mapping> map_memory(std::size_t size);
/// getpagesize(2).
[[nodiscard]] std::size_t page_size();
/// madvise(2) with MADV_DONTNEED: whole pages, whose contents are zero again when they are next touched. The address
/// must be that of a page, and the size is rounded up to whole pages.
[[nodiscard]] Result<void> discard_pages(void* address, std::size_t size);

// ---- time ----

/// clock_gettime(2) fails only under a filter.
[[nodiscard]] Result<core::Milliseconds> clock_gettime(clockid_t clock);
/// Sleeps for that long: poll(2) of nothing.
void sleep(long duration_ms);

// ---- terminals ----

[[nodiscard]] Result<pid_t> tcgetpgrp(int terminal);
/// isatty(3).
[[nodiscard]] bool isatty(int descriptor);
[[nodiscard]] Result<void> tcsetpgrp(int terminal, pid_t group);
/// TIOCNOTTY (tty_ioctl(4)): the session gives its controlling terminal up, where the caller leads it. The kernel then
/// sends HUP and CONT to the foreground group.
[[nodiscard]] Result<void> give_up_terminal(int terminal);
/// TIOCSCTTY (tty_ioctl(4)): the session that the caller leads takes a terminal that no session has.
[[nodiscard]] Result<void> take_terminal(int terminal);

}  // namespace sys
