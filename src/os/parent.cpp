#include "os/parent.h"

namespace os {

sys::Result<Parent> Parent::watch(const core::Options& options) {
    const auto signal = options.parent_death_signal;
    if (!signal) return Parent(std::nullopt, 0);
    const pid_t pid = sys::getppid();
    // Every parent outside of cppinit's PID namespace has the number 0 (pid_namespaces(7)), so a change cannot be seen.
    // There the kernel sends the chosen signal itself, also when only the thread ends.
    const bool is_outside = pid == 0;
    if (const auto ok = sys::set_parent_death_signal(is_outside ? *signal : SIGCHLD); !ok) {
        return std::unexpected(ok.error());
    }
    Parent parent(is_outside ? std::nullopt : signal, pid);
    // The parent may have died before the kernel was asked.
    parent.look();
    return parent;
}

void Parent::look() {
    if (!signal_) return;
    const pid_t pid = sys::getppid();
    if (pid == pid_) return;
    // The kernel watches the new parent from now on, a subreaper or PID 1, and so does this.
    pid_ = pid;
    (void)sys::kill(sys::getpid(), *signal_);
}

}  // namespace os
