#include "os/main_child.h"

#include <errno.h>

#include "os/procfs.h"

namespace os {

pid_t MainChild::pid() const {
    return *pid_;  // NOLINT(bugprone-unchecked-optional-access)
}

sys::Result<void> MainChild::send(int signal, const siginfo_t* with_value) const {
    if (with_value == nullptr) return sys::kill(pid(), signal);
    siginfo_t info = *with_value;
    info.si_signo = signal;
    return sys::sigqueueinfo(pid(), info);
}

sys::Result<void> MainChild::send_to_group(int signal, bool is_request_to_end) const {
    const auto sent = sys::kill(-pid(), signal);
    const bool is_empty = !sent && sent.error().number == ESRCH;
    const auto group = is_request_to_end && !is_empty ? sys::getpgid(pid()) : pid();
    const bool has_left = is_empty || (group && *group != pid());
    return has_left ? sys::kill(pid(), signal) : sent;
}

void MainChild::continue_if_stopped() const {
    const auto process = read_stat_of_child(pid(), own_pid_);
    if (!process || process->state == 'T') (void)sys::kill(pid(), SIGCONT);
}

}  // namespace os
