#pragma once

#include <optional>

#include "core/exit_reason.h"
#include "core/lifecycle.h"
#include "core/options.h"
#include "core/report.h"
#include "os/log.h"
#include "os/memory_cgroup.h"
#include "os/procfs.h"

namespace os {

/// What cppinit says about a run: its log lines, what the report counts, and why the program ended.
class Account {
  public:
    Account(const core::Options& options, const OomKills& oom_kills, Log& log, core::Report& report)
        : options_(options), oom_kills_(oom_kills), log_(log), report_(report) {}

    /// What costs system calls is asked for only where it is shown.
    [[nodiscard]] bool wants_usage() const { return options_.report != nullptr; }
    [[nodiscard]] bool wants_names(bool of_leftovers) const;

    void received(int signal) { report_.received.add(signal); }
    void sending(const core::Action& action);
    void sent(const core::Action& action, const sys::Result<void>& result);
    void main_child_changed(pid_t pid, const ProcessName& name, const core::WaitStatus& status,
                            const core::Usage& usage);
    void orphan_ended(pid_t pid, const ProcessName& name, const core::WaitStatus& status, const core::Usage& usage,
                      bool is_leftover);
    void limit_reached();
    void left_behind(pid_t pid);
    void exiting(const core::State& state);

  private:
    [[nodiscard]] core::Verbosity orphan_level() const;
    [[nodiscard]] core::Killer killer_by(int signal) const;
    void main_child_ended(const core::WaitStatus& status, const core::Usage& usage);
    void log_change(core::Verbosity level, const char* if_exited, const char* unless_exited, pid_t pid,
                    const ProcessName& name, const core::WaitStatus& status);

    const core::Options& options_;
    const OomKills& oom_kills_;
    Log& log_;
    core::Report& report_;
    core::SignalSet forwarded_;
    /// What cppinit has sent because a deadline had come.
    core::SignalSet own_signals_;
    core::Ending ending_;
};

}  // namespace os
