#pragma once

#include "core/duration.h"
#include "core/text.h"

namespace core {

/// Writes a JSON object (RFC 8259) member by member.
class JsonWriter {
  public:
    explicit JsonWriter(TextWriter& out) : out_(out) {}

    void open();
    void close();
    /// Any bytes: those that are not printable ASCII become \u00XX, which keeps them all and is valid JSON whatever a
    /// process calls itself.
    void add(const char* key, std::string_view text);
    void add(const char* key, std::int64_t number);
    /// In seconds with three decimals.
    void add_time(const char* key, Milliseconds time);

  private:
    void start(const char* key);

    TextWriter& out_;
    bool is_first_ = true;
};

}  // namespace core
