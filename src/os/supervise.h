#pragma once

#include <optional>

#include "core/policy.h"
#include "os/account.h"
#include "os/inbox.h"
#include "os/parent.h"
#include "os/terminal.h"

namespace os {

/// How the run ended, and so how cppinit is to end.
struct Outcome {
    int exit_code;
    /// The signal that cppinit is to die of, so that its parent sees what it would have seen of the program.
    std::optional<int> dies_of;
    /// --timeout has expired.
    bool timed_out;
};

/// The pump: fetches what happened, asks core::step what is to be done, does it, until the lifecycle is done. Nothing
/// in here can fail. There is no main child with --pause.
[[nodiscard]] Outcome supervise(Inbox& inbox, const core::Policy& policy, pid_t own_pid,
                                std::optional<pid_t> main_child, Parent& parent, Terminal& terminal, Account& account);

}  // namespace os
