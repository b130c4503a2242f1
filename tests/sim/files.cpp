#include "sim/files.h"

#include <errno.h>
#include <signal.h>

#include <charconv>
#include <cstring>

#include "sim/simulation.h"

namespace sim {
namespace {

std::map<int, File> open_files;
SignalSet thread_signals;

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

std::optional<File::Kind> kind_of(std::string_view name, pid_t pid) {
    if (name == "stat") return File::Kind::stat;
    if (name == "status") return File::Kind::status;
    if (name == "comm") return File::Kind::comm;
    const bool is_list = name == "task/" + std::to_string(pid) + "/children";
    if (is_list && current->world.has_children_lists) return File::Kind::children;
    return std::nullopt;
}

/// A file of a process, which must still be there (fs/proc/base.c, proc_pident_lookup).
std::expected<int, int> open_of(const Process* process, std::string_view name) {
    if (process == nullptr || !is_shown(*process)) return std::unexpected(ENOENT);
    if (name.empty()) return add({File::Kind::process, process->id});
    const auto kind = kind_of(name, process->pid);
    if (!kind) return std::unexpected(ENOENT);
    return add({*kind, process->id});
}

std::string text_of(File::Kind kind, const Process& process) {
    const Kernel& kernel = current->kernel;
    if (kind == File::Kind::stat) return kernel.stat(process);
    if (kind == File::Kind::status) return kernel.status(process);
    if (kind == File::Kind::children) return kernel.children(process);
    return "p" + std::to_string(process.id) + "\n";
}

}  // namespace

std::map<int, File>& descriptors() {
    return open_files;
}

void close_all_files() {
    open_files.clear();
    thread_signals = {};
}

void hash_files(Hash& hash) {
    hash.add(thread_signals.bits());
    for (const auto& [number, file] : open_files) {
        const auto fields = {number, static_cast<int>(file.kind), file.process, file.position};
        for (const int field : fields) hash.add(static_cast<std::uint64_t>(field));
    }
}

std::expected<int, int> open_file(std::string_view path) {
    const Kernel& kernel = current->kernel;
    if (path == "/dev/tty") {
        if (!kernel.has_terminal(*kernel.find(current->self()))) return std::unexpected(ENXIO);
        return add({File::Kind::terminal});
    }
    constexpr std::string_view proc = "/proc";
    if (!path.starts_with(proc) || !current->world.has_proc) return std::unexpected(ENOENT);
    path.remove_prefix(proc.size());
    if (path.empty()) return add({File::Kind::proc, 0, 1});
    path.remove_prefix(1);
    const auto slash = path.find('/');
    const std::string_view first = path.substr(0, slash);
    const std::string_view rest = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    const auto pid = first == "self" ? std::optional(current->self()) : to_number(first);
    if (!pid) return std::unexpected(ENOENT);
    if (first == "self" && rest == "mounts") return add({File::Kind::nothing});
    return open_of(kernel.find(*pid), rest);
}

std::expected<int, int> open_file_of(int directory, std::string_view name) {
    return open_of(current->kernel.find_id(process_of(directory)), name);
}

int open_nothing() {
    return add({File::Kind::nothing});
}

std::expected<std::string, int> read_file(int descriptor, std::size_t size) {
    const auto found = open_files.find(descriptor);
    if (found == open_files.end()) return std::unexpected(EBADF);
    File& file = found->second;
    if (file.kind == File::Kind::nothing || file.position > 0) return "";
    const Process* const process = current->kernel.find_id(file.process);
    // fs/proc/base.c, proc_single_show. The text is made when it is read.
    if (process == nullptr) return std::unexpected(ESRCH);
    file.position = 1;
    return text_of(file.kind, *process).substr(0, size);
}

/// fs/proc/base.c, proc_pid_readdir: in the order of numbers, each time from the next one. A call may return fewer
/// entries than there is room for; few at a time show more of what can happen in between.
std::string read_directory(int descriptor) {
    constexpr int entries_at_once = 3;
    File& directory = open_files.at(descriptor);
    std::string entries;
    for (int count = 0; count < entries_at_once; ++count) {
        const Process* next = nullptr;
        for (const Process& process : current->kernel.processes()) {
            const bool is_candidate = process.pid >= directory.position && is_shown(process);
            if (is_candidate && (next == nullptr || process.pid < next->pid)) next = &process;
        }
        if (next == nullptr) break;
        directory.position = next->pid + 1;
        std::string entry(24, '\0');
        entry[16] = 24;
        entry.replace(19, std::to_string(next->pid).size(), std::to_string(next->pid));
        entries += entry;
    }
    return entries;
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
