#pragma once

#include <optional>
#include <string_view>

#include "core/proc_stat.h"
#include "os/sys.h"

/// What /proc says about processes (proc(5)).
namespace os {

/// Whether /proc shows this PID namespace. One that was mounted for another namespace shows other numbers.
[[nodiscard]] bool proc_is_of_namespace(pid_t own_pid);

/// The entries of a directory in /proc whose names are numbers: processes, threads, descriptors. No heap.
class NumberedEntries {
  public:
    /// The directory must outlive this.
    explicit NumberedEntries(const sys::Descriptor& directory) : directory_(directory) {}

    /// The next number; none at the end, or where reading fails.
    std::optional<int> next();

  private:
    const sys::Descriptor& directory_;
    // Entries of /proc take 24 bytes each (getdents(2)).
    char buffer_[1024];
    std::size_t size_ = 0;
    std::size_t position_ = 0;
};

/// Reads the beginning of /proc/PID and the name, "/stat" for example.
[[nodiscard]] std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size);

/// /proc/PID/stat.
[[nodiscard]] std::optional<core::ProcStat> read_stat(pid_t pid);
/// From /proc/PID/status.
[[nodiscard]] std::optional<core::SignalSets> read_signal_sets(pid_t pid);

/// What a process calls itself (/proc/PID/comm), also one that is dead and not reaped yet. Null where it cannot be
/// told, and of process 0, which is nobody.
class ProcessName {
  public:
    explicit ProcessName(pid_t pid);
    operator std::string_view() const { return {size_ == 0 ? nullptr : text_, size_}; }

  private:
    char text_[16];
    std::size_t size_ = 0;
};

}  // namespace os
