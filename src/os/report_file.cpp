#include "os/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

namespace os {
namespace {

sys::Result<void> write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = sys::write(descriptor, text.data(), text.size());
        if (!written) return std::unexpected(written.error());
        text.remove_prefix(*written);
    }
    return {};
}

/// A link, a device or a pipe is somebody's, and not to be replaced. Where the kernel cannot tell (ENOSYS before Linux
/// 4.11) it may be one.
bool may_be_replaced(const char* path) {
    const auto mode = sys::statx_mode(path);
    return mode ? S_ISREG(*mode) : mode.error().number == ENOENT;
}

}  // namespace

sys::Result<void> ReportFile::prepare(const char* path) {
    path_ = path;
    if (path == nullptr) return {};
    prepared_at_ = sys::clock_ms(CLOCK_MONOTONIC);
    if (*path == '/' || is_stderr()) return {};

    // Not on the stack: the pages are never there where nothing is written to them.
    static char absolute[PATH_MAX];
    const auto size = sys::getcwd(absolute, sizeof absolute);
    if (!size) return std::unexpected(size.error());
    const std::string_view name = path;
    // A directory outside of the root that cppinit sees has no path (getcwd(2)).
    if (*absolute != '/') return std::unexpected(sys::Error{ENOENT});
    if (*size + name.size() >= sizeof absolute) return std::unexpected(sys::Error{ENAMETOOLONG});
    // The slash takes the place of the zero byte.
    absolute[*size - 1] = '/';
    absolute[*size + name.copy(absolute + *size, name.size())] = '\0';
    path_ = absolute;
    return {};
}

bool ReportFile::is_stderr() const {
    return std::string_view(path_) == "-";
}

sys::Result<void> ReportFile::store(std::string_view text) const {
    constexpr int create = O_WRONLY | O_CREAT | O_NONBLOCK;
    if (may_be_replaced(path_)) {
        char temporary[PATH_MAX + 16];
        core::TextWriter name(temporary, sizeof temporary);
        name.add(path_).add(".").add(sys::getpid());
        if (const auto file = sys::open(name.c_string(), create | O_EXCL)) {
            const auto written = write_all(file->number(), text);
            const auto renamed = written ? sys::rename(temporary, path_) : written;
            if (renamed) return {};
            sys::unlink(temporary);
            // Where a file is mounted, as Kubernetes does for /dev/termination-log, its name cannot be another's
            // (EBUSY).
            if (!written) return written;
        }
    }
    const auto file = sys::open(path_, create | O_TRUNC);
    return file ? write_all(file->number(), text) : std::unexpected(file.error());
}

void ReportFile::write(core::Report& report, Log& log) const {
    if (path_ == nullptr) return;
    report.wall_ms = sys::clock_ms(CLOCK_MONOTONIC) - prepared_at_;
    report.dropped_log_lines = log.dropped();
    char text[core::longest_report];
    core::TextWriter out(text, sizeof text);
    core::write_report(report, out);
    if (is_stderr()) return log.write_line(out.view());
    const auto stored = store(out.view());
    if (stored) return;
    log.write(core::Verbosity::warnings,
              {.event = "cannot write the report", .name = path_, .error = stored.error().number});
}

}  // namespace os
