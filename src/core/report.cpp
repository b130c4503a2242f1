#include "core/report.h"

#include <algorithm>

#include "core/json.h"
#include "core/version.h"

namespace core {
namespace {

void write_usage(JsonWriter& json, const Usage& usage) {
    json.add("cpu_ms", usage.cpu_us / 1000);
    json.add("max_rss_kb", usage.max_rss_kb);
}

void write_signals(JsonWriter& json, const char* key, const SignalCounts& counts) {
    json.open(key);
    for (int signal = 1; signal <= last_signal; ++signal) {
        if (counts.of(signal) != 0) json.add(SignalName(signal).c_string(), counts.of(signal));
    }
    json.close();
}

void write_leftovers(JsonWriter& json, const char* key, const EndedLeftovers& leftovers) {
    json.open(key);
    json.add("count", leftovers.count());
    json.open_list("names");
    for (int index = 0; index < std::min(leftovers.count(), EndedLeftovers::max_names); ++index) {
        json.add_item(leftovers.name(index));
    }
    json.close_list();
    json.close();
}

}  // namespace

void EndedLeftovers::add(std::string_view name) {
    if (count_ < max_names) {
        Name& kept = names_[static_cast<std::size_t>(count_)];
        kept.size = static_cast<std::uint8_t>(name.copy(kept.text.data(), kept.text.size()));
    }
    ++count_;
}

std::string_view EndedLeftovers::name(int index) const {
    const Name& kept = names_[static_cast<std::size_t>(index)];
    return {kept.text.data(), kept.size};
}

void Report::main_child_ended(const WaitStatus& status, const Usage& usage) {
    main_child = usage;
    if (status.kind == WaitStatus::Kind::killed) signal = status.number;
}

void Report::orphan_ended(std::string_view name, const WaitStatus& status, const Usage& usage, bool is_leftover) {
    ++orphans_reaped;
    orphans.add(usage);
    if (!is_leftover) return;
    const bool was_killed = status.kind == WaitStatus::Kind::killed && status.number == SIGKILL;
    (was_killed ? killed : terminated).add(name);
}

void write_report(const Report& report, TextWriter& out) {
    JsonWriter json(out);
    json.open();
    json.add("version", version);
    if (report.program != nullptr) json.add("program", shown_part(report.program));
    if (report.pid) json.add("pid", *report.pid);
    json.add("exit_code", report.exit_code);
    if (report.signal) json.add("signal", SignalName(*report.signal));
    json.add_flag("timed_out", report.timed_out);
    json.add("wall_ms", report.wall_ms);
    if (report.pid) {
        json.open("main_child");
        write_usage(json, report.main_child);
        json.close();
    }
    json.open("orphans");
    json.add("reaped", report.orphans_reaped);
    write_usage(json, report.orphans);
    json.close();
    json.open("signals");
    write_signals(json, "received", report.received);
    write_signals(json, "forwarded", report.forwarded);
    json.close();
    json.open("leftovers");
    write_leftovers(json, "terminated", report.terminated);
    write_leftovers(json, "killed", report.killed);
    json.close();
    if (report.oom_kills) json.add("oom_kills", *report.oom_kills);
    json.add("dropped_log_lines", report.dropped_log_lines);
    json.close();
    out.add("\n");
}

}  // namespace core
