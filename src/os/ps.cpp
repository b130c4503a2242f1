#include "os/ps.h"

#include <errno.h>
#include <fcntl.h>

#include "core/ps.h"
#include "os/clock.h"
#include "os/procfs.h"

namespace os {
namespace {

// PID_MAX_LIMIT of the kernel (linux/threads.h). Only the memory of those that exist is used.
constexpr std::size_t max_processes = 1 << 22;

/// The columns are as wide as the tab stops of a terminal.
class Printer {
  public:
    explicit Printer(core::WritePart write) : write_(write), now_(time_of(CLOCK_BOOTTIME)) {}

    [[nodiscard]] bool print_process(pid_t pid, int depth) const {
        char buffer[1024];
        const auto stat = read_file_of(pid, "/stat", buffer, sizeof buffer);
        const auto process = stat ? core::parse_stat(*stat) : std::nullopt;
        // It has ended in the meantime.
        if (!process) return true;
        core::Line line;
        line.add(pid).add("\t").add({&process->state, 1}).add("\t");
        core::write_age(now_ - process->started_at, line);
        line.add("\t");
        constexpr int max_indent = 50;
        for (int level = 0; level < depth && level < max_indent; ++level) line.add("  ");
        char arguments[800];
        const auto cmdline = read_file_of(pid, "/cmdline", arguments, sizeof arguments);
        core::write_command(cmdline.value_or(std::string_view{}), core::name_in(*stat), line);
        return write_(line.add("\n").view());
    }

    [[nodiscard]] bool print_zombie(pid_t pid) const {
        const auto process = read_stat(pid);
        if (!process || !process->is_dead()) return true;
        core::Line line;
        line.add("zombie ");
        add_name(line, pid);
        line.add(", started ");
        core::write_age(now_ - process->started_at, line);
        line.add(" ago: its parent, ");
        add_name(line, process->parent);
        return write_(line.add(", lives and has to wait for it\n").view());
    }

  private:
    static void add_name(core::TextWriter& line, pid_t pid) {
        line.add("pid ").add(pid).add(" ").add(core::Quoted{ProcessName(pid).text().value_or("")});
    }

    core::WritePart write_;
    core::Milliseconds now_;
};

}  // namespace

sys::Result<bool> print_processes(core::WritePart write) {
    if (!proc_is_of_namespace(sys::getpid())) return std::unexpected(sys::Error{ENOENT});
    auto proc = sys::open("/proc", O_RDONLY | O_DIRECTORY);
    if (!proc) return std::unexpected(proc.error());
    const auto memory = sys::map_memory(max_processes * sizeof(core::ProcessTree::Node));
    if (!memory) return std::unexpected(memory.error());

    core::ProcessTree tree(memory->as<core::ProcessTree::Node>());
    NumberedEntries pids(std::move(*proc));
    while (const auto pid = pids.next()) {
        if (const auto process = read_stat(*pid); process && !tree.add(*pid, process->parent)) break;
    }
    tree.link();
    const Printer printer(write);
    if (!write("PID\tS\tAGE\tCOMMAND\n")) return false;
    while (tree.next()) {
        if (!printer.print_process(tree.node().pid, tree.depth())) return false;
    }
    for (const auto& node : tree.all()) {
        if (!printer.print_zombie(node.pid)) return false;
    }
    return true;
}

}  // namespace os
