#pragma once

#include <optional>

#include "os/sys.h"

namespace os {

/// Sending to the main child and to the group that it was started as the leader of. Its pid cannot belong to another
/// process: the lifecycle sends to it only until it is reaped, and only if there is one.
class MainChild {
  public:
    MainChild(pid_t own_pid, std::optional<pid_t> pid) : own_pid_(own_pid), pid_(pid) {}

    [[nodiscard]] bool is(pid_t pid) const { return pid_ == pid; }
    /// `with_value` is the signal that is forwarded, if it has a value to go with it (sigqueue(3)).
    [[nodiscard]] sys::Result<void> send(int signal, const siginfo_t* with_value) const;
    /// The main child can have left the group (setpgid(2)), and gets the signal all the same. If it left others behind
    /// there, no error says so, and asking costs a system call, which only a request to end is worth.
    [[nodiscard]] sys::Result<void> send_to_group(int signal, bool is_request_to_end) const;
    /// Without /proc of this PID namespace cppinit does not know whether it is stopped, and sends CONT.
    void continue_if_stopped() const;

  private:
    [[nodiscard]] pid_t pid() const;

    const pid_t own_pid_;
    const std::optional<pid_t> pid_;
};

}  // namespace os
