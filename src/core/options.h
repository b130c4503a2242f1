#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "core/pages.h"
#include "core/personas.h"
#include "core/policy.h"
#include "core/text.h"
#include "core/verbosity.h"

namespace core {

/// Whether cppinit becomes a child subreaper where it is not PID 1.
enum class Subreaper : std::uint8_t {
    /// It does so if it can.
    tried,
    /// cppinit fails if it cannot.
    required,
    /// It does not.
    declined,
};

struct Options {
    Policy policy;
    Verbosity verbosity = Verbosity::warnings;
    /// What is printed instead of starting a program.
    std::optional<Page> page;
    Subreaper subreaper = Subreaper::tried;
    bool warn_on_reap = false;
    bool log_json = false;
    /// The main child leads a session of its own, and not only a group.
    bool new_session = false;
    std::optional<int> parent_death_signal;
    std::optional<int> kill_child_signal;
    /// Where the report goes, "-" for stderr; null: none is written.
    const char* report = nullptr;
    /// PROGRAM and its arguments, inside argv. Null where a page is printed, and with --pause.
    char** program = nullptr;
};

/// What was wrong with a word of the command line or of the environment. The views point into argv and environment.
struct UsageError {
    enum class Kind : std::uint8_t {
        unknown_option,
        missing_value,
        unexpected_value,
        bad_value,
        unexpected_program,
        no_program
    };

    Kind kind;
    /// The word at fault; none if a program is missing.
    std::optional<std::string_view> word;
    /// Of a bad value: the option or the variable that it was given to.
    std::optional<std::string_view> place;
    /// Of a bad or a missing value: what was expected.
    const char* expected = nullptr;
};

/// Reads the environment first and the command line over it. Prints nothing and never exits. argv may be empty
/// (execve(2) allowed that until Linux 5.18).
[[nodiscard]] std::expected<Options, UsageError> parse(const Persona& persona, char** argv, char** envp);

/// One line without the program's name: the word at fault and what was expected.
void describe(const UsageError& error, TextWriter& line);

/// The environment variable of an option: --kill-child is CPPINIT_KILL_CHILD.
inline constexpr std::string_view variable_prefix = "CPPINIT_";

/// Whether cppinit reads this environment variable under its own name. Not every name with the prefix is cppinit's:
/// Kubernetes sets CPPINIT_SERVICE_HOST for a service called cppinit.
[[nodiscard]] bool is_own_variable(std::string_view name);

}  // namespace core
