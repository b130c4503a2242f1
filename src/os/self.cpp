#include "os/self.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "os/procfs.h"

namespace os {
namespace {

/// For kernels before 5.9 and seccomp filters that refuse close_range.
void close_one_by_one(unsigned first, unsigned last) {
    auto directory = sys::open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    if (!directory) {
        // Without /proc, cppinit cannot know which ones are open. Inherited descriptors have low numbers.
        constexpr unsigned max_tried = 65535;
        for (unsigned number = first; number <= std::min(last, max_tried); ++number) {
            sys::close(static_cast<int>(number));
        }
        return;
    }
    NumberedEntries open_descriptors(std::move(*directory));
    while (const auto descriptor = open_descriptors.next()) {
        const auto number = static_cast<unsigned>(*descriptor);
        const bool is_own = *descriptor == open_descriptors.directory().number();
        if (number >= first && number <= last && !is_own) sys::close(*descriptor);
    }
}

void close_all(unsigned first, unsigned last) {
    if (!sys::close_range(first, last)) close_one_by_one(first, last);
}

void close_all_but(std::optional<int> kept, unsigned first, unsigned last) {
    const auto number = static_cast<unsigned>(kept.value_or(-1));
    if (!kept || number < first || number > last) return close_all(first, last);
    if (number > first) close_all(first, number - 1);
    if (number < last) close_all(number + 1, last);
}

}  // namespace

sys::Result<void> become_reaper(const core::Options& options, pid_t own_pid) {
    if (own_pid == 1 || options.subreaper == core::Subreaper::declined) return {};
    const auto became = sys::set_child_subreaper();
    return options.subreaper == core::Subreaper::required ? became : sys::Result<void>{};
}

bool be_stopped() {
    // Only these signals are unblocked, and they can only stop cppinit.
    (void)sys::sigprocmask(core::SignalSet::all().without(core::SignalSet::of({SIGTSTP, SIGTTIN, SIGTTOU})));
    // A pending CONT is the one that has continued cppinit, because a stop signal discards those that were pending
    // before it (kernel/signal.c, prepare_signal). So if none is pending, cppinit was not stopped. A Ctrl-Z right after
    // `fg` discards the CONT as well: until the CONT is taken, that must stop cppinit again.
    const bool was_continued = sys::sigtimedwait(core::SignalSet::only(SIGCONT), 0).has_value();
    (void)sys::sigprocmask(core::SignalSet::all());
    return was_continued;
}

void die_of(int signal) {
    (void)sys::forbid_core_files();
    (void)sys::set_default_action(signal);
    (void)sys::kill(sys::getpid(), signal);
    (void)sys::sigprocmask(core::SignalSet::all().without(core::SignalSet::only(signal)));
}

void let_go_of_files(bool keeps_standard_streams, std::optional<int> kept) {
    if (!keeps_standard_streams) close_all_but(kept, STDIN_FILENO, STDOUT_FILENO);
    // Not the highest unsigned number: gVisor refuses what no descriptor can be.
    constexpr unsigned highest = std::numeric_limits<int>::max();
    close_all_but(kept, STDERR_FILENO + 1, highest);
    // It can fail only in a root that was taken away, and then there is nowhere better to go.
    (void)sys::chdir("/");
}

}  // namespace os
