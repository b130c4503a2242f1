#pragma once

#include <optional>

#include "os/sys.h"

namespace os {

/// The entries of a directory whose names are numbers, as /proc has them: processes, threads, descriptors. No heap.
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

}  // namespace os
