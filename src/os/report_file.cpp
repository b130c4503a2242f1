#include "os/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "core/text.h"
#include "os/clock.h"
#include "os/output.h"

namespace os {
namespace {

/// The open descriptor that a path means. A file that it is redirected to also belongs to others, so the report is
/// appended as to the descriptor; the file is neither replaced nor truncated.
std::optional<int> stream_of(std::string_view path) {
    if (path == "-" || path == "/dev/stderr") return STDERR_FILENO;
    if (path == "/dev/stdout") return STDOUT_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        const auto number = core::after_prefix(path, folder);
        if (number) return core::parse_number(*number, std::numeric_limits<int>::max());
    }
    return std::nullopt;
}

/// Waits for a reader that is behind, but for no longer than a second in all.
sys::Result<void> write_to_stream(int descriptor, std::string_view text) {
    constexpr core::Milliseconds max_wait_ms = 1000;
    // A pipe that has room has it for this much (pipe(7), PIPE_BUF).
    constexpr std::size_t max_piece = 4096;
    // After another writer has taken the room, or where a descriptor says that it has room and takes nothing.
    constexpr long retry_interval_ms = 10;
    Clock clock;
    const core::Milliseconds deadline = clock.now() + max_wait_ms;
    while (!text.empty()) {
        const auto left = static_cast<int>(std::max(deadline - clock.now(), core::Milliseconds{0}));
        if (left == 0 || !has_room(descriptor, left)) return std::unexpected(sys::Error{EAGAIN});
        const auto written = write_at_once(descriptor, text.substr(0, max_piece));
        if (!written && written.error().number != EAGAIN) return std::unexpected(written.error());
        const std::size_t size = written.value_or(0);
        text.remove_prefix(size);
        if (size > 0) continue;
        sys::sleep(retry_interval_ms);
        clock.reach(clock.now() + retry_interval_ms);
    }
    return {};
}

/// The working directory and a relative path, put together in memory that stays.
sys::Result<const char*> make_absolute(std::string_view path) {
    // Not on the stack: its pages are there only if something is written to them.
    static char absolute[PATH_MAX];
    const auto size = sys::getcwd(absolute, sizeof absolute);
    if (!size) return std::unexpected(size.error());
    // A directory outside of the root that cppinit sees has no path (getcwd(2)).
    if (*absolute != '/') return std::unexpected(sys::Error{ENOENT});
    if (*size + path.size() >= sizeof absolute) return std::unexpected(sys::Error{ENAMETOOLONG});
    // The slash takes the place of the zero byte.
    absolute[*size - 1] = '/';
    absolute[*size + path.copy(absolute + *size, path.size())] = '\0';
    return absolute;
}

void warn(Log& log, std::string_view path, int error) {
    log.write(core::Verbosity::warnings, {.event = "cannot write the report", .name = path, .error = error});
}

/// A link, a device or a pipe belongs to somebody, and must not be replaced.
bool may_be_replaced(const char* path) {
    const auto mode = sys::lstat_mode(path);
    return mode ? S_ISREG(*mode) : mode.error().number == ENOENT;
}

}  // namespace

void ReportFile::prepare(const char* path, Log& log) {
    if (path == nullptr) return;
    prepared_at_ = time_of(CLOCK_MONOTONIC);
    stream_ = stream_of(path);
    const bool is_relative = *path != '/' && !stream_;
    const auto lasting = is_relative ? make_absolute(path) : path;
    if (!lasting) return warn(log, path, lasting.error().number);
    path_ = *lasting;
}

sys::Result<void> ReportFile::store(std::string_view text) const {
    constexpr int write_only = O_WRONLY | O_NONBLOCK;
    if (may_be_replaced(path_)) {
        char temporary[PATH_MAX + 16];
        core::TextWriter name(temporary, sizeof temporary);
        name.add(path_).add(".").add(sys::getpid());
        if (const auto file = sys::open(name.c_string(), write_only | O_CREAT | O_EXCL)) {
            const auto written = write_all(file->number(), text);
            const auto renamed = written ? sys::rename(temporary, path_) : written;
            if (renamed) return {};
            sys::unlink(temporary);
            // Where a file is mounted, as Kubernetes does for /dev/termination-log, its name cannot be another's
            // (EBUSY).
            if (!written) return written;
        }
    }
    auto file = sys::open(path_, write_only | O_TRUNC);
    // Not at once: in a folder that all may write to, O_CREAT is refused for a file of somebody else (proc(5),
    // fs.protected_regular).
    if (!file) file = sys::open(path_, write_only | O_TRUNC | O_CREAT);
    return file ? write_all(file->number(), text) : std::unexpected(file.error());
}

core::Milliseconds ReportFile::age_ms() const {
    return path_ == nullptr ? 0 : time_of(CLOCK_MONOTONIC) - prepared_at_;
}

void ReportFile::write(const core::Report& report, Log& log) const {
    if (path_ == nullptr) return;
    char text[core::max_report_size];
    core::TextWriter out(text, sizeof text);
    core::write_report(report, out);
    const auto stored = stream_ ? write_to_stream(*stream_, out.view()) : store(out.view());
    if (!stored) warn(log, path_, stored.error().number);
}

}  // namespace os
