#pragma once

#include "core/log_entry.h"
#include "os/sys.h"

namespace os {

/// Lines on stderr: each is one write, and none ever waits. stderr may be full, slow, closed or gone; an init that
/// stood still for its own log would take the container with it. Lines that cannot be written immediately are dropped;
/// the next line that can be written is preceded by one that says how many were dropped.
class Log {
  public:
    Log(core::Verbosity max_level, std::string_view name) : max_level_(max_level), name_(name) {}
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void configure(core::Verbosity max_level, bool as_json) {
        max_level_ = max_level;
        as_json_ = as_json;
    }
    /// Whether a line of this level would be shown. Called first if an entry takes work to prepare.
    [[nodiscard]] bool shows(core::Verbosity level) const { return level <= max_level_; }
    /// The name that cppinit was started under: its messages begin with it.
    [[nodiscard]] std::string_view name() const { return name_; }
    /// How many lines were dropped in all.
    [[nodiscard]] int dropped() const { return dropped_; }

    /// Writes one line: the name and the entry, or a JSON object.
    void write(core::Verbosity level, const core::LogEntry& entry);

  private:
    [[nodiscard]] bool write_now(core::Verbosity level, const core::LogEntry& entry) const;

    core::Verbosity max_level_;
    std::string_view name_;
    bool as_json_ = false;
    int dropped_ = 0;
    int unreported_ = 0;
};

}  // namespace os
