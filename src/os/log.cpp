#include "os/log.h"

#include <unistd.h>

#include "os/clock.h"
#include "os/output.h"

namespace os {

bool Log::write_now(core::Verbosity level, const core::LogEntry& entry) const {
    core::Line line;
    std::optional<core::Milliseconds> json_time;
    if (as_json_) {
        json_time = time_of(CLOCK_REALTIME);
    } else {
        line.add(name_).add(": ");
    }
    core::write_entry(entry, level, json_time, line);
    line.add("\n");
    return write_at_once(STDERR_FILENO, line.view()) == line.view().size();
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
