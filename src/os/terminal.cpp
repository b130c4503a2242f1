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

bool is_foreground(const Opened& terminal) {
    if (!terminal.exists()) return false;
    const auto foreground = sys::tcgetpgrp(terminal.number());
    if (!foreground || *foreground != sys::getpgrp()) return false;
    // Groups led from outside of the PID namespace all read as 0 (pid_namespaces(7)): ask in another way.
    return *foreground != 0 || (terminal.is_own() && sys::may_read(terminal.number()));
}

}  // namespace

Terminal Terminal::find() {
    const bool is_in_pipe = !sys::is_seekable(STDOUT_FILENO) && !sys::is_terminal(STDOUT_FILENO);
    return Terminal(!is_in_pipe && sys::is_terminal(STDIN_FILENO) && is_ours());
}

bool Terminal::is_ours() {
    return is_foreground(Opened());
}

void Terminal::give_up() {
    if (sys::getsid() != sys::getpid() || !sys::give_up_terminal(STDIN_FILENO)) return;
    // The kernel has sent them by now (dumb-init 136: forwarded, they killed the program).
    for (const int signal : {SIGHUP, SIGCONT}) (void)sys::sigtimedwait(core::SignalSet::only(signal), 0);
}

bool Terminal::exists() {
    return Opened().exists();
}

void Terminal::give_to_caller() const {
    if (!is_lender_) return;
    const Opened terminal;
    if (terminal.exists()) (void)sys::tcsetpgrp(terminal.number(), sys::getpid());
}

bool Terminal::lend_to(pid_t group) {
    const Opened terminal;
    if (!is_foreground(terminal) || !sys::tcsetpgrp(terminal.number(), group)) return false;
    is_lender_ = true;
    return true;
}

void Terminal::lend_again_to(pid_t group) {
    if (is_lender_) (void)lend_to(group);
}

bool Terminal::reclaim_from(pid_t group) const {
    if (!is_lender_) return false;
    const Opened terminal;
    if (!terminal.exists()) return false;
    const auto foreground = sys::tcgetpgrp(terminal.number());
    if (!foreground) return false;
    // Also from a group that has died with it in its hands, but never from one that lives and is not ours to rule.
    // PID 1's group cannot be asked for: -1 means everybody (kill(2)).
    const auto alive = sys::kill(-*foreground, 0);
    const bool is_free = *foreground == group || (*foreground > 1 && !alive && alive.error().number == ESRCH);
    return is_free && sys::tcsetpgrp(terminal.number(), sys::getpgrp());
}

}  // namespace os
