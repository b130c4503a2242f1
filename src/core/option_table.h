#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core {

enum class Option : std::uint8_t {
    group,
    single_child,
    all,
    rewrite,
    subreaper,
    parent_death,
    kill_child,
    stop_delay,
    kill_after,
    leftovers,
    grace,
    remap_exit,
    pause,
    verbose,
    quiet,
    warn_on_reap,
    log_format,
    report,
    ps,
    help,
    version,
    license,
};

enum class Argument : std::uint8_t { none, optional, required };
enum class InEnvironment : std::uint8_t { no, once, list };

/// One row serves the parser, the help and the environment variables.
struct Row {
    Option option;
    Argument argument;
    InEnvironment environment;
    /// The help shows the first that the persona takes.
    std::string_view letters;
    std::string_view name;
    std::string_view value_name;
};

/// Goes through the table from its first row to its last.
class Rows {
  public:
    /// False at the end.
    bool next();
    [[nodiscard]] const Row& row() const { return row_; }

  private:
    std::size_t position_ = 0;
    int next_option_ = 0;
    Row row_{};
};

}  // namespace core
