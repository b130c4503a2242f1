#include "os/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "core/text.h"
#include "os/output.h"

namespace os {
namespace {

/// The open stream that a name means. A file that it is redirected to belongs to others as well: it is written to like
/// the stream, and neither replaced nor truncated.
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
    const core::Milliseconds begin = sys::clock_ms(CLOCK_MONOTONIC);
    while (!text.empty()) {
        const core::Milliseconds waited = sys::clock_ms(CLOCK_MONOTONIC) - begin;
        const auto left = static_cast<int>(std::max(max_wait_ms - waited, core::Milliseconds{0}));
        if (!sys::has_room(descriptor, left)) return std::unexpected(sys::Error{EAGAIN});
        const std::string_view piece = text.substr(0, max_piece);
        if (const auto written = write_all(descriptor, piece); !written) return written;
        text.remove_prefix(piece.size());
    }
    return {};
}

/// Puts the working directory before a relative path, and returns an errno, 0 where it could.
int make_absolute(const char*& path) {
    // Not on the stack: the pages are never there where nothing is written to them.
    static char absolute[PATH_MAX];
    const auto size = sys::getcwd(absolute, sizeof absolute);
    if (!size) return size.error().number;
    // A directory outside of the root that cppinit sees has no path (getcwd(2)).
    if (*absolute != '/') return ENOENT;
    const std::string_view name = path;
    if (*size + name.size() >= sizeof absolute) return ENAMETOOLONG;
    // The slash takes the place of the zero byte.
    absolute[*size - 1] = '/';
    absolute[*size + name.copy(absolute + *size, name.size())] = '\0';
    path = absolute;
    return 0;
}

void warn(Log& log, std::string_view path, int error) {
    log.write(core::Verbosity::warnings, {.event = "cannot write the report", .name = path, .error = error});
}

/// A link, a device or a pipe is somebody's, and not to be replaced.
bool may_be_replaced(const char* path) {
    const auto mode = sys::lstat_mode(path);
    return mode ? S_ISREG(*mode) : mode.error().number == ENOENT;
}

}  // namespace

void ReportFile::prepare(const char* path, Log& log) {
    if (path == nullptr) return;
    prepared_at_ = sys::clock_ms(CLOCK_MONOTONIC);
    path_ = path;
    stream_ = stream_of(path);
    if (*path == '/' || stream_) return;
    const int error = make_absolute(path_);
    if (error == 0) return;
    warn(log, path, error);
    path_ = nullptr;
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
    return path_ == nullptr ? 0 : sys::clock_ms(CLOCK_MONOTONIC) - prepared_at_;
}

void ReportFile::write(const core::Report& report, Log& log) const {
    if (path_ == nullptr) return;
    char text[core::longest_report];
    core::TextWriter out(text, sizeof text);
    core::write_report(report, out);
    const auto stored = stream_ ? write_to_stream(*stream_, out.view()) : store(out.view());
    if (!stored) warn(log, path_, stored.error().number);
}

}  // namespace os
