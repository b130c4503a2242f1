#pragma once

#include "core/duration.h"
#include "core/text.h"

namespace core {

/// Writes a JSON value (RFC 8259) member by member.
class JsonWriter {
  public:
    explicit JsonWriter(TextWriter& out) : out_(out) {}

    void open() { begin("{"); }
    void open(const char* key);
    void close() { end("}"); }
    void open_list(const char* key);
    void close_list() { end("]"); }

    void add(const char* key, std::string_view text);
    void add(const char* key, std::int64_t number);
    void add_flag(const char* key, bool flag);
    /// In seconds with three decimals.
    void add_time(const char* key, Milliseconds time);
    /// A member of a list.
    void add_item(std::string_view text);

  private:
    void begin(const char* bracket);
    void end(const char* bracket);
    void start_member();
    void start_member(const char* key);
    /// Between quotes. Any bytes: those that are not printable ASCII become \u00XX, which keeps them all and is valid
    /// JSON whatever a process calls itself.
    void add_string(std::string_view text);

    TextWriter& out_;
    bool is_first_ = true;
};

}  // namespace core
