#include "os/output.h"

#include <errno.h>
#include <fcntl.h>

#include "os/procfs.h"

namespace os {
namespace {

sys::Result<std::size_t> write(int descriptor, std::string_view text) {
    return sys::write(descriptor, text.data(), text.size());
}

/// For kernels and files without RWF_NOWAIT. The same file opened anew has flags of its own. Without /proc, or where
/// that is not allowed, a terminal is only written to through /dev/tty: it counts as having room as soon as one byte is
/// free, and a write would wait for the rest. A pipe that has room has it for a whole page; another writer can still
/// take it in the instant between.
sys::Result<std::size_t> write_if_room(int descriptor, std::string_view text) {
    const std::unexpected no_room(sys::Error{EAGAIN});
    if (!has_room(descriptor, 0)) return no_room;
    if (const auto own = open_own_descriptor(descriptor, O_WRONLY | O_NONBLOCK)) return write(own->number(), text);
    if (!sys::isatty(descriptor)) return write(descriptor, text);
    // Only the controlling terminal says which group has its foreground.
    if (!sys::tcgetpgrp(descriptor)) return no_room;
    const auto own = sys::open("/dev/tty", O_WRONLY | O_NONBLOCK);
    return own ? write(own->number(), text) : no_room;
}

sys::Result<std::size_t> write_nowait(int descriptor, std::string_view text) {
    // A file on a disk takes what it is given, and RWF_NOWAIT would refuse for reasons of its own.
    if (is_seekable(descriptor)) return write(descriptor, text);
    const auto written = sys::write_nowait(descriptor, text.data(), text.size());
    const int error = written ? 0 : written.error().number;
    const bool knows_nowait = error != EOPNOTSUPP && error != ENOSYS && error != EPERM && error != EINVAL;
    return knows_nowait ? written : write_if_room(descriptor, text);
}

/// Writing to a closed pipe or past RLIMIT_FSIZE also sends a signal to the writing thread (write(2)). It is ours, not
/// one to forward. The thread's own pending signals are fetched before those that kill(2) sent to the process
/// (kernel/signal.c, dequeue_signal), so that this takes no other.
void discard_caused_signal(const sys::Error& error) {
    if (error.number == EPIPE) (void)sys::sigtimedwait(core::SignalSet::only(SIGPIPE), 0);
    if (error.number == EFBIG) (void)sys::sigtimedwait(core::SignalSet::only(SIGXFSZ), 0);
}

}  // namespace

sys::Result<void> write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = write(descriptor, text);
        if (!written) return std::unexpected(written.error());
        if (*written == 0) return std::unexpected(sys::Error{EIO});
        text.remove_prefix(*written);
    }
    return {};
}

sys::Result<std::size_t> write_at_once(int descriptor, std::string_view text) {
    const auto written = write_nowait(descriptor, text);
    if (!written) discard_caused_signal(written.error());
    return written;
}

bool has_room(int descriptor, int timeout_ms) {
    return sys::poll_for_writing(descriptor, timeout_ms).value_or(false);
}

bool is_seekable(int descriptor) {
    return sys::lseek(descriptor).has_value();
}

}  // namespace os
