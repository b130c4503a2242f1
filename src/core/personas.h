#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/option_table.h"
#include "core/policy.h"

namespace core {

/// A variable of a peer that turns an option on if it has this value; if no value is given here, whatever it holds.
struct PeerVariable {
    std::string_view name;
    std::optional<std::string_view> value;
    Option option;
};

/// Whose command line, variables and habits cppinit takes on, by the name that it is started under: an image can swap
/// the file of its init and change nothing else. A letter means the same option in each of these inits that has it, and
/// in cppinit.
struct Persona {
    /// cppinit's own persona, not a peer's: it takes every option.
    bool is_own = false;
    /// The letters of the options that a peer takes.
    std::string_view letters;
    /// What --version prints.
    const char* version_line;
    Scope scope = Scope::group;
    Leftovers leftovers = Leftovers::terminate;
    /// Exit codes for own failures, and for a program that could not be executed or was not found.
    std::uint8_t failure_code = 1;
    std::uint8_t not_executable_code = 1;
    std::uint8_t not_found_code = 1;
    /// Of the long options it has only --version.
    bool is_terse = true;
    /// It becomes a child subreaper only when asked to, and warns where it should have been asked.
    bool reaps_when_asked = false;
    /// The program gets a session of its own unless it is --single-child, and its group a TERM at the end.
    bool makes_session = false;
    /// The name of its variable for the level of verbosity.
    std::optional<std::string_view> verbosity_variable{};
    std::span<const PeerVariable> variables{};

    [[nodiscard]] bool takes(char letter) const;
    /// The letter that it takes for an option, empty where it has none for it; and whether it takes the long name.
    [[nodiscard]] std::string_view letter_of(const OptionRow& row) const;
    [[nodiscard]] bool takes_name_of(const OptionRow& row) const;
};

/// cppinit itself.
[[nodiscard]] const Persona& own_persona();

/// The persona for a name that file_name_of returned: cppinit's own if no peer has that name.
[[nodiscard]] const Persona& persona_of(std::string_view file_name);

/// The name of the file in argv[0]; "cppinit" if argv is empty. argv[0] can hold any text, so the name is cut to the
/// length that a file's name can have: log lines begin with it, and must keep room for what they say.
[[nodiscard]] std::string_view file_name_of(char** argv);

}  // namespace core
