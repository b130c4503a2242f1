#include "os/procfs.h"

#include <errno.h>

#include <cstring>
#include <limits>

#include "core/text.h"
#include "os/lines.h"

namespace os {
namespace {

// Where the fields of struct linux_dirent64 are, which no libc header declares (getdents(2)).
constexpr std::size_t size_offset = 16;
constexpr std::size_t name_offset = 19;

constexpr std::size_t stat_size = 1024;
// The list of groups comes before what is read of /proc/PID/status, and can be long.
constexpr std::size_t status_size = 4096;

std::optional<std::string_view> read_once(const sys::Result<sys::Descriptor>& file, char* buffer, std::size_t size) {
    const auto read = file ? sys::read(file->number(), buffer, size) : std::unexpected(file.error());
    if (!read) return std::nullopt;
    return std::string_view(buffer, *read);
}

/// A path with the number of a process or a thread in it.
class NumberedPath {
  public:
    NumberedPath(const char* before, int number, const char* after) { text_.add(before).add(number).add(after); }
    NumberedPath(const NumberedPath&) = delete;
    NumberedPath& operator=(const NumberedPath&) = delete;
    operator const char*() const { return text_.c_string(); }

  private:
    char path_[sizeof "/proc/self/task//children" + 10];
    core::TextWriter text_{path_, sizeof path_};
};

}  // namespace

bool proc_is_of_namespace(pid_t own_pid) {
    char buffer[status_size];
    const auto status = read_once(sys::open("/proc/self/status", O_RDONLY), buffer, sizeof buffer);
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

std::optional<char> NumberList::next_byte() {
    if (position_ >= size_) {
        const auto filled = sys::read(file_.number(), buffer_, sizeof buffer_);
        if (!filled || *filled == 0) return std::nullopt;
        size_ = *filled;
        position_ = 0;
    }
    return buffer_[position_++];
}

std::optional<int> NumberList::next() {
    std::optional<int> number;
    while (const auto byte = next_byte()) {
        if (core::is_digit(*byte)) {
            number = number.value_or(0) * 10 + (*byte - '0');
        } else if (number) {
            break;
        }
    }
    return number;
}

sys::Result<PinnedProcess> PinnedProcess::open(pid_t pid) {
    auto folder = sys::open(NumberedPath("/proc/", pid, ""), O_RDONLY | O_DIRECTORY);
    if (!folder) return std::unexpected(folder.error());
    return PinnedProcess(pid, std::move(*folder));
}

sys::Result<sys::Descriptor> PinnedProcess::open_file(const char* name, int flags) const {
    return sys::openat(folder_, name, flags);
}

sys::Result<sys::Descriptor> PinnedProcess::open_children(pid_t thread) const {
    return open_file(NumberedPath("task/", thread, "/children"));
}

std::optional<core::ProcStat> PinnedProcess::stat() const {
    char buffer[stat_size];
    const auto line = read_once(open_file("stat"), buffer, sizeof buffer);
    return line ? core::parse_stat(*line) : std::nullopt;
}

std::optional<core::SignalSets> PinnedProcess::signal_sets() const {
    char buffer[status_size];
    const auto status = read_once(open_file("status"), buffer, sizeof buffer);
    return status ? core::parse_signal_sets(*status) : std::nullopt;
}

void PinnedProcess::send(int signal) const {
    const auto sent = sys::pidfd_send_signal(folder_.number(), signal);
    if (!sent && sent.error().number != ESRCH) (void)sys::kill(pid_, signal);
}

sys::Result<sys::Descriptor> open_own_children(pid_t own_pid) {
    return sys::open(NumberedPath("/proc/self/task/", own_pid, "/children"), O_RDONLY);
}

sys::Result<sys::Descriptor> open_own_descriptor(int descriptor, int flags) {
    return sys::open(NumberedPath("/proc/self/fd/", descriptor, ""), flags);
}

bool proc_hides_processes() {
    const auto mounts = sys::open("/proc/self/mounts", O_RDONLY);
    if (!mounts) return false;
    Lines lines(*mounts);
    while (const auto line = lines.next()) {
        if (line->contains("hidepid=")) return true;
    }
    return false;
}

std::optional<pid_t> last_pid() {
    const auto file = sys::open("/proc/sys/kernel/ns_last_pid", O_RDONLY);
    if (!file) return std::nullopt;
    return NumberList(*file).next();
}

std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size) {
    return read_once(sys::open(NumberedPath("/proc/", pid, name), O_RDONLY), buffer, size);
}

std::optional<core::ProcStat> read_stat(pid_t pid) {
    char buffer[stat_size];
    const auto line = read_file_of(pid, "/stat", buffer, sizeof buffer);
    return line ? core::parse_stat(*line) : std::nullopt;
}

std::optional<pid_t> tracer_of_child(pid_t pid, pid_t own_pid) {
    if (!proc_is_of_namespace(own_pid)) return std::nullopt;
    char buffer[status_size];
    const auto status = read_file_of(pid, "/status", buffer, sizeof buffer);
    return status ? core::parse_tracer(*status) : std::nullopt;
}

std::optional<core::ProcStat> read_stat_of_child(pid_t pid, pid_t own_pid) {
    return proc_is_of_namespace(own_pid) ? read_stat(pid) : std::nullopt;
}

ProcessName::ProcessName(pid_t pid) {
    if (!proc_is_of_namespace(sys::getpid())) return;
    const auto comm = read_file_of(pid, "/comm", text_, sizeof text_);
    // A line end follows the name, or, with a long name of a kernel thread, more of it.
    if (comm && !comm->empty()) size_ = comm->size() - 1;
}

}  // namespace os
