#pragma once

#include <fcntl.h>

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
    explicit NumberedEntries(sys::Descriptor directory) : directory_(std::move(directory)) {}

    [[nodiscard]] const sys::Descriptor& directory() const { return directory_; }
    /// The next number; none at the end, or where reading fails.
    std::optional<int> next();

  private:
    sys::Descriptor directory_;
    // Entries of /proc take 24 bytes each (getdents(2)).
    char buffer_[1024];
    std::size_t size_ = 0;
    std::size_t position_ = 0;
};

/// The numbers in a file of /proc that lists them: the children of a thread. No heap.
class NumberList {
  public:
    /// The file must outlive this.
    explicit NumberList(const sys::Descriptor& file) : file_(file) {}

    /// The next number; none at the end, or where reading fails.
    std::optional<int> next();

  private:
    [[nodiscard]] std::optional<char> next_byte();

    const sys::Descriptor& file_;
    // Each read makes the kernel go through the list from its beginning, and gets a page of it at most.
    char buffer_[4096];
    std::size_t size_ = 0;
    std::size_t position_ = 0;
};

/// A process, pinned by an open descriptor of its folder in /proc. Whatever is read or signalled through the descriptor
/// is this process or, once it was waited for, nothing: never another process with the same pid.
class PinnedProcess {
  public:
    /// ENOENT: there is no such process, or /proc does not show it (hidepid).
    [[nodiscard]] static sys::Result<PinnedProcess> open(pid_t pid);

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// It was not waited for yet.
    [[nodiscard]] bool exists() const { return open_file("stat").has_value(); }
    [[nodiscard]] std::optional<core::ProcStat> stat() const;
    [[nodiscard]] std::optional<core::SignalSets> signal_sets() const;
    [[nodiscard]] sys::Result<sys::Descriptor> open_file(const char* name, int flags = O_RDONLY) const;
    /// The children of one of its threads (before Linux 3.5, and without CONFIG_PROC_CHILDREN, there is no such list).
    [[nodiscard]] sys::Result<sys::Descriptor> open_children(pid_t thread) const;
    /// If pidfd_send_signal(2) is missing or a filter refuses it, this uses kill(2): then the pid can become another
    /// process's between the last look and the call.
    void send(int signal) const;

  private:
    PinnedProcess(pid_t pid, sys::Descriptor folder) : pid_(pid), folder_(std::move(folder)) {}

    pid_t pid_;
    sys::Descriptor folder_;
};

/// The list of the caller's own children. cppinit has a single thread.
[[nodiscard]] sys::Result<sys::Descriptor> open_own_children(pid_t own_pid);

/// Opens the file of one of the caller's descriptors anew, with flags of its own.
[[nodiscard]] sys::Result<sys::Descriptor> open_own_descriptor(int descriptor, int flags);

/// Whether /proc may hide processes from cppinit (its mount option hidepid).
[[nodiscard]] bool proc_hides_processes();

/// The pid that was assigned last in this PID namespace. None if the kernel does not say (CONFIG_CHECKPOINT_RESTORE).
[[nodiscard]] std::optional<pid_t> last_pid();

/// Reads the beginning of /proc/PID and the name, "/stat" for example.
[[nodiscard]] std::optional<std::string_view> read_file_of(pid_t pid, const char* name, char* buffer, std::size_t size);

/// /proc/PID/stat.
[[nodiscard]] std::optional<core::ProcStat> read_stat(pid_t pid);
/// The same of a child of cppinit's. None where /proc shows another PID namespace.
[[nodiscard]] std::optional<core::ProcStat> read_stat_of_child(pid_t pid, pid_t own_pid);

/// The process that traces a child of cppinit's (ptrace(2)); 0 if none does. None where /proc shows another PID
/// namespace.
[[nodiscard]] std::optional<pid_t> tracer_of_child(pid_t pid, pid_t own_pid);

/// The name of a process (/proc/PID/comm), which can also be dead if it is not reaped yet.
class ProcessName {
  public:
    /// The name of no process, or of this one.
    ProcessName() = default;
    explicit ProcessName(pid_t pid);

    /// None if it is not known: /proc may hide the process (hidepid), or show another PID namespace.
    [[nodiscard]] std::optional<std::string_view> text() const {
        return size_ > 0 ? std::optional(std::string_view(text_, size_)) : std::nullopt;
    }

  private:
    char text_[16];
    std::size_t size_ = 0;
};

}  // namespace os
