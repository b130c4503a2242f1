#include "core/pages.h"

#include "core/option_rows.h"
#include "core/packed_text.h"
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

constexpr auto packing = [] {
    Packing<4096> texts;
    texts.add(license_text);
    texts.add(summary);
    for (const OptionRow& row : option_rows) texts.add(row.help);
    texts.add(last_lines);
    texts.pack();
    return texts;
}();
constexpr auto packed = packed_text<packing.size, packing.pairs>(packing);

/// Goes through the texts in their order.
class Texts {
  public:
    void next(TextWriter& out) {
        while (const std::uint8_t byte = packed.bytes[position_++]) packed.unpack(byte, out);
    }

  private:
    std::size_t position_ = 0;
};

/// "  -r, --rewrite FROM:TO        forward TO where ..."
void describe_row(const Row& row, std::string_view letter, std::string_view name, TextWriter& line) {
    constexpr std::size_t help_column = 32;
    line.add(letter.empty() ? "    " : "  -").add(letter);
    if (!name.empty()) line.add(letter.empty() ? "  " : ", ").add(name);
    const bool is_optional = row.argument == Argument::optional;
    if (row.argument != Argument::none) {
        line.add(is_optional ? "[=" : " ").add(row.value_name).add(is_optional ? "]" : "");
    }
    do line.add(" ");
    while (line.view().size() < help_column);
}

bool print_license(WritePart write) {
    char text[license_text.size()];
    TextWriter out(text, sizeof text);
    Texts().next(out);
    return write(out.view());
}

bool print_help(const Persona& persona, std::string_view name, WritePart write) {
    const bool is_own = persona.is_own();
    Texts texts;
    TextWriter nowhere(nullptr, 0);
    texts.next(nowhere);
    Line usage;
    usage.add("Usage: ").add(name).add(" [OPTION]... [--] PROGRAM [ARG]...\n");
    if (is_own) usage.add("       ").add(name).add(" --pause [OPTION]...\n");
    texts.next(usage);
    if (!write(usage.view())) return false;
    for (Rows rows; rows.next();) {
        const Row& row = rows.row();
        const std::string_view letter = persona.letter_of(row);
        const std::string_view long_name = persona.takes_name_of(row) ? row.name : std::string_view{};
        Line line;
        describe_row(row, letter, long_name, line);
        texts.next(line);
        line.add("\n");
        const bool is_taken = !letter.empty() || !long_name.empty();
        if (is_taken && !write(line.view())) return false;
    }
    Line last;
    texts.next(last);
    return !is_own || write(last.view());
}

}  // namespace

bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write) {
    switch (page) {
        case Page::none:
        case Page::processes: break;
        case Page::help: return print_help(persona, name, write);
        case Page::version: return write(persona.version_line);
        case Page::license: return print_license(write);
    }
    return true;
}

}  // namespace core
