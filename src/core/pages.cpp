#include "core/pages.h"

#include "core/version.h"

namespace core {
namespace {

/// "  -r, --rewrite FROM:TO        forward TO where ..."
void describe_row(const Row& row, TextWriter& line) {
    constexpr std::size_t help_column = 32;
    line.add(row.letters[0] == '\0' ? "    " : "  -").add(std::string_view(row.letters, 1));
    line.add(row.letters[0] == '\0' ? "  " : ", ").add(text_of(row.name));
    const bool is_optional = row.argument == Argument::optional;
    if (row.argument != Argument::none) {
        line.add(is_optional ? "[=" : " ").add(text_of(row.value_name)).add(is_optional ? "]" : "");
    }
    do line.add(" ");
    while (line.view().size() < help_column);
    line.add(text_of(row.help)).add("\n");
}

bool print_help(const Persona& persona, std::string_view name, WritePart write) {
    const bool is_own = persona.letters.empty();
    Line usage;
    usage.add("Usage: ").add(name).add(" [OPTION]... [--] PROGRAM [ARG]...\n");
    if (is_own) usage.add("       ").add(name).add(" --pause [OPTION]...\n");
    usage.add("Start PROGRAM, forward signals to it, reap orphans, end what it leaves, exit with its code.\n\n");
    if (!write(usage.view())) return false;
    for (const Row& row : rows) {
        if (!is_own && persona.letters.find(row.letters[0]) == std::string_view::npos) continue;
        Line line;
        describe_row(row, line);
        if (!write(line.view())) return false;
    }
    return !is_own || write(
                          "\nEach option but the last three has an environment variable: --remap-exit is\n"
                          "CPPINIT_REMAP_EXIT. The command line wins. Exit codes of cppinit itself: 125\n"
                          "cppinit failed, 126 PROGRAM cannot be executed, 127 PROGRAM was not found.\n");
}

}  // namespace

bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write) {
    switch (page) {
        case Page::none: break;
        case Page::help: return print_help(persona, name, write);
        case Page::version: return write(persona.version_line);
        case Page::license: return write(license_text);
    }
    return true;
}

}  // namespace core
