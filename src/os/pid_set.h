#pragma once

#include <cstdint>
#include <span>

#include "os/sys.h"

namespace os {

/// A set of pids: a bit for each one that can exist, in memory of its own.
class PidSet {
  public:
    /// Has no memory, and stays empty whatever is added.
    PidSet() = default;
    /// Empty. Without memory if the kernel has none to give.
    [[nodiscard]] static PidSet map();

    [[nodiscard]] bool has_memory() const { return !words().empty(); }
    [[nodiscard]] bool contains(pid_t pid) const;
    void add(pid_t pid);
    void remove(pid_t pid);

  private:
    [[nodiscard]] std::span<std::uint64_t> words() const { return memory_.as<std::uint64_t>(); }

    sys::Mapping memory_;
};

}  // namespace os
