#include "os/procfs.h"

#include <fcntl.h>

#include <limits>

#include "core/text.h"

namespace os {

bool proc_is_of_namespace(pid_t own_pid) {
    char target[12];
    const auto size = sys::readlink("/proc/self", target, sizeof target);
    return size && core::parse_number({target, *size}, std::numeric_limits<pid_t>::max()) == own_pid;
}

std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size) {
    char path[sizeof "/proc//cmdline" + 10];
    core::TextWriter text(path, sizeof path);
    text.add("/proc/").add(pid).add(name);
    const auto file = sys::open(text.c_string(), O_RDONLY);
    const auto read = file ? sys::read(file->number(), buffer, size) : std::unexpected(file.error());
    if (!read) return std::nullopt;
    return std::string_view(buffer, *read);
}

std::optional<core::Process> read_process(pid_t pid) {
    char buffer[1024];
    const auto line = read_file_of(pid, "/stat", buffer, sizeof buffer);
    return line ? core::parse_process(*line) : std::nullopt;
}

ProcessName::ProcessName(pid_t pid) {
    if (pid == 0 || !proc_is_of_namespace(sys::getpid())) return;
    const auto comm = read_file_of(pid, "/comm", text_, sizeof text_);
    // A line end follows the name.
    if (comm && !comm->empty()) size_ = comm->size() - 1;
}

}  // namespace os
