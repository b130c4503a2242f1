#include "os/self.h"

#include <fcntl.h>
#include <unistd.h>

#include "os/directory.h"

namespace os {
namespace {

constexpr unsigned first_after_stderr = STDERR_FILENO + 1;

/// For kernels before 5.9 and filters that know no close_range.
void close_one_by_one() {
    const auto directory = sys::open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    if (!directory) {
        // Without /proc nothing tells which are open. Inherited descriptors are few and low.
        constexpr int highest_tried = 65536;
        for (int descriptor = first_after_stderr; descriptor < highest_tried; ++descriptor) sys::close(descriptor);
        return;
    }
    NumberedEntries open_descriptors(*directory);
    while (const auto descriptor = open_descriptors.next()) {
        const bool keep = *descriptor == STDERR_FILENO || *descriptor == directory->number();
        if (!keep) sys::close(*descriptor);
    }
}

}  // namespace

sys::Result<void> become_reaper(const core::Options& options, pid_t own_pid) {
    if (own_pid == 1 || options.subreaper == core::Subreaper::declined) return {};
    const auto became = sys::set_child_subreaper();
    return options.subreaper == core::Subreaper::required ? became : sys::Result<void>{};
}

sys::Result<void> watch_parent(const core::Options& options, pid_t own_pid) {
    const auto signal = options.parent_death_signal;
    if (!signal) return {};
    const pid_t parent = sys::getppid();
    if (auto ok = sys::set_parent_death_signal(*signal); !ok) return ok;
    // Every signal is blocked by now, so that this one waits like any other.
    if (sys::getppid() != parent) return sys::kill(own_pid, *signal);
    return {};
}

bool be_stopped_by(int signal) {
    // All stays blocked but this one, which can do nothing but stop cppinit.
    (void)sys::sigprocmask(core::SignalSet::all().without(core::SignalSet::only(signal)));
    (void)sys::sigprocmask(core::SignalSet::all());
    // The CONT was for cppinit's stop. Without a stop there was none: the stop signal took those before it away.
    return sys::sigtimedwait(core::SignalSet::only(SIGCONT), 0).has_value();
}

void let_go_of_files() {
    sys::close(STDIN_FILENO);
    sys::close(STDOUT_FILENO);
    if (!sys::close_range(first_after_stderr, ~0U)) close_one_by_one();
    // It can fail only in a root that was taken away, and then there is nowhere better to go.
    (void)sys::chdir("/");
}

}  // namespace os
