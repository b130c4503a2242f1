#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace core {

/// A word between apostrophes, as messages show what a person typed.
struct Quoted {
    /// A longer word is cut and ends in "...", so that the rest of the message keeps its room.
    static constexpr std::size_t max_shown = 200;

    std::string_view word;
};

/// Text under construction in a caller's array, with a zero byte after it. What does not fit is left out: a message is
/// cut, never grown on a heap.
class TextWriter {
  public:
    TextWriter(char* buffer, std::size_t size) : buffer_(buffer), capacity_(size - 1) { *buffer = '\0'; }

    TextWriter& add(std::string_view text);
    TextWriter& add(const char* text);
    TextWriter& add(std::int64_t number);
    TextWriter& add(int number) { return add(static_cast<std::int64_t>(number)); }
    TextWriter& add(Quoted quoted);
    /// Zero bytes become spaces, and other control characters '?', so that no word breaks a line into two or controls
    /// the terminal.
    TextWriter& add_printable(std::string_view text);

    [[nodiscard]] std::string_view view() const { return {buffer_, size_}; }
    [[nodiscard]] const char* c_string() const { return buffer_; }

  private:
    void put(char byte);

    char* buffer_;
    std::size_t capacity_;
    std::size_t size_ = 0;
};

/// A TextWriter with an array of its own. 1,000 bytes hold every message of ours and stay far below PIPE_BUF (4,096,
/// pipe(7)), up to which a write to a pipe is never mixed with another's.
class Line : public TextWriter {
  public:
    // The array is left uninitialised on purpose: a line touches only the stack that it fills.
    Line() : TextWriter(bytes_, sizeof bytes_) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

  private:
    char bytes_[1000];
};

/// An array of a table as text: up to its first zero byte.
template <std::size_t Size>
constexpr std::string_view text_of(const char (&array)[Size]) {
    std::size_t size = 0;
    while (size < Size && array[size] != '\0') ++size;
    return {array, size};
}

/// As much of a name as JSON shows: each byte may take six there, and a cut line would be no JSON.
constexpr std::string_view shown_part(std::string_view name) {
    constexpr std::size_t max_size = 128;
    return name.substr(0, max_size);
}

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

constexpr char to_upper(char byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
}

/// What follows the prefix, where the text starts with it.
[[nodiscard]] std::optional<std::string_view> after_prefix(std::string_view text, std::string_view prefix);

/// A decimal number from 0 to limit, written with digits only.
[[nodiscard]] std::optional<int> parse_number(std::string_view text, int limit);

/// The two sides of the first separator. Without one there is no value.
struct Halves {
    std::string_view left;
    std::string_view right;
};
[[nodiscard]] std::optional<Halves> split(std::string_view text, char separator);

/// Takes the text in front of the next separator, and the separator with it; without one it takes all.
std::string_view take_until(char separator, std::string_view& rest);

/// The parts of a list, with a separator between each two. Any of them can be empty, and there is at least one.
class Parts {
  public:
    Parts(std::string_view list, char separator) : rest_(list), separator_(separator) {}

    [[nodiscard]] bool has_next() const { return has_next_; }
    std::string_view next();

  private:
    std::string_view rest_;
    char separator_;
    bool has_next_ = true;
};

[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

/// Which of the choices the word is, in any case.
[[nodiscard]] std::optional<int> index_of(std::string_view word, std::initializer_list<std::string_view> choices);

}  // namespace core
