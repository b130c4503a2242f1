#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

/// Which calls of cppinit may fail, with which errors, and what a world may lose by that.
namespace sim {

/// The calls of os/sys.h, except those that cannot fail: getpid, getpgrp, getsid of the caller and getpagesize always
/// succeed (getpid(2), getpgrp(2), getsid(2), getpagesize(2)), and nobody looks at what close, unlink and a poll of
/// nothing return.
enum class Call : std::uint8_t {
    sigprocmask,
    sigaction,
    sigtimedwait,
    /// Without a time to wait, and so without an interruption.
    sigtimedwait_at_once,
    kill,
    tgkill,
    sigqueueinfo,
    pidfd_send_signal,
    wait4,
    wait4_at_once,
    waitid,
    clone,
    execve,
    getppid,
    getpgid,
    setpgid,
    setsid,
    prctl,
    open,
    openat,
    pipe,
    read,
    write,
    write_nowait,
    poll,
    access,
    lstat,
    rename,
    chdir,
    getcwd,
    close_range,
    prlimit,
    getdents,
    lseek,
    mmap,
    madvise,
    clock_gettime,
    tcgetpgrp,
    isatty,
    tcsetpgrp,
    ioctl,
};

/// A promise that a failed call excuses. All others hold whatever fails.
enum class Loss : std::uint8_t {
    /// The program is not started, and the exit code is 125.
    start,
    /// The program is not executed, and the exit code is 126.
    exec,
    /// Where an emulator makes the child, cppinit does not wait until it has called exec.
    exec_seen,
    /// A signal is not forwarded.
    forwarding,
    /// A leftover gets KILL, and had no TERM before it.
    term,
    /// A leftover gets a second TERM.
    second_term,
    /// Orphans are not given to cppinit, and are under it no longer.
    orphans,
    /// The program starts without a group of its own.
    group,
    /// The foreground is not where it belongs.
    foreground,
    /// The main child stays stopped, and cppinit is not.
    job,
};

/// A few values in a constant table.
template <class T, std::size_t max_size>
class Few {
  public:
    constexpr Few(std::initializer_list<T> values) {
        for (const T value : values) values_[size_++] = value;
    }
    [[nodiscard]] constexpr std::span<const T> all() const { return {values_.data(), size_}; }

  private:
    std::array<T, max_size> values_{};
    std::size_t size_ = 0;
};

struct Fault {
    Call call;
    const char* name;
    /// What the kernel can answer whatever the world is like: for want of memory, descriptors or processes, because of
    /// an interruption, a broken disk, a filter (seccomp(2)) or an older kernel. What follows from the world, such as
    /// ESRCH and ECHILD, the model answers itself.
    Few<int, 5> errors;
    /// The page that lists them.
    const char* page;
    Few<Loss, 5> losses;
};

[[nodiscard]] const Fault& fault_of(Call call);

}  // namespace sim
