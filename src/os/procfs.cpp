#include "os/procfs.h"

#include <fcntl.h>

#include <cstring>
#include <limits>

#include "core/text.h"

namespace os {
namespace {

// Where the fields of struct linux_dirent64 are, which no libc header declares (getdents(2)).
constexpr std::size_t size_offset = 16;
constexpr std::size_t name_offset = 19;

// The list of groups comes before what is read of /proc/PID/status, and can be long.
constexpr std::size_t status_size = 4096;

std::optional<std::string_view> read_file(const char* path, char* buffer, std::size_t size) {
    const auto file = sys::open(path, O_RDONLY);
    const auto read = file ? sys::read(file->number(), buffer, size) : std::unexpected(file.error());
    if (!read) return std::nullopt;
    return std::string_view(buffer, *read);
}

}  // namespace

bool proc_is_of_namespace(pid_t own_pid) {
    char buffer[status_size];
    const auto status = read_file("/proc/self/status", buffer, sizeof buffer);
    return status && core::is_status_in_own_namespace(*status, own_pid);
}

std::optional<int> NumberedEntries::next() {
    for (;;) {
        if (position_ >= size_) {
            const auto filled = sys::getdents(directory_.number(), buffer_, sizeof buffer_);
            if (!filled || *filled == 0) return std::nullopt;
            size_ = *filled;
            position_ = 0;
        }
        const char* entry = buffer_ + position_;
        std::uint16_t entry_size = 0;
        std::memcpy(&entry_size, entry + size_offset, sizeof entry_size);
        position_ += entry_size;
        if (const auto number = core::parse_number(entry + name_offset, std::numeric_limits<int>::max())) {
            return number;
        }
    }
}

std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size) {
    char path[sizeof "/proc//cmdline" + 10];
    core::TextWriter text(path, sizeof path);
    text.add("/proc/").add(pid).add(name);
    return read_file(text.c_string(), buffer, size);
}

std::optional<core::ProcStat> read_stat(pid_t pid) {
    char buffer[1024];
    const auto line = read_file_of(pid, "/stat", buffer, sizeof buffer);
    return line ? core::parse_stat(*line) : std::nullopt;
}

std::optional<core::SignalSets> read_signal_sets(pid_t pid) {
    char buffer[status_size];
    const auto status = read_file_of(pid, "/status", buffer, sizeof buffer);
    return status ? core::parse_signal_sets(*status) : std::nullopt;
}

ProcessName::ProcessName(pid_t pid) {
    if (pid == 0 || !proc_is_of_namespace(sys::getpid())) return;
    const auto comm = read_file_of(pid, "/comm", text_, sizeof text_);
    // A line end follows the name.
    if (comm && !comm->empty()) size_ = comm->size() - 1;
}

}  // namespace os
