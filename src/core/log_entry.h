#pragma once

#include <string_view>

#include "core/duration.h"
#include "core/options.h"
#include "core/text.h"

namespace core {

/// What a log line tells. Only the fields that apply are set, and only those are shown.
struct LogEntry {
    static constexpr int none = -1;

    /// What happened, in words that other fields do not change.
    const char* event;
    /// Of a program; it may hold any bytes. Null, and so not the empty word: there is none.
    std::string_view name{};
    int pid = none;
    int exit_code = none;
    int count = none;
    int signal = 0;
    /// Why, as an errno.
    int error = 0;
    /// Why, in words; null: not said.
    const char* reason = nullptr;
};

/// Writes an entry as text ("cannot execute 'serve': Permission denied", "program killed, pid 7, TERM") or, with the
/// time of CLOCK_REALTIME, as a JSON object that has the level too.
void write_entry(const LogEntry& entry, Verbosity level, std::optional<Milliseconds> json_time, TextWriter& out);

}  // namespace core
