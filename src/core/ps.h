#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/duration.h"
#include "core/text.h"

/// What --ps shows.
namespace core {

/// Processes as the tree of their parents. The numbers may be of different moments: should some then be their own
/// ancestors, these are left out.
class ProcessTree {
  public:
    struct Node {
        int pid;
        int parent_pid;
        // Indexes of nodes; 0 is none. Node 0 stands for the parent of all that have no parent here.
        std::uint32_t parent;
        std::uint32_t first_child;
        std::uint32_t next_sibling;
    };

    /// The nodes must be zero, and be one more than the processes.
    explicit ProcessTree(std::span<Node> nodes) : nodes_(nodes) {}

    /// In the order of their pids. False: there is no more room.
    bool add(int pid, int parent_pid);
    /// In the order of their pids.
    [[nodiscard]] std::span<const Node> all() const { return nodes_.subspan(1, size_ - 1); }
    /// Called once all are there.
    void link();

    /// Goes from parents to children, and to the next in the order of pids. False at the end.
    bool next();
    [[nodiscard]] const Node& node() const { return nodes_[current_]; }
    /// How many ancestors it has here.
    [[nodiscard]] int depth() const { return depth_; }

  private:
    [[nodiscard]] std::uint32_t find(int pid) const;

    std::span<Node> nodes_;
    std::uint32_t size_ = 1;
    std::uint32_t current_ = 0;
    int depth_ = -1;
};

/// The largest whole unit: "59s", "3m", "23h", "400d".
void write_age(Milliseconds age, TextWriter& out);

/// The words of /proc/PID/cmdline on one line; "[name]" where there are none: a zombie or a thread of the kernel.
void write_command(std::string_view cmdline, std::string_view name, TextWriter& out);

}  // namespace core
