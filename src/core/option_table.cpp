#include "core/option_table.h"

#include <array>

#include "core/option_rows.h"

namespace core {
namespace {

// In the binary the table is one array of bytes, a third smaller than rows with pointers or with arrays as long as the
// longest text: two enumerators a row, then its texts but the help, each with a zero byte after it. Which option a row
// is for its place tells.

template <class Use>
constexpr void for_each_text(const Row& row, Use use) {
    for (const std::string_view text : {row.letters, row.name, row.value_name}) use(text);
}

constexpr std::size_t packed_size = [] {
    std::size_t size = 0;
    for (const auto& [row, help] : option_rows) {
        size += 2;
        for_each_text(row, [&](std::string_view text) { size += text.size() + 1; });
    }
    return size;
}();

constexpr std::array<char, packed_size> packed = [] {
    std::array<char, packed_size> bytes{};
    std::size_t position = 0;
    for (const auto& [row, help] : option_rows) {
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
    row_.option = static_cast<Option>(next_option_++);
    row_.argument = static_cast<Argument>(packed[position_++]);
    row_.environment = static_cast<InEnvironment>(packed[position_++]);
    for (std::string_view* text : {&row_.letters, &row_.name, &row_.value_name}) {
        *text = &packed[position_];
        position_ += text->size() + 1;
    }
    return true;
}

}  // namespace core
