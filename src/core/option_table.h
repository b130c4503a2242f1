#pragma once

#include <cstdint>

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
    help,
    version,
    license,
};

enum class Argument : std::uint8_t { none, optional, required };
enum class InEnvironment : std::uint8_t { no, once, list };

/// One row serves the parser, the help and the environment variables. Arrays, not pointers: they are smaller.
struct Row {
    Option option;
    Argument argument;
    InEnvironment environment;
    /// The first is the one that the help shows.
    char letters[3];
    char name[15];
    char value_name[11];
    char help[63];
};

inline constexpr Row rows[] = {
    {Option::group, Argument::none, InEnvironment::once, "g", "--group", "",
     "forward signals to the program's process group (the default)"},
    {Option::single_child, Argument::none, InEnvironment::once, "c", "--single-child", "",
     "forward signals to the program alone"},
    {Option::all, Argument::none, InEnvironment::once, "a", "--all", "", "forward signals to everything under cppinit"},
    {Option::rewrite, Argument::required, InEnvironment::list, "r", "--rewrite", "FROM:TO",
     "forward TO where FROM arrives; 0 or none drops it; repeatable"},
    {Option::subreaper, Argument::none, InEnvironment::once, "s", "--subreaper", "",
     "fail where cppinit cannot become a child subreaper"},
    {Option::parent_death, Argument::required, InEnvironment::once, "p", "--parent-death", "SIGNAL",
     "receive SIGNAL when cppinit's own parent dies"},
    {Option::kill_child, Argument::optional, InEnvironment::once, "K", "--kill-child", "SIGNAL",
     "the program receives SIGNAL (KILL) when cppinit dies"},
    {Option::stop_delay, Argument::required, InEnvironment::once, "d", "--stop-delay", "DURATION",
     "wait this long before forwarding the first stop signal"},
    {Option::kill_after, Argument::required, InEnvironment::once, "k", "--kill-after", "DURATION",
     "this long after it, KILL what signals are forwarded to"},
    {Option::leftovers, Argument::required, InEnvironment::once, "", "--leftovers", "POLICY",
     "at the program's end terminate (the default), wait, or leave"},
    {Option::grace, Argument::required, InEnvironment::once, "t", "--grace", "DURATION",
     "the longest that terminate waits before it KILLs (5s)"},
    {Option::remap_exit, Argument::required, InEnvironment::list, "e", "--remap-exit", "CODE[:NEW]",
     "exit with NEW (0) where the code would be CODE; repeatable"},
    {Option::pause, Argument::none, InEnvironment::once, "P", "--pause", "",
     "start no program: reap, and exit 0 at a stop signal"},
    {Option::verbose, Argument::none, InEnvironment::once, "v", "--verbose", "", "more on stderr; repeatable"},
    {Option::quiet, Argument::none, InEnvironment::once, "q", "--quiet", "", "errors alone on stderr"},
    {Option::warn_on_reap, Argument::none, InEnvironment::once, "w", "--warn-on-reap", "",
     "a warning for each orphan reaped"},
    {Option::help, Argument::none, InEnvironment::no, "h", "--help", "", "print this page"},
    {Option::version, Argument::none, InEnvironment::no, "V", "--version", "", "print the version"},
    {Option::license, Argument::none, InEnvironment::no, "Ll", "--license", "", "print the license"},
};

}  // namespace core
