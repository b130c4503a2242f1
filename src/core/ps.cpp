#include "core/ps.h"

#include <utility>

namespace core {

bool ProcessTree::add(int pid, int parent_pid) {
    if (size_ == nodes_.size()) return false;
    nodes_[size_].pid = pid;
    nodes_[size_].parent_pid = parent_pid;
    ++size_;
    return true;
}

std::uint32_t ProcessTree::find(int pid) const {
    std::uint32_t first = 0;
    for (std::uint32_t last = size_; last - first > 1;) {
        const std::uint32_t middle = (first + last) / 2;
        (nodes_[middle].pid <= pid ? first : last) = middle;
    }
    return nodes_[first].pid == pid ? first : 0;
}

void ProcessTree::link() {
    // Each is put in front of its siblings: from the last to the first they end in order.
    for (std::uint32_t index = size_ - 1; index > 0; --index) {
        Node& node = nodes_[index];
        node.parent = find(node.parent_pid);
        node.next_sibling = std::exchange(nodes_[node.parent].first_child, index);
    }
}

bool ProcessTree::next() {
    if (nodes_[current_].first_child != 0) {
        current_ = nodes_[current_].first_child;
        ++depth_;
        return true;
    }
    while (current_ != 0 && nodes_[current_].next_sibling == 0) {
        current_ = nodes_[current_].parent;
        --depth_;
    }
    current_ = nodes_[current_].next_sibling;
    return current_ != 0;
}

void write_age(Milliseconds age, TextWriter& out) {
    std::int64_t rest = age / 1000;
    struct Unit {
        char letter;
        std::uint8_t lasts;
    };
    constexpr Unit units[] = {{'s', 60}, {'m', 60}, {'h', 24}};
    for (const auto& [letter, lasts] : units) {
        if (rest < lasts) return (void)out.add(rest).add({&letter, 1});
        rest /= lasts;
    }
    out.add(rest).add("d");
}

void write_command(std::string_view cmdline, std::string_view name, TextWriter& out) {
    if (cmdline.empty()) return (void)out.add("[").add_printable(name).add("]");
    // Each word ends in a zero byte.
    cmdline.remove_suffix(cmdline.ends_with('\0'));
    out.add_printable(cmdline);
}

}  // namespace core
