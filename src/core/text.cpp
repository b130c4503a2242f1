#include "core/text.h"

#include <algorithm>

namespace core {
namespace {

/// The size of the control character that the text begins with; 0 if it begins with another character. In UTF-8 the
/// second set of controls (C1, U+0080 to U+009F) takes two bytes, and a terminal obeys it like the first.
std::size_t size_of_control(std::string_view text) {
    const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
    return byte(0) == 0xc2 && text.size() > 1 && byte(1) >= 0x80 && byte(1) < 0xa0 ? 2 : 0;
}

}  // namespace

void TextWriter::put(char byte) {
    if (size_ == capacity_) return;
    buffer_[size_++] = byte;
    buffer_[size_] = '\0';
}

TextWriter& TextWriter::add(std::string_view text) {
    for (const char byte : text) put(byte);
    return *this;
}

TextWriter& TextWriter::add(const char* text) {
    return add(std::string_view(text));
}

TextWriter& TextWriter::add(std::int64_t number) {
    char digits[20];
    std::size_t first = sizeof digits;
    // Negative all the way: the lowest number has no positive counterpart.
    std::int64_t rest = number > 0 ? -number : number;
    do {
        digits[--first] = static_cast<char>('0' - rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) put('-');
    return add(std::string_view(digits + first, sizeof digits - first));
}

TextWriter& TextWriter::add(Quoted quoted) {
    const bool is_cut = quoted.word.size() > Quoted::max_shown;
    put('\'');
    add_printable(quoted.word.substr(0, Quoted::max_shown));
    return add(is_cut ? "...'" : "'");
}

TextWriter& TextWriter::add_printable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t control_size = size_of_control(text);
        put(text.front() == '\0' ? ' ' : control_size > 0 ? '?' : text.front());
        text.remove_prefix(control_size > 0 ? control_size : 1);
    }
    return *this;
}

std::optional<std::string_view> after_prefix(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

std::optional<int> parse_number(std::string_view text, int limit) {
    if (text.empty()) return std::nullopt;
    std::int64_t number = 0;
    for (const char byte : text) {
        if (!is_digit(byte)) return std::nullopt;
        number = number * 10 + (byte - '0');
        if (number > limit) return std::nullopt;
    }
    return static_cast<int>(number);
}

std::optional<Halves> split(std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    return Halves{text.substr(0, at), text.substr(at + 1)};
}

std::string_view take_until(char separator, std::string_view& rest) {
    const std::string_view taken = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
    return taken;
}

std::string_view Parts::next() {
    has_next_ = rest_.contains(separator_);
    return take_until(separator_, rest_);
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (to_upper(left[i]) != to_upper(right[i])) return false;
    }
    return true;
}

std::optional<int> index_of(std::string_view word, std::initializer_list<std::string_view> choices) {
    int index = 0;
    for (const std::string_view choice : choices) {
        if (equal_ignoring_case(word, choice)) return index;
        ++index;
    }
    return std::nullopt;
}

}  // namespace core
