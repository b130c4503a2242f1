#include "core/personas.h"

#include "core/status.h"
#include "core/version.h"

namespace core {
namespace {

constexpr Persona cppinit{
    .is_own = true,
    .version_line = version_line,
    .failure_code = own_failure_code,
    .not_executable_code = not_executable_code,
    .not_found_code = not_found_code,
    .is_terse = false,
};

constexpr PeerVariable tini_variables[] = {{"TINI_SUBREAPER", std::nullopt, Option::subreaper},
                                           {"TINI_KILL_PROCESS_GROUP", std::nullopt, Option::group}};
constexpr PeerVariable dumb_init_variables[] = {{"DUMB_INIT_DEBUG", "1", Option::verbose},
                                                {"DUMB_INIT_SETSID", "0", Option::single_child}};

// The versions are those whose behaviour was compared. dockerd reads "tini version VERSION - git.COMMIT", where the
// commit holds no dot, and shows the commit.
constexpr Persona tini{
    .letters = "spvwgelh",
    .version_line = "tini version 0.19.0 - git.cppinit\n",
    .scope = Scope::main_child,
    .leftovers = Leftovers::leave,
    .not_executable_code = not_executable_code,
    .not_found_code = not_found_code,
    .reaps_when_asked = true,
    .verbosity_variable = "TINI_VERBOSITY",
    .variables = tini_variables,
};

constexpr Persona dumb_init{
    .letters = "crvVh",
    .version_line = "dumb-init v1.2.5 - cppinit\n",
    .leftovers = Leftovers::leave,
    .not_executable_code = 2,
    .not_found_code = 2,
    .is_terse = false,
    .makes_session = true,
    .variables = dumb_init_variables,
};

constexpr Persona catatonit{
    .letters = "gPVLh",
    .version_line = "tini version 0.1.7_catatonit - git.cppinit\n",
    .scope = Scope::main_child,
    .leftovers = Leftovers::leave,
};

struct Name {
    const char* name;
    const Persona& persona;
};

constexpr Name names[] = {
    {"tini", tini}, {"tini-static", tini}, {"docker-init", tini}, {"dumb-init", dumb_init}, {"catatonit", catatonit},
};

}  // namespace

bool Persona::takes(char letter) const {
    return is_own || letters.contains(letter);
}

std::string_view Persona::letter_of(const OptionRow& row) const {
    const std::size_t first = is_own ? 0 : row.letters.find_first_of(letters);
    return first < row.letters.size() ? row.letters.substr(first, 1) : std::string_view{};
}

bool Persona::takes_name_of(const OptionRow& row) const {
    return is_own || row.option == Option::version || (!is_terse && !letter_of(row).empty());
}

const Persona& own_persona() {
    return cppinit;
}

const Persona& persona_of(std::string_view file_name) {
    for (const Name& name : names) {
        if (file_name == name.name) return name.persona;
    }
    return cppinit;
}

std::string_view file_name_of(char** argv) {
    if (*argv == nullptr) return "cppinit";
    // The maximum length of a file's name (NAME_MAX).
    constexpr std::size_t max_size = 255;
    const std::string_view path = *argv;
    return path.substr(path.rfind('/') + 1).substr(0, max_size);
}

}  // namespace core
