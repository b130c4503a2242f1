#include "core/pages.h"

#include <optional>

#include "core/option_table.h"
#include "core/text.h"
#include "core/version.h"

namespace core {
namespace {

constexpr std::string_view introduction =
    "\n"
    "Runs PROGRAM as the init of a container: forwards signals to it, reaps orphaned\n"
    "processes, gives processes that it leaves behind time to finish, and exits with\n"
    "its exit code.\n";

constexpr std::string_view introduction_as_peer =
    "\n"
    "Runs PROGRAM as the init of a container: forwards signals to it, reaps orphaned\n"
    "processes, and exits with its exit code. This is cppinit, which takes the place\n"
    "of ";

constexpr std::string_view notes =
    "\n"
    "A SIGNAL is a name such as TERM, SIGTERM or RTMIN+3, or a number. A DURATION is\n"
    "a number of seconds, or has a unit: 5, 2.5s, 250ms, 2m, 1h. It can also be\n"
    "'infinity'.\n"
    "\n"
    "Every option but those in the last section can also be set in the environment.\n"
    "The variable of --kill-after is CPPINIT_KILL_AFTER. A switch such as CPPINIT_ALL\n"
    "takes 1 or 0, and the values of a repeatable option are separated by commas. The\n"
    "command line wins.\n"
    "\n"
    "The exit code is that of PROGRAM, or 128 + n if signal n killed it. It is 124 if\n"
    "--timeout expired, 125 if cppinit failed, 126 if PROGRAM could not be executed,\n"
    "and 127 if it was not found.\n";

constexpr std::string_view heading_of(Section section) {
    switch (section) {
        case Section::most_needed: return "\nThe options that most people need:\n";
        case Section::signals: return "\nSignals:\n";
        case Section::shutdown: return "\nShutdown:\n";
        case Section::processes: return "\nParent and child processes:\n";
        case Section::log: return "\nLog and report:\n";
        case Section::information: return "\nPrint something and exit:\n";
    }
    return {};
}

constexpr std::size_t columns = 80;
/// What stands in front of a text that is continued.
constexpr std::string_view indent = "                                ";

/// "  -r, --rewrite FROM:TO"
void add_option(const OptionRow& row, std::string_view letter, std::string_view name, TextWriter& line) {
    line.add(letter.empty() ? "    " : "  -").add(letter);
    if (!name.empty()) line.add(letter.empty() ? "  " : ", ").add(name);
    const bool is_optional = row.argument == Argument::optional;
    if (row.argument != Argument::none) {
        line.add(is_optional ? "[=" : " ").add(row.value_name).add(is_optional ? "]" : "");
    }
    line.add(indent.substr(line.view().size()));
}

/// Breaks the text into as many lines as it takes behind the indent.
void add_wrapped(std::string_view text, TextWriter& lines) {
    constexpr std::size_t width = columns - indent.size();
    while (text.size() > width) {
        const std::size_t space = text.rfind(' ', width);
        lines.add(text.substr(0, space)).add("\n").add(indent);
        text.remove_prefix(space + 1);
    }
    lines.add(text).add("\n");
}

bool print_usage(const Persona& persona, std::string_view name, WritePart write) {
    Line usage;
    usage.add("Usage: ").add(name).add(" [OPTION]... [--] PROGRAM [ARG]...\n");
    if (persona.is_own) {
        usage.add("       ").add(name).add(" --pause [OPTION]...\n").add(introduction);
    } else {
        usage.add(introduction_as_peer).add(name).add(".\n");
    }
    return write(usage.view());
}

bool print_help(const Persona& persona, std::string_view name, WritePart write) {
    if (!print_usage(persona, name, write)) return false;
    std::optional<Section> section;
    for (const OptionRow& row : option_table) {
        const std::string_view letter = persona.letter_of(row);
        const std::string_view long_name = persona.takes_name_of(row) ? row.name : std::string_view{};
        if (letter.empty() && long_name.empty()) continue;
        if (section != row.section && !write(heading_of(row.section))) return false;
        section = row.section;
        Line text;
        text.add(row.summary);
        // A peer's defaults are others.
        if (persona.is_own && row.details != nullptr) text.add(" ").add(row.details);
        Line lines;
        add_option(row, letter, long_name, lines);
        add_wrapped(text.view(), lines);
        if (!write(lines.view())) return false;
    }
    return !persona.is_own || write(notes);
}

}  // namespace

bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write) {
    switch (page) {
        case Page::processes: break;
        case Page::help: return print_help(persona, name, write);
        case Page::version: return write(persona.version_line);
        case Page::license: return write(license_text);
    }
    return true;
}

}  // namespace core
