#pragma once

#include <optional>
#include <string_view>

#include "core/proc_stat.h"
#include "os/directory.h"
#include "os/sys.h"

/// What /proc tells of processes (proc(5)).
namespace os {

/// A /proc that was mounted for another PID namespace tells other numbers; then its "self" is another, or none.
[[nodiscard]] bool proc_is_of_namespace(pid_t own_pid);

/// Reads the beginning of /proc/PID and the name, "/stat" for example.
[[nodiscard]] std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size);

/// /proc/PID/stat.
[[nodiscard]] std::optional<core::Process> read_process(pid_t pid);

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
