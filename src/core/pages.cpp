#include "core/pages.h"

#include "core/option_table.h"
#include "core/version.h"

namespace core {
namespace {

constexpr std::string_view summary =
    "Run PROGRAM, forward signals, reap orphans, end leftovers, exit with its code.\n"
    "\n";
constexpr std::string_view last_lines =
    "\n"
    "All but the last four are also variables, as CPPINIT_REMAP_EXIT. Own exit codes: 125 failed,\n"
    "126 not executable, 127 not found.\n";

/// "  -r, --rewrite FROM:TO        forward TO where ..."
void describe_row(const OptionRow& row, std::string_view letter, std::string_view name, TextWriter& line) {
    constexpr std::size_t help_column = 32;
    line.add(letter.empty() ? "    " : "  -").add(letter);
    if (!name.empty()) line.add(letter.empty() ? "  " : ", ").add(name);
    const bool is_optional = row.argument == Argument::optional;
    if (row.argument != Argument::none) {
        line.add(is_optional ? "[=" : " ").add(row.value_name).add(is_optional ? "]" : "");
    }
    do line.add(" ");
    while (line.view().size() < help_column);
    line.add(row.help).add("\n");
}

bool print_help(const Persona& persona, std::string_view name, WritePart write) {
    Line usage;
    usage.add("Usage: ").add(name).add(" [OPTION]... [--] PROGRAM [ARG]...\n");
    if (persona.is_own) usage.add("       ").add(name).add(" --pause [OPTION]...\n");
    if (!write(usage.add(summary).view())) return false;
    for (const OptionRow& row : option_table) {
        const std::string_view letter = persona.letter_of(row);
        const std::string_view long_name = persona.takes_name_of(row) ? row.name : std::string_view{};
        if (letter.empty() && long_name.empty()) continue;
        Line line;
        describe_row(row, letter, long_name, line);
        if (!write(line.view())) return false;
    }
    return !persona.is_own || write(last_lines);
}

}  // namespace

bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write) {
    switch (page) {
        case Page::none:
        case Page::processes: break;
        case Page::help: return print_help(persona, name, write);
        case Page::version: return write(persona.version_line);
        case Page::license: return write(license_text);
    }
    return true;
}

}  // namespace core
