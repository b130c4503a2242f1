#include "sim/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <utility>

#include "sim/simulation.h"

namespace sim {
namespace {

std::map<int, File> open_files;
SignalSet thread_signals;
std::string pipe_content;
/// Regular files outlive their names (inode(7)).
std::map<std::string, std::size_t, std::less<>> inodes;
std::vector<std::string> contents;

std::optional<int> to_number(std::string_view text) {
    int number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = result.ec == std::errc{} && result.ptr == text.data() + text.size();
    return is_number ? std::optional(number) : std::nullopt;
}

int add(File file) {
    constexpr int first = 3;
    int number = first;
    while (open_files.contains(number)) ++number;
    open_files[number] = file;
    return number;
}

bool is_shown(const Process& process) {
    return !process.is_hidden || process.pid == current->self();
}

std::optional<File> file_of(const Process& process, std::string_view name) {
    const auto file = [&process](File::Kind kind) { return File{kind, process.id}; };
    if (name == "stat") return file(File::Kind::stat);
    if (name == "status") return file(File::Kind::status);
    if (name == "comm") return file(File::Kind::comm);
    if (name == "task") return file(File::Kind::threads);
    for (const pid_t thread : process.numbers_of_threads()) {
        const bool is_list = name == "task/" + std::to_string(thread) + "/children";
        if (is_list && current->world.has_children_lists) return File{File::Kind::children, process.id, 0, thread};
    }
    return std::nullopt;
}

/// A file of a process, which must still be there (fs/proc/base.c, proc_pident_lookup).
std::expected<int, int> open_of(const Process* process, std::string_view name) {
    if (process == nullptr || !is_shown(*process)) return std::unexpected(ENOENT);
    if (name.empty()) return add({File::Kind::process, process->id});
    const auto file = file_of(*process, name);
    if (!file) return std::unexpected(ENOENT);
    return add(*file);
}

std::string text_of(const File& file, const Process& process) {
    const Kernel& kernel = current->kernel;
    if (file.kind == File::Kind::stat) return kernel.stat(process);
    if (file.kind == File::Kind::status) return kernel.status(process);
    if (file.kind == File::Kind::children) return kernel.children(process, file.thread);
    return process.name() + "\n";
}

}  // namespace

std::map<int, File>& descriptors() {
    return open_files;
}

void close_all_files() {
    open_files.clear();
    thread_signals = {};
    pipe_content.clear();
    inodes.clear();
    contents.clear();
}

void hash_files(Hash& hash) {
    hash.add(thread_signals.bits());
    hash.add(pipe_content);
    for (const std::string& content : contents) hash.add(content);
    for (const auto& [name, inode] : inodes) {
        hash.add(name);
        hash.add(inode);
    }
    for (const auto& [number, file] : open_files) {
        const auto fields = {number,        static_cast<int>(file.kind),   file.process,
                             file.position, static_cast<int>(file.thread), static_cast<int>(file.inode)};
        for (const int field : fields) hash.add(static_cast<std::uint64_t>(field));
    }
}

std::optional<std::string> content_of(std::string_view path) {
    const auto found = inodes.find(path);
    return found == inodes.end() ? std::nullopt : std::optional(contents[found->second]);
}

void make_file(std::string_view path, std::string_view content) {
    inodes[std::string(path)] = contents.size();
    contents.emplace_back(content);
}

int rename_file(std::string_view from, std::string_view to) {
    const auto found = inodes.find(from);
    if (found == inodes.end()) return ENOENT;
    inodes[std::string(to)] = found->second;
    inodes.erase(found);
    return 0;
}

void remove_file(std::string_view path) {
    const auto found = inodes.find(path);
    if (found != inodes.end()) inodes.erase(found);
}

namespace {

/// open(2), of a file in the root.
std::expected<int, int> open_regular(std::string_view path, int flags) {
    const bool exists = inodes.contains(path);
    if (exists && (flags & O_EXCL) != 0) return std::unexpected(EEXIST);
    if (!exists && (flags & O_CREAT) == 0) return std::unexpected(ENOENT);
    if (!exists) make_file(path, "");
    const std::size_t inode = inodes.find(path)->second;
    if ((flags & O_TRUNC) != 0) contents[inode].clear();
    return add({.kind = File::Kind::regular, .inode = inode});
}

}  // namespace

std::expected<int, int> open_file(std::string_view path, int flags) {
    const Kernel& kernel = current->kernel;
    if (path == "/dev/tty") {
        if (!kernel.has_terminal(*kernel.find(current->self()))) return std::unexpected(ENXIO);
        return add({File::Kind::terminal});
    }
    constexpr std::string_view proc = "/proc";
    // A text, as far as anybody looks.
    if (path == program_path) return add({File::Kind::nothing});
    if (!path.starts_with(proc)) return open_regular(path, flags);
    if (!current->world.has_proc) return std::unexpected(ENOENT);
    path.remove_prefix(proc.size());
    if (path.empty()) return add({File::Kind::proc, 0, 1});
    path.remove_prefix(1);
    const auto slash = path.find('/');
    const std::string_view first = path.substr(0, slash);
    const std::string_view rest = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    const auto pid = first == "self" ? std::optional(current->self()) : to_number(first);
    if (!pid) return std::unexpected(ENOENT);
    if (first == "self" && rest == "mounts") return add({File::Kind::nothing});
    if (first == "self" && rest == "fd/2") return add({File::Kind::own_stderr});
    return open_of(kernel.find(*pid), rest);
}

std::expected<int, int> open_file_of(int directory, std::string_view name) {
    return open_of(current->kernel.find_id(process_of(directory)), name);
}

std::expected<std::string, int> read_file(int descriptor, std::size_t size) {
    const auto found = open_files.find(descriptor);
    if (found == open_files.end()) return std::unexpected(EBADF);
    File& file = found->second;
    if (file.kind == File::Kind::nothing || file.position > 0) return "";
    if (file.kind == File::Kind::pipe_read_end) {
        const bool has_writer = std::ranges::any_of(
            open_files, [](const auto& entry) { return entry.second.kind == File::Kind::pipe_write_end; });
        if (has_writer && pipe_content.empty()) throw Violation("cppinit reads from a pipe that it keeps open itself");
        file.position = 1;
        return pipe_content.substr(0, size);
    }
    const Process* const process = current->kernel.find_id(file.process);
    // fs/proc/base.c, proc_single_show. The text is made when it is read.
    if (process == nullptr) return std::unexpected(ESRCH);
    file.position = 1;
    return text_of(file, *process).substr(0, size);
}

/// fs/proc/base.c, proc_pid_readdir: in the order of numbers, each time from the next one. A call may return fewer
/// entries than there is room for; few at a time show more of what can happen in between.
std::string read_directory(int descriptor) {
    constexpr int entries_at_once = 3;
    File& directory = open_files.at(descriptor);
    std::string entries;
    const auto add_entry = [&entries](pid_t number) {
        std::string entry(24, '\0');
        entry[16] = 24;
        entry.replace(19, std::to_string(number).size(), std::to_string(number));
        entries += entry;
    };
    if (directory.kind == File::Kind::threads) {
        const Process* const process = current->kernel.find_id(directory.process);
        if (process == nullptr || std::exchange(directory.position, 1) > 0) return "";
        for (const pid_t thread : process->numbers_of_threads()) add_entry(thread);
        return entries;
    }
    for (int count = 0; count < entries_at_once; ++count) {
        const Process* next = nullptr;
        for (const Process& process : current->kernel.processes()) {
            const bool is_candidate = process.pid >= directory.position && is_shown(process);
            if (is_candidate && (next == nullptr || process.pid < next->pid)) next = &process;
        }
        if (next == nullptr) break;
        directory.position = next->pid + 1;
        add_entry(next->pid);
    }
    return entries;
}

std::pair<int, int> open_pipe() {
    const int read_end = add({File::Kind::pipe_read_end});
    return {read_end, add({File::Kind::pipe_write_end})};
}

std::size_t write_file(int descriptor, std::string_view text) {
    constexpr std::size_t max_part = 256;
    if (is_kind(descriptor, File::Kind::pipe_write_end)) pipe_content += text;
    if (!is_kind(descriptor, File::Kind::regular)) return text.size();
    const std::string_view part = text.substr(0, max_part);
    contents[open_files.at(descriptor).inode] += part;
    return part.size();
}

bool is_kind(int descriptor, File::Kind kind) {
    const auto found = open_files.find(descriptor);
    return found != open_files.end() && found->second.kind == kind;
}

int process_of(int descriptor) {
    const auto found = open_files.find(descriptor);
    return found != open_files.end() && found->second.kind == File::Kind::process ? found->second.process : 0;
}

bool is_own_terminal(int descriptor) {
    const auto found = open_files.find(descriptor);
    return descriptor < 3 || (found != open_files.end() && found->second.kind == File::Kind::terminal);
}

void add_thread_signal(int signal) {
    thread_signals.add(signal);
}

std::optional<PendingSignal> take_thread_signal(SignalSet signals) {
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        if (!signals.contains(signal) || !thread_signals.contains(signal)) continue;
        thread_signals = thread_signals.without(SignalSet::only(signal));
        return PendingSignal{signal, SI_KERNEL, Kernel::nobody};
    }
    return std::nullopt;
}

}  // namespace sim
