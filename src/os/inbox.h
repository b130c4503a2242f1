#pragma once

#include <optional>

#include "os/clock.h"

namespace os {

/// What cppinit inherited and changed for itself, and the main child inherits unchanged.
struct InheritedSignals {
    core::SignalSet blocked;
    bool sigchld_ignored;
};

/// Where signals wait until cppinit takes them. Nothing is ever handled asynchronously: every signal that can be
/// blocked is, and the next one is fetched when cppinit is ready for it. A blocked signal is kept by the kernel even
/// where it is ignored, and for PID 1 too (kernel/signal.c, sig_ignored).
class Inbox {
  public:
    /// Called before anything else: a signal that arrives earlier has its default action, one that arrives later waits.
    [[nodiscard]] static sys::Result<Inbox> open();

    [[nodiscard]] const InheritedSignals& inherited() const { return inherited_; }

    /// The next signal. Waits for at most timeout_ms, or without a timeout for as long as it takes. None: the time has
    /// passed, cppinit was stopped and continued, or a filter refuses the call; then it sleeps a little, so that the
    /// caller may call again at once. Every signal has its turn, however many others arrive.
    [[nodiscard]] std::optional<siginfo_t> next(std::optional<long> timeout_ms, Clock& clock);

  private:
    explicit Inbox(InheritedSignals inherited) : inherited_(inherited) {}

    std::optional<siginfo_t> take(core::SignalSet wanted, std::optional<long> timeout_ms);
    void pause(std::optional<long> timeout_ms);

    InheritedSignals inherited_;
    core::SignalSet served_;
    int served_weight_ = 0;
    long pause_ms_ = 0;
};

}  // namespace os
