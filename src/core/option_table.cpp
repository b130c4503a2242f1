#include "core/option_table.h"

#include <array>

namespace core {
namespace {

constexpr Row rows[] = {
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
    {Option::help, Argument::none, InEnvironment::no, "h", "--help", "", "this page"},
    {Option::version, Argument::none, InEnvironment::no, "V", "--version", "", "the version"},
    {Option::license, Argument::none, InEnvironment::no, "Ll", "--license", "", "the license"},
};

// In the binary the table is one array of bytes, a third smaller than rows with pointers or with arrays as long as the
// longest text: three enumerators a row, then its texts, each with a zero byte after it.

template <class Use>
constexpr void for_each_text(const Row& row, Use use) {
    for (const std::string_view text : {row.letters, row.name, row.value_name, row.help}) use(text);
}

constexpr std::size_t packed_size = [] {
    std::size_t size = 0;
    for (const Row& row : rows) {
        size += 3;
        for_each_text(row, [&](std::string_view text) { size += text.size() + 1; });
    }
    return size;
}();

constexpr std::array<char, packed_size> packed = [] {
    std::array<char, packed_size> bytes{};
    std::size_t position = 0;
    for (const Row& row : rows) {
        bytes[position++] = static_cast<char>(row.option);
        bytes[position++] = static_cast<char>(row.argument);
        bytes[position++] = static_cast<char>(row.environment);
        for_each_text(row, [&](std::string_view text) {
            for (const char byte : text) bytes[position++] = byte;
            ++position;
        });
    }
    return bytes;
}();

}  // namespace

bool Rows::next() {
    if (position_ == packed.size()) return false;
    row_.option = static_cast<Option>(packed[position_++]);
    row_.argument = static_cast<Argument>(packed[position_++]);
    row_.environment = static_cast<InEnvironment>(packed[position_++]);
    for (std::string_view* text : {&row_.letters, &row_.name, &row_.value_name, &row_.help}) {
        *text = &packed[position_];
        position_ += text->size() + 1;
    }
    return true;
}

}  // namespace core
