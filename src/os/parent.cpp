#include "os/parent.h"

namespace os {

sys::Result<Parent> Parent::watch(const core::Options& options) {
    const auto signal = options.parent_death_signal;
    if (!signal) return Parent(std::nullopt, 0);
    const pid_t pid = sys::getppid();
    // A parent outside of cppinit's PID namespace has no number that could change (pid_namespaces(7)). There the signal
    // comes from the kernel itself, at the end of a thread too.
    const bool is_outside = pid == 0;
    if (const auto ok = sys::set_parent_death_signal(is_outside ? *signal : SIGCHLD); !ok) {
        return std::unexpected(ok.error());
    }
    Parent parent(is_outside ? std::nullopt : signal, pid);
    // It may have ended before the kernel was told.
    parent.look();
    return parent;
}

void Parent::look() {
    if (!signal_) return;
    const pid_t pid = sys::getppid();
    if (pid == pid_) return;
    // From now on its successor is watched, a subreaper or PID 1, as the kernel does it.
    pid_ = pid;
    (void)sys::kill(sys::getpid(), *signal_);
}

}  // namespace os
