#pragma once

#include "core/report.h"
#include "os/log.h"
#include "os/sys.h"

namespace os {

/// Where the report of the run goes (--report).
class ReportFile {
  public:
    /// Called before the program starts. Null: no report is asked for; "-" is stderr. A relative path counts from the
    /// working directory of now, which cppinit leaves; where that has no path, a warning is all that there will be.
    void prepare(const char* path, Log& log);

    /// The descriptor that the path names ("/dev/stdout", "/dev/fd/3"), which is to stay open then.
    [[nodiscard]] std::optional<int> stream() const { return stream_; }

    /// The time since prepare; 0 where no report is written.
    [[nodiscard]] core::Milliseconds age_ms() const;

    /// Writes it, whole where that is possible: into a temporary file beside it, which then takes its
    /// name. What is no regular file, /dev/termination-log or a pipe, is written in place. Never waits; a failure is a
    /// warning.
    void write(const core::Report& report, Log& log) const;

  private:
    [[nodiscard]] sys::Result<void> store(std::string_view text) const;

    const char* path_ = nullptr;
    std::optional<int> stream_;
    core::Milliseconds prepared_at_ = 0;
};

}  // namespace os
