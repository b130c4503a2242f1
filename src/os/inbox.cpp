#include "os/inbox.h"

#include <algorithm>

namespace os {
namespace {

// The kernel returns the lowest pending signal first, so a storm of one signal would starve those above it: an endless
// stream of orphans (CHLD, 17) every real-time signal, an endless stream of HUP every orphan. Once this much weight was
// served, the signals that were not served have their turn. A CHLD weighs more: a batch of reaping follows it.
constexpr int turn_weight = 64;
constexpr int child_weight = 4;

// The maximum time that cppinit sleeps between two calls if a filter refuses the wait for signals.
constexpr long max_pause_ms = 100;

}  // namespace

sys::Result<Inbox> Inbox::open() {
    const auto blocked = sys::sigprocmask(core::SignalSet::all());
    if (!blocked) return std::unexpected(blocked.error());
    // While SIGCHLD is ignored the kernel reaps by itself and the main child's status is lost (wait(2), NOTES).
    const auto sigchld_ignored = sys::ignore_sigchld(false);
    if (!sigchld_ignored) return std::unexpected(sigchld_ignored.error());
    return Inbox({*blocked, *sigchld_ignored});
}

std::optional<siginfo_t> Inbox::next(std::optional<long> timeout_ms, Clock& clock) {
    if (served_weight_ >= turn_weight) {
        const core::SignalSet served = served_;
        served_ = {};
        served_weight_ = 0;
        if (const auto starved = take(core::SignalSet::all().without(served), 0)) return starved;
    }
    if (timeout_ms == 0) return take(core::SignalSet::all(), 0);
    const core::Milliseconds deadline = timeout_ms ? clock.now() + *timeout_ms : core::never;
    const auto arrived = take(core::SignalSet::all(), timeout_ms);
    if (!arrived && timeout_ms) clock.reach(deadline);
    if (arrived || clock.now() >= deadline) {
        pause_ms_ = 0;
    } else {
        pause(timeout_ms);
    }
    return arrived;
}

/// The call has returned nothing, and too early. A stop and a continuation causes that once (EINTR, signal(7)). A
/// filter that refuses the call causes it each time, and then calling again at once would burn a core.
void Inbox::pause(std::optional<long> timeout_ms) {
    if (pause_ms_ > 0) sys::sleep(std::min(pause_ms_, timeout_ms.value_or(max_pause_ms)));
    pause_ms_ = std::min(2 * pause_ms_ + 1, max_pause_ms);
}

std::optional<siginfo_t> Inbox::take(core::SignalSet wanted, std::optional<long> timeout_ms) {
    const auto info = sys::sigtimedwait(wanted, timeout_ms);
    // Whatever it says, EAGAIN and EINTR above all (sigwaitinfo(2)), means: nothing yet.
    if (!info) return std::nullopt;
    served_.add(info->si_signo);
    served_weight_ += info->si_signo == SIGCHLD ? child_weight : 1;
    return *info;
}

}  // namespace os
