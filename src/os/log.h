#pragma once

#include "core/options.h"
#include "core/text.h"
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

    void set_verbosity(core::Verbosity most) { most_ = most; }
    /// Whether such a line would be shown: who has to build a line with effort asks first.
    [[nodiscard]] bool shows(core::Verbosity level) const { return level <= most_; }

    /// The name that cppinit was started under: its messages speak under it.
    [[nodiscard]] std::string_view name() const { return name_; }

    /// Writes "cppinit: ", the text and the end of the line. The text may have several lines.
    void write(core::Verbosity level, const core::TextWriter& text);
    /// The same, and what the system answered: "..., why".
    void write(core::Verbosity level, core::TextWriter& text, const sys::Error& error);

  private:
    core::Verbosity most_;
    std::string_view name_;
    int dropped_ = 0;
};

}  // namespace os
