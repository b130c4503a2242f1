#include "os/log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/output.h"

namespace os {
namespace {

constexpr int stderr_descriptor = STDERR_FILENO;

/// Writing to a closed pipe or past RLIMIT_FSIZE also sends a signal to the writing thread (write(2)). It is ours, not
/// one to forward. The thread's own pending signals are fetched before those that kill(2) sent to the process
/// (kernel/signal.c, dequeue_signal), so that this takes no other.
void discard_caused_signal(const sys::Error& error) {
    if (error.number == EPIPE) (void)sys::sigtimedwait(core::SignalSet::only(SIGPIPE), 0);
    if (error.number == EFBIG) (void)sys::sigtimedwait(core::SignalSet::only(SIGXFSZ), 0);
}

bool is_whole(const sys::Result<std::size_t>& written, std::string_view text) {
    if (!written) discard_caused_signal(written.error());
    return written && *written == text.size();
}

bool write_whole(int descriptor, std::string_view text) {
    return is_whole(sys::write(descriptor, text.data(), text.size()), text);
}

/// For kernels and files without RWF_NOWAIT. The same file opened anew has flags of its own. Without /proc, or where
/// that is not allowed, a terminal is only written to through /dev/tty: it counts as having room as soon as one byte is
/// free, and a write would wait for the rest. A pipe that has room has it for a whole page; another writer can still
/// take it in the instant between.
bool write_if_room(std::string_view text) {
    if (!has_room(stderr_descriptor, 0)) return false;
    if (const auto own = sys::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK)) return write_whole(own->number(), text);
    if (!sys::isatty(stderr_descriptor)) return write_whole(stderr_descriptor, text);
    // Only the controlling terminal has a foreground to tell.
    if (!sys::tcgetpgrp(stderr_descriptor)) return false;
    const auto own = sys::open("/dev/tty", O_WRONLY | O_NONBLOCK);
    return own && write_whole(own->number(), text);
}

bool write_at_once(std::string_view text) {
    // A file on a disk takes what it is given, and RWF_NOWAIT would refuse for reasons of its own.
    if (is_seekable(stderr_descriptor)) return write_whole(stderr_descriptor, text);
    const auto written = sys::write_nowait(stderr_descriptor, text.data(), text.size());
    const int error = written ? 0 : written.error().number;
    const bool knows_nowait = error != EOPNOTSUPP && error != ENOSYS && error != EPERM && error != EINVAL;
    return knows_nowait ? is_whole(written, text) : write_if_room(text);
}

}  // namespace

bool Log::write_now(core::Verbosity level, const core::LogEntry& entry) const {
    core::Line line;
    std::optional<core::Milliseconds> json_time;
    if (as_json_) {
        json_time = time_of(CLOCK_REALTIME);
    } else {
        line.add(name_).add(": ");
    }
    core::write_entry(entry, level, json_time, line);
    return write_at_once(line.add("\n").view());
}

void Log::write(core::Verbosity level, const core::LogEntry& entry) {
    if (!shows(level)) return;
    if (unreported_ > 0 && write_now(core::Verbosity::warnings, {.event = "log lines dropped", .count = unreported_})) {
        unreported_ = 0;
    }
    if (unreported_ == 0 && write_now(level, entry)) return;
    ++unreported_;
    ++dropped_;
}

}  // namespace os
