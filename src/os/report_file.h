#pragma once

#include <unistd.h>

#include "core/report.h"
#include "os/log.h"
#include "os/sys.h"

namespace os {

/// The file or stream that the report of the run goes to (--report).
class ReportFile {
  public:
    /// Called before the program starts. Null: no report is asked for; "-" is stderr. A relative path is resolved now,
    /// because cppinit leaves the working directory; if that has no path, cppinit logs a warning and writes no report.
    void prepare(const char* path, Log& log);

    /// The descriptor that the path means ("/dev/stdout", "/dev/fd/3"), which must then stay open.
    [[nodiscard]] std::optional<int> stream() const { return stream_; }

    /// The time since prepare; 0 where no report is written.
    [[nodiscard]] core::Milliseconds age_ms() const;

    /// Writes the report into a temporary file, which then takes the name of the report, so that nobody reads half of
    /// it. What is not a regular file, such as a pipe, is written in place, and so is a file that is a mount point,
    /// such as /dev/termination-log in Kubernetes. Waits at most a second for the reader of a standard stream, and for
    /// nobody else; a failure is a warning.
    void write(const core::Report& report, Log& log) const;

  private:
    [[nodiscard]] sys::Result<void> store(std::string_view text) const;

    const char* path_ = nullptr;
    std::optional<int> stream_;
    core::Milliseconds prepared_at_ = 0;
};

}  // namespace os
