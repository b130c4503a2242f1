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

/// An option, as the parser, the help, the environment variables, the completions and the tests of the documents read
/// it.
struct OptionRow {
    Option option;
    Argument argument;
    InEnvironment environment;
    /// Each is a short option of its own. The help shows the first that the persona takes.
    std::string_view letters;
    std::string_view name;
    std::string_view value_name;
    std::string_view help;
};

inline constexpr OptionRow option_table[] = {
    {Option::group, Argument::none, InEnvironment::once, "g", "--group", "",
     "forward signals to PROGRAM's group (cppinit: default)"},
    {Option::single_child, Argument::none, InEnvironment::once, "c", "--single-child", "",
     "forward signals to PROGRAM alone"},
    {Option::all, Argument::none, InEnvironment::once, "a", "--all", "", "forward signals to all under cppinit"},
    {Option::rewrite, Argument::required, InEnvironment::list, "r", "--rewrite", "FROM:TO",
     "forward TO for FROM, 0: nothing; repeatable"},
    {Option::subreaper, Argument::none, InEnvironment::once, "s", "--subreaper", "", "insist on subreaping"},
    {Option::parent_death, Argument::required, InEnvironment::once, "p", "--parent-death", "SIGNAL",
     "get SIGNAL when the parent dies"},
    {Option::kill_child, Argument::optional, InEnvironment::once, "K", "--kill-child", "SIGNAL",
     "PROGRAM gets SIGNAL (KILL) when cppinit dies"},
    {Option::stop_delay, Argument::required, InEnvironment::once, "d", "--stop-delay", "DURATION",
     "hold the first stop signal so long"},
    {Option::kill_after, Argument::required, InEnvironment::once, "k", "--kill-after", "DURATION",
     "so long after it, KILL what signals go to"},
    {Option::leftovers, Argument::required, InEnvironment::once, "", "--leftovers", "POLICY",
     "at the end terminate (default), wait or leave"},
    {Option::grace, Argument::required, InEnvironment::once, "t", "--grace", "DURATION",
     "how long terminate waits to KILL (5s)"},
    {Option::remap_exit, Argument::required, InEnvironment::list, "e", "--remap-exit", "CODE[:NEW]",
     "exit with NEW (0) instead of CODE; repeatable"},
    {Option::pause, Argument::none, InEnvironment::once, "P", "--pause", "",
     "no program: reap, exit 0 at a stop signal"},
    {Option::verbose, Argument::none, InEnvironment::once, "v", "--verbose", "", "say more; repeatable"},
    {Option::quiet, Argument::none, InEnvironment::once, "q", "--quiet", "", "errors alone"},
    {Option::warn_on_reap, Argument::none, InEnvironment::once, "w", "--warn-on-reap", "", "warn of reaped orphans"},
    {Option::log_format, Argument::required, InEnvironment::once, "", "--log-format", "FORMAT",
     "log as text (default) or json"},
    {Option::report, Argument::required, InEnvironment::once, "", "--report", "FILE",
     "at the end write a report in JSON; -: stderr"},
    {Option::ps, Argument::none, InEnvironment::no, "", "--ps", "",
     "list the processes, and who has to reap the zombies"},
    {Option::help, Argument::none, InEnvironment::no, "h", "--help", "", "this page"},
    {Option::version, Argument::none, InEnvironment::no, "V", "--version", "", "the version"},
    {Option::license, Argument::none, InEnvironment::no, "Ll", "--license", "", "the license"},
};

static_assert(
    [] {
        std::size_t place = 0;
        for (const OptionRow& row : option_table) {
            if (static_cast<std::size_t>(row.option) != place++) return false;
        }
        return true;
    }(),
    "each row is at the place of its option");

}  // namespace core
