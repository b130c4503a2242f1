#pragma once

#include <optional>
#include <string_view>

#include "core/duration.h"
#include "core/text.h"
#include "core/verbosity.h"

namespace core {

/// What a log line says. Only the fields that apply are set, and only those are shown.
struct LogEntry {
    /// What happened, in words that other fields do not change.
    const char* event;
    /// Of a program or a file; it may hold any bytes.
    std::optional<std::string_view> name{};
    std::optional<int> pid{};
    std::optional<int> exit_code{};
    std::optional<int> count{};
    std::optional<int> signal{};
    /// Why, as an errno.
    std::optional<int> error{};
    /// Why, in words; null: not said.
    const char* reason = nullptr;
};

/// Writes an entry as text ("cannot execute 'serve': Permission denied", "program killed, pid 7, TERM") or, with the
/// time of CLOCK_REALTIME, as a JSON object that has the level too.
void write_entry(const LogEntry& entry, Verbosity level, std::optional<Milliseconds> json_time, TextWriter& out);

}  // namespace core
