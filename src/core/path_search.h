#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/text.h"

namespace core {

/// The paths to try for a program's name, in the order of execvp(3): only the name itself if it has a slash, otherwise
/// the name in each folder of PATH. An empty folder is the working directory.
class PathSearch {
  public:
    /// `path` is the value of PATH; none if it is not set. Each path is written into `room`, zero byte included; longer
    /// ones are skipped. All three must outlive the search.
    PathSearch(std::string_view name, std::optional<std::string_view> path, std::span<char> room);

    /// Null at the end. The text is valid until the next call.
    [[nodiscard]] const char* next();
    /// Starts again with the first path.
    void restart() { untried_ = Parts(folders_, separator); }

  private:
    static constexpr char separator = ':';

    std::string_view name_;
    std::string_view folders_;
    /// The folders that next() has not tried yet.
    Parts untried_;
    std::span<char> room_;
};

}  // namespace core
