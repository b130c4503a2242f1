#include "core/json.h"

namespace core {

void JsonWriter::begin(const char* bracket) {
    out_.add(bracket);
    is_first_ = true;
}

void JsonWriter::end(const char* bracket) {
    out_.add(bracket);
    is_first_ = false;
}

void JsonWriter::start_member() {
    if (!is_first_) out_.add(",");
    is_first_ = false;
}

void JsonWriter::start_member(const char* key) {
    start_member();
    out_.add("\"").add(key).add("\":");
}

void JsonWriter::open(const char* key) {
    start_member(key);
    open();
}

void JsonWriter::open_list(const char* key) {
    start_member(key);
    begin("[");
}

void JsonWriter::add_string(std::string_view text) {
    out_.add("\"");
    for (const char byte : text) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(byte);
        const bool is_plain = code >= ' ' && code < 0x7f && byte != '"' && byte != '\\';
        if (is_plain) {
            out_.add({&byte, 1});
        } else {
            out_.add("\\u00").add({&digits[code / 16], 1}).add({&digits[code % 16], 1});
        }
    }
    out_.add("\"");
}

void JsonWriter::add(const char* key, std::string_view text) {
    start_member(key);
    add_string(text);
}

void JsonWriter::add(const char* key, std::int64_t number) {
    start_member(key);
    out_.add(number);
}

void JsonWriter::add_flag(const char* key, bool flag) {
    start_member(key);
    out_.add(flag ? "true" : "false");
}

void JsonWriter::add_item(std::string_view text) {
    start_member();
    add_string(text);
}

void JsonWriter::add_time(const char* key, Milliseconds time) {
    add(key, time / 1000);
    // The leading 1 keeps the zeros, and the point takes its place.
    char decimals[5];
    TextWriter text(decimals, sizeof decimals);
    text.add(1000 + time % 1000);
    decimals[0] = '.';
    out_.add(text.view());
}

}  // namespace core
