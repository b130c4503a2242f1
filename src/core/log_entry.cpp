#include "core/log_entry.h"

#include "core/errors.h"
#include "core/json.h"
#include "core/signals.h"

namespace core {
namespace {

const char* name_of(Verbosity level) {
    switch (level) {
        case Verbosity::errors: return "error";
        case Verbosity::warnings: return "warning";
        case Verbosity::information: return "info";
        case Verbosity::details: break;
    }
    return "debug";
}

/// Writes the fields one after the other, each with its key or with what stands before it in a sentence.
class Fields {
  public:
    Fields(bool as_json, JsonWriter& json, TextWriter& out) : as_json_(as_json), json_(json), out_(out) {}

    void add(const char* key, const char* before, std::string_view text) {
        if (as_json_) return json_.add(key, text);
        out_.add(before).add(text);
    }

    void add(const char* key, const char* before, int number) {
        if (as_json_) return json_.add(key, number);
        out_.add(before).add(number);
    }

    void add_name(std::string_view name) {
        if (as_json_) return json_.add("name", shown_part(name));
        out_.add(" ").add(Quoted{name});
    }

  private:
    bool as_json_;
    JsonWriter& json_;
    TextWriter& out_;
};

}  // namespace

void write_entry(const LogEntry& entry, Verbosity level, std::optional<Milliseconds> json_time, TextWriter& out) {
    JsonWriter json(out);
    if (json_time) {
        json.open();
        json.add_time("time", *json_time);
        json.add("level", name_of(level));
    }
    Fields fields(json_time.has_value(), json, out);
    fields.add("event", "", entry.event);
    if (entry.name) fields.add_name(*entry.name);
    const struct {
        const char* key;
        const char* before;
        std::optional<int> value;
    } numbers[] = {
        {"pid", ", pid ", entry.pid}, {"exit_code", ", exit code ", entry.exit_code}, {"count", ": ", entry.count}};
    for (const auto& number : numbers) {
        if (number.value) fields.add(number.key, number.before, *number.value);
    }
    if (entry.signal) fields.add("signal", entry.pid ? ", " : " ", SignalName(*entry.signal));
    if (entry.error) fields.add("reason", ": ", describe_errno(*entry.error));
    if (entry.reason != nullptr) fields.add("reason", ": ", entry.reason);
    if (json_time) json.close();
}

}  // namespace core
