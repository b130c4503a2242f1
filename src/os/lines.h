#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "os/sys.h"

namespace os {

/// The lines of a file, read into an array. A line that does not fit is left out.
class Lines {
  public:
    /// The file must outlive this.
    explicit Lines(const sys::Descriptor& file) : file_(file) {}

    /// The next line without its line end, valid until the next call; none at the end, or where reading fails.
    std::optional<std::string_view> next();

    static constexpr std::size_t max_size = 2048;

  private:
    const sys::Descriptor& file_;
    std::array<char, max_size> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace os
