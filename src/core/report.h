#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/duration.h"
#include "core/signals.h"
#include "core/status.h"
#include "core/text.h"
#include "core/usage.h"

namespace core {

/// How often each signal came or went.
class SignalCounts {
  public:
    void add(int signal) { ++counts_[static_cast<std::size_t>(signal)]; }
    [[nodiscard]] int of(int signal) const { return counts_[static_cast<std::size_t>(signal)]; }

  private:
    std::array<int, last_signal + 1> counts_{};
};

/// The leftovers that ended in one way: all are counted, the first 16 are named.
class EndedLeftovers {
  public:
    static constexpr int max_names = 16;

    /// The name may hold any bytes, as many as the kernel keeps (proc(5), /proc/PID/comm).
    void add(std::string_view name);
    [[nodiscard]] int count() const { return count_; }
    /// For an index below count and max_names.
    [[nodiscard]] std::string_view name(int index) const;

  private:
    struct Name {
        std::array<char, 15> text;
        std::uint8_t size;
    };

    int count_ = 0;
    std::array<Name, max_names> names_{};
};

/// What is reported about a run at its end. docs/report.schema.json says what each member means.
struct Report {
    /// Null: there was none (--pause).
    const char* program = nullptr;
    /// None: the program could not be started.
    std::optional<int> pid;
    int exit_code = 0;
    /// What killed the main child; none: it exited.
    std::optional<int> signal;
    /// --timeout has expired.
    bool timed_out = false;
    Milliseconds wall_ms = 0;
    Usage main_child;
    Usage orphans;
    std::int64_t orphans_reaped = 0;
    SignalCounts received;
    SignalCounts forwarded;
    EndedLeftovers terminated;
    EndedLeftovers killed;
    /// None where no memory cgroup can be read.
    std::optional<int> oom_kills;
    int dropped_log_lines = 0;

    void main_child_ended(const WaitStatus& status, const Usage& usage);
    /// `is_leftover`: the orphan ended after the leftovers were asked to end.
    void orphan_ended(std::string_view name, const WaitStatus& status, const Usage& usage, bool is_leftover);
};

/// The maximum size of a report, whatever its names hold.
inline constexpr std::size_t max_report_size = 8192;

/// Writes it as one line with a JSON object.
void write_report(const Report& report, TextWriter& out);

}  // namespace core
