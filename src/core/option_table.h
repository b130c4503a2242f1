#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core {

enum class Option : std::uint8_t {
    single_child,
    rewrite,
    kill_after,
    grace,
    timeout,
    group,
    all,
    stop_signals,
    stop_delay,
    leftovers,
    remap_exit,
    subreaper,
    parent_death,
    kill_child,
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

/// The sections of the help, in their order. What most people need comes first.
enum class Section : std::uint8_t { most_needed, signals, shutdown, processes, log, information };

enum class Argument : std::uint8_t { none, optional, required };

/// What the environment variable of an option holds, where it has one.
enum class Variable : std::uint8_t {
    none,
    /// A switch or a value.
    single,
    /// Values with a comma between them, as if the option were given once for each.
    list,
};

/// An option, as the parser, the help, the environment variables, the completions and the tests of the documents read
/// it.
struct OptionRow {
    Option option;
    Section section;
    Argument argument;
    Variable variable;
    /// Each is a short option of its own. The help shows the first one that the persona takes.
    std::string_view letters;
    std::string_view name;
    /// Null: it takes no value.
    const char* value_name;
    /// One sentence, which is true under every name. A shell shows it beside the option that it completes.
    const char* summary;
    /// What the help adds to it under the name cppinit, defaults among it. Null: nothing.
    const char* details = nullptr;
};

inline constexpr OptionRow option_table[] = {
    {Option::single_child, Section::most_needed, Argument::none, Variable::single, "c", "--single-child", nullptr,
     "Forward signals only to PROGRAM.", "Use it for programs that stop their own workers."},
    {Option::rewrite, Section::most_needed, Argument::required, Variable::list, "r", "--rewrite", "FROM:TO",
     "When FROM arrives, forward TO instead.", "A TO of 'none' drops the signal. Repeatable."},
    {Option::kill_after, Section::most_needed, Argument::required, Variable::single, "k", "--kill-after", "DURATION",
     "Send KILL this long after forwarding the first stop signal.",
     "Default: off, or the time of --grace when --timeout has expired."},
    {Option::grace, Section::most_needed, Argument::required, Variable::single, "t", "--grace", "DURATION",
     "When PROGRAM has ended, give remaining processes this long before they get KILL.", "Default: 5s."},
    {Option::timeout, Section::most_needed, Argument::required, Variable::single, "T", "--timeout", "DURATION",
     "Stop PROGRAM if it runs longer than this, and exit with 124.", "Default: 0, which means no limit."},

    {Option::group, Section::signals, Argument::none, Variable::single, "g", "--group", nullptr,
     "Forward signals to PROGRAM's process group.", "This is the default."},
    {Option::all, Section::signals, Argument::none, Variable::single, "a", "--all", nullptr,
     "Forward signals to every process under cppinit."},
    {Option::stop_signals, Section::signals, Argument::required, Variable::single, "", "--stop-signals", "LIST",
     "Treat these signals, separated by commas, as requests to stop.", "Default: TERM,INT."},
    {Option::stop_delay, Section::signals, Argument::required, Variable::single, "d", "--stop-delay", "DURATION",
     "Wait this long before forwarding the first stop signal.", "Default: 0."},

    {Option::leftovers, Section::shutdown, Argument::required, Variable::single, "", "--leftovers", "POLICY",
     "Choose what happens to processes that PROGRAM leaves behind.",
     "'terminate' sends TERM, and KILL after --grace; 'wait' waits until they end; 'leave' exits at once. Default: "
     "terminate."},
    {Option::remap_exit, Section::shutdown, Argument::required, Variable::list, "e", "--remap-exit", "CODE[:NEW]",
     "Exit with NEW (0 unless given) where the exit code would be CODE.", "Repeatable."},

    {Option::subreaper, Section::processes, Argument::none, Variable::single, "s", "--subreaper", nullptr,
     "Fail if cppinit cannot become a child subreaper.", "Without this option, it tries and goes on if it cannot."},
    {Option::parent_death, Section::processes, Argument::required, Variable::single, "p", "--parent-death", "SIGNAL",
     "When cppinit's parent dies, act as if SIGNAL had arrived.", "Default: off."},
    {Option::kill_child, Section::processes, Argument::optional, Variable::single, "K", "--kill-child", "SIGNAL",
     "When cppinit dies, the kernel sends SIGNAL (KILL unless given) to PROGRAM.", "Default: off."},
    {Option::pause, Section::processes, Argument::none, Variable::single, "P", "--pause", nullptr,
     "Start no program: reap orphans, and exit with 0 on a stop signal."},

    {Option::verbose, Section::log, Argument::none, Variable::single, "v", "--verbose", nullptr,
     "Log more than warnings and errors.", "Repeatable."},
    {Option::quiet, Section::log, Argument::none, Variable::single, "q", "--quiet", nullptr, "Log only errors."},
    {Option::warn_on_reap, Section::log, Argument::none, Variable::single, "w", "--warn-on-reap", nullptr,
     "Log a warning for each orphan that is reaped."},
    {Option::log_format, Section::log, Argument::required, Variable::single, "", "--log-format", "FORMAT",
     "Write log lines as 'text' or as 'json'.", "Default: text."},
    {Option::report, Section::log, Argument::required, Variable::single, "", "--report", "FILE",
     "At the end, write a JSON report about the run to FILE.", "If FILE is '-', it goes to stderr."},

    {Option::ps, Section::information, Argument::none, Variable::none, "", "--ps", nullptr,
     "Print a tree of the processes in this PID namespace.",
     "For each zombie, it names the parent that has not waited for it."},
    {Option::help, Section::information, Argument::none, Variable::none, "h", "--help", nullptr, "Print this help."},
    {Option::version, Section::information, Argument::none, Variable::none, "V", "--version", nullptr,
     "Print the version."},
    {Option::license, Section::information, Argument::none, Variable::none, "Ll", "--license", nullptr,
     "Print the license."},
};

static_assert(
    [] {
        std::size_t place = 0;
        for (const OptionRow& row : option_table) {
            if (static_cast<std::size_t>(row.option) != place++) return false;
        }
        return place == static_cast<std::size_t>(Option::license) + 1;
    }(),
    "each option has its row, in the order of the enumerators");

}  // namespace core
