#pragma once

#include <optional>

#include "os/clock.h"

namespace os {

/// What cppinit found in place and the main child is to find again, exactly.
struct InheritedSignals {
    core::SignalSet blocked;
    bool sigchld_ignored;
};

/// Where signals wait until cppinit takes them. Nothing is ever handled asynchronously: every signal that can be
/// blocked is, and the next one is fetched when cppinit is ready for it. A blocked signal is kept by the kernel even
/// where it is ignored, and for PID 1 too (kernel/signal.c, sig_ignored).
class Inbox {
  public:
    /// Called first of all: a signal that came before it meets its default action, one that comes after it waits.
    [[nodiscard]] static sys::Result<Inbox> open();

    [[nodiscard]] const InheritedSignals& inherited() const { return inherited_; }

    /// The next signal, at the latest after timeout_ms; without a timeout it sleeps for as long as it takes. No value:
    /// the time has passed, cppinit was stopped and continued, or a filter refuses the call; a call that is refused
    /// again and again does not return at once. Every signal number has its turn, whatever else storms.
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
