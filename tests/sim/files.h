#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/kernel.h"

/// The files that cppinit sees: /proc, /dev/tty and its descriptors (proc(5), tty(4)).
namespace sim {

inline constexpr std::string_view program_path = "/bin/program";
inline constexpr std::string_view working_directory = "/work";
/// What --report=report means there, and what was there before.
inline constexpr std::string_view report_path = "/work/report";
inline constexpr std::string_view old_report = "old";

struct File {
    enum class Kind : std::uint8_t {
        nothing,
        terminal,
        proc,
        process,
        /// The directory of its threads.
        threads,
        stat,
        status,
        comm,
        children,
        pipe_read_end,
        pipe_write_end,
        /// What stderr is, opened anew.
        own_stderr,
        /// One that was made here, as the report is.
        regular,
    } kind;
    /// Whose it is: the id of the process.
    int process = 0;
    /// It was read to its end, or the next number of the directory.
    int position = 0;
    /// Whose list of children it is.
    pid_t thread = 0;
    /// Which regular file it is.
    std::size_t inode = 0;
};

[[nodiscard]] std::map<int, File>& descriptors();
/// A descriptor, or an errno.
[[nodiscard]] std::expected<int, int> open_file(std::string_view path, int flags);
[[nodiscard]] std::expected<int, int> open_file_of(int directory, std::string_view name);
/// Both ends of the only pipe that cppinit makes (pipe(7)).
[[nodiscard]] std::pair<int, int> open_pipe();
/// Returns how much of the text was taken: a regular file takes a part at a time, as it may (write(2)).
[[nodiscard]] std::size_t write_file(int descriptor, std::string_view text);
/// A regular file by its name. None: there is none.
[[nodiscard]] std::optional<std::string> content_of(std::string_view path);
void make_file(std::string_view path, std::string_view content);
/// rename(2): 0 or an errno.
[[nodiscard]] int rename_file(std::string_view from, std::string_view to);
void remove_file(std::string_view path);
[[nodiscard]] bool is_kind(int descriptor, File::Kind kind);
[[nodiscard]] std::expected<std::string, int> read_file(int descriptor, std::size_t size);
/// As the kernel lays entries out (getdents(2)).
[[nodiscard]] std::string read_directory(int descriptor);
/// The id of the process whose directory is open here; 0: none.
[[nodiscard]] int process_of(int descriptor);
[[nodiscard]] bool is_own_terminal(int descriptor);

/// Signals that are pending for cppinit's thread, not for the process: they are taken first (kernel/signal.c,
/// dequeue_signal).
void add_thread_signal(int signal);
[[nodiscard]] std::optional<PendingSignal> take_thread_signal(SignalSet signals);

void close_all_files();
/// What cppinit has open is a part of the world: whose file it is shows only when it is read.
void hash_files(Hash& hash);

}  // namespace sim
