#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace os {
namespace {

/// The controlling terminal, whatever the standard descriptors are; no descriptor is kept between calls. Without /dev
/// one of them may still be it.
class Opened {
  public:
    // Without O_NONBLOCK the open could wait for a carrier, and may_read for another reader.
    Opened() : own_(sys::open("/dev/tty", O_RDWR | O_NONBLOCK)) {
        if (own_) {
            number_ = own_->number();
            return;
        }
        // ENXIO says that there is no controlling terminal (tty(4)); no other descriptor can be one then.
        if (own_.error().number == ENXIO) return;
        for (int standard = STDIN_FILENO; standard <= STDERR_FILENO && number_ < 0; ++standard) {
            if (sys::tcgetpgrp(standard)) number_ = standard;
        }
    }

    [[nodiscard]] bool exists() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }
    /// A shared descriptor can have no O_NONBLOCK of ours.
    [[nodiscard]] bool is_own() const { return own_.has_value(); }

  private:
    sys::Result<sys::Descriptor> own_;
    int number_ = -1;
};

}  // namespace

Terminal Terminal::find() {
    const Opened terminal;
    if (!terminal.exists()) return Terminal(false);
    const auto foreground = sys::tcgetpgrp(terminal.number());
    if (!foreground || *foreground != sys::getpgrp()) return Terminal(false);
    // Groups led from outside of the PID namespace all read as 0 (pid_namespaces(7)): ask in another way.
    return Terminal(*foreground != 0 || (terminal.is_own() && sys::may_read(terminal.number())));
}

void Terminal::give_to_caller() const {
    if (!foreground_was_ours_) return;
    const Opened terminal;
    if (terminal.exists()) (void)sys::tcsetpgrp(terminal.number(), sys::getpid());
}

void Terminal::reclaim_from(pid_t group) const {
    if (!foreground_was_ours_) return;
    const Opened terminal;
    if (!terminal.exists()) return;
    const auto foreground = sys::tcgetpgrp(terminal.number());
    if (!foreground) return;
    // Also from a group that has died with it in its hands, but never from one that lives and is not ours to rule.
    const auto alive = sys::kill(-*foreground, 0);
    const bool is_free = *foreground == group || (!alive && alive.error().number == ESRCH);
    if (is_free) (void)sys::tcsetpgrp(terminal.number(), sys::getpgrp());
}

}  // namespace os
