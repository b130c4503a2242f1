#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "os/neighbour.h"
#include "os/output.h"

namespace os {
namespace {

/// A read(2) of no bytes: on its controlling terminal a background process with TTIN blocked gets EIO
/// (drivers/tty/n_tty.c, job_control), and nothing is consumed. The descriptor must have O_NONBLOCK: the call would
/// wait for another reader.
bool may_read(int terminal) {
    char nothing;
    const auto result = sys::read(terminal, &nothing, 0);
    return result || result.error().number == EAGAIN;
}

}  // namespace

bool is_empty_group(pid_t group) {
    const auto found = sys::kill(-group, 0);
    return !found && found.error().number == ESRCH;
}

/// The controlling terminal, whatever the standard descriptors are; no descriptor is kept between calls. Without /dev
/// one of them may still be it.
class Terminal::Opened {
  public:
    // Without O_NONBLOCK the open could wait for a carrier, and may_read for another reader.
    Opened() : own_(sys::open("/dev/tty", O_RDWR | O_NONBLOCK)) {
        if (own_) {
            number_ = own_->number();
            return;
        }
        // No other descriptor can be one then.
        if (is_absent()) return;
        for (int standard = STDIN_FILENO; standard <= STDERR_FILENO && number_ < 0; ++standard) {
            if (sys::tcgetpgrp(standard)) number_ = standard;
        }
    }

    [[nodiscard]] bool exists() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }
    /// There is no controlling terminal (tty(4), ENXIO).
    [[nodiscard]] bool is_absent() const { return !own_ && own_.error().number == ENXIO; }
    /// A shared descriptor can have no O_NONBLOCK of ours.
    [[nodiscard]] bool is_own() const { return own_.has_value(); }

  private:
    sys::Result<sys::Descriptor> own_;
    int number_ = -1;
};

bool Terminal::is_foreground(const Opened& terminal) {
    if (!terminal.exists()) return false;
    const auto foreground = sys::tcgetpgrp(terminal.number());
    if (!foreground || *foreground != sys::getpgrp()) return false;
    // Groups led from outside of the PID namespace all read as 0 (pid_namespaces(7)): ask in another way.
    return *foreground != 0 || (terminal.is_own() && may_read(terminal.number()));
}

Terminal Terminal::find() {
    const bool is_in_pipe = !is_seekable(STDOUT_FILENO) && !sys::isatty(STDOUT_FILENO);
    return Terminal(!is_in_pipe && sys::isatty(STDIN_FILENO) && is_foreground(Opened()));
}

void Terminal::give_up() {
    if (sys::getsid() != sys::getpid() || !sys::give_up_terminal(STDIN_FILENO)) return;
    // The kernel has sent them by now (dumb-init 136: forwarded, they killed the program).
    for (const int signal : {SIGHUP, SIGCONT}) (void)sys::sigtimedwait(core::SignalSet::only(signal), 0);
}

void Terminal::give_to_caller() const {
    if (!is_lender_) return;
    const Opened terminal;
    // Its own group's number, which is cppinit's if it could not get another.
    if (terminal.exists()) (void)sys::tcsetpgrp(terminal.number(), sys::getpgrp());
}

bool Terminal::lend_to(pid_t main_group) {
    const Opened terminal;
    if (!core::can_be_lent(foreground_of(terminal, main_group))) return false;
    if (!sys::tcsetpgrp(terminal.number(), main_group)) return false;
    is_lender_ = true;
    return true;
}

void Terminal::lend_again_to(pid_t main_group) {
    if (!is_lender_) return;
    const Opened terminal;
    if (is_foreground(terminal)) (void)sys::tcsetpgrp(terminal.number(), main_group);
}

bool Terminal::is_lent_to(pid_t main_group) const {
    return is_lender_ && core::is_main_childs(foreground(main_group));
}

bool Terminal::is_lost() const {
    return is_lender_ && Opened().is_absent();
}

core::Foreground Terminal::foreground(std::optional<pid_t> main_group) const {
    return foreground_of(Opened(), main_group);
}

bool Terminal::reclaim_from(std::optional<pid_t> main_group) const {
    if (!is_lender_) return false;
    const Opened terminal;
    return core::is_main_childs(foreground_of(terminal, main_group)) &&
           sys::tcsetpgrp(terminal.number(), sys::getpgrp());
}

core::Foreground Terminal::foreground_of(const Opened& terminal, std::optional<pid_t> main_group) const {
    using core::Foreground;
    if (!terminal.exists()) return terminal.is_absent() ? Foreground::no_terminal : Foreground::unreachable;
    if (is_foreground(terminal)) return Foreground::ours;
    const auto group = sys::tcgetpgrp(terminal.number());
    // PID 1's group cannot be asked for: -1 means everybody (kill(2)).
    if (!group || *group <= 1) return Foreground::somebody_elses;
    if (is_lender_) {
        if (*group == main_group) return Foreground::main_childs;
        if (is_empty_group(*group)) return Foreground::dead_groups;
    }
    return is_led_under_neighbour(*group) ? Foreground::neighbours : Foreground::somebody_elses;
}

}  // namespace os
