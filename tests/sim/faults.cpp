#include "sim/faults.h"

#include <errno.h>

#include <algorithm>

namespace sim {
namespace {

// EPERM with seccomp(2): the call's own page has only errors of arguments that cppinit does not pass. A filter does not
// refuse the same call now and then; for the clock and the waits there are worlds in which it always does.
constexpr std::array faults{
    Fault{Call::sigprocmask, "sigprocmask", {EPERM}, "seccomp(2)", {Loss::start, Loss::foreground}},
    Fault{Call::sigaction, "sigaction", {EPERM}, "seccomp(2)", {Loss::start}},
    Fault{Call::sigtimedwait, "sigtimedwait", {EINTR, EPERM}, "sigtimedwait(2), seccomp(2)", {}},
    Fault{Call::sigtimedwait_at_once, "sigtimedwait", {EPERM}, "seccomp(2)", {Loss::job}},
    Fault{Call::kill, "kill", {EPERM}, "kill(2)", {Loss::forwarding, Loss::term, Loss::foreground, Loss::job}},
    Fault{Call::tgkill, "tgkill", {EPERM}, "tgkill(2)", {}},
    Fault{Call::sigqueueinfo, "rt_sigqueueinfo", {EAGAIN, EPERM}, "rt_sigqueueinfo(2)", {}},
    Fault{Call::pidfd_send_signal, "pidfd_send_signal", {EPERM, ENOSYS}, "pidfd_send_signal(2), syscall(2)", {}},
    Fault{Call::wait4, "wait4", {EINTR, EPERM}, "wait4(2), seccomp(2)", {}},
    Fault{Call::wait4_at_once, "wait4", {EPERM}, "seccomp(2)", {}},
    Fault{Call::waitid, "waitid", {EPERM}, "seccomp(2)", {}},
    Fault{Call::clone, "clone", {EAGAIN, ENOMEM}, "clone(2)", {Loss::start}},
    Fault{Call::execve, "execve", {ENOENT, EACCES, ENOEXEC, E2BIG, ENOMEM}, "execve(2)", {Loss::exec}},
    Fault{Call::getppid, "getppid", {}, "getppid(2)", {}},
    Fault{Call::getpgid, "getpgid", {EPERM}, "getpgid(2)", {}},
    Fault{Call::setpgid, "setpgid", {EPERM}, "setpgid(2)", {Loss::group, Loss::foreground}},
    Fault{Call::setsid, "setsid", {EPERM}, "setsid(2)", {}},
    Fault{Call::prctl, "prctl", {EINVAL}, "prctl(2)", {Loss::start, Loss::orphans}},
    Fault{Call::open, "open", {EMFILE}, "open(2)", {Loss::forwarding, Loss::term, Loss::second_term, Loss::foreground}},
    Fault{Call::openat, "openat", {EMFILE}, "openat(2)", {Loss::forwarding, Loss::term}},
    Fault{Call::pipe, "pipe2", {EMFILE}, "pipe2(2)", {Loss::exec_seen}},
    Fault{Call::read, "read", {EIO}, "read(2)", {Loss::exec_seen, Loss::forwarding, Loss::term, Loss::second_term}},
    Fault{Call::write, "write", {EIO, ENOSPC}, "write(2)", {}},
    Fault{Call::write_nowait, "pwritev2", {EAGAIN, EOPNOTSUPP, ENOSYS}, "pwritev2(2), syscall(2)", {}},
    Fault{Call::poll, "poll", {EINTR, ENOMEM}, "poll(2)", {}},
    Fault{Call::access, "access", {ENOMEM}, "access(2)", {}},
    Fault{Call::lstat, "lstat", {ENOMEM}, "lstat(2)", {}},
    Fault{Call::rename, "rename", {EBUSY, EROFS}, "rename(2)", {}},
    Fault{Call::chdir, "chdir", {EACCES}, "chdir(2)", {}},
    Fault{Call::getcwd, "getcwd", {ENOENT}, "getcwd(2)", {}},
    Fault{Call::close_range, "close_range", {ENOMEM, ENOSYS}, "close_range(2), syscall(2)", {}},
    Fault{Call::prlimit, "prlimit", {EPERM}, "prlimit(2)", {}},
    Fault{Call::getdents, "getdents", {ENOENT}, "getdents(2)", {Loss::forwarding, Loss::term, Loss::second_term}},
    Fault{Call::lseek, "lseek", {ESPIPE}, "lseek(2)", {Loss::foreground}},
    Fault{Call::mmap, "mmap", {ENOMEM}, "mmap(2)", {}},
    Fault{Call::madvise, "madvise", {ENOMEM}, "madvise(2)", {}},
    Fault{Call::clock_gettime, "clock_gettime", {}, "clock_gettime(2)", {}},
    Fault{Call::tcgetpgrp, "tcgetpgrp", {ENOTTY}, "tcgetpgrp(3)", {Loss::foreground}},
    Fault{Call::isatty, "isatty", {ENOTTY}, "isatty(3)", {Loss::foreground}},
    Fault{Call::tcsetpgrp, "tcsetpgrp", {ENOTTY}, "tcsetpgrp(3)", {Loss::foreground}},
    Fault{Call::ioctl, "ioctl", {EPERM}, "tty_ioctl(4)", {}},
};

static_assert(faults.size() == static_cast<std::size_t>(Call::ioctl) + 1);
static_assert(std::ranges::is_sorted(faults, {}, &Fault::call));

}  // namespace

const Fault& fault_of(Call call) {
    return faults[static_cast<std::size_t>(call)];
}

}  // namespace sim
