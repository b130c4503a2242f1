#pragma once

#include "core/log_entry.h"
#include "os/sys.h"

namespace os {

/// Lines on stderr: each is one write, and none ever waits. stderr may be full, slow, closed or gone; an init that
/// stood still for its own log would take the container with it. What cannot be written at once is dropped and counted,
/// and the count is told before the next line.
///
/// O_NONBLOCK is no help: it belongs to the open file that cppinit shares with the main child.
class Log {
  public:
    Log(core::Verbosity most, std::string_view name) : most_(most), name_(name) {}
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void configure(core::Verbosity most, bool as_json) {
        most_ = most;
        as_json_ = as_json;
    }
    /// Whether such a line would be shown: who has to do something for an entry asks first.
    [[nodiscard]] bool shows(core::Verbosity level) const { return level <= most_; }
    /// The name that cppinit was started under: its messages speak under it.
    [[nodiscard]] std::string_view name() const { return name_; }
    /// How many lines were dropped in all.
    [[nodiscard]] int dropped() const { return dropped_; }

    /// Writes one line: the name and the entry, or a JSON object.
    void write(core::Verbosity level, const core::LogEntry& entry);

  private:
    [[nodiscard]] bool write_now(core::Verbosity level, const core::LogEntry& entry) const;

    core::Verbosity most_;
    std::string_view name_;
    bool as_json_ = false;
    int dropped_ = 0;
    int untold_ = 0;
};

}  // namespace os
