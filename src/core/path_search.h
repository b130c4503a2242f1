#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace core {

/// The paths that PROGRAM can stand for, in the order in which execvp(3) tries them: the name itself if it has a slash,
/// otherwise the name in each folder of PATH, of which an empty one is the working directory.
class PathSearch {
  public:
    /// The second is the value of PATH, none where it is not set. The paths are written into `room`, which sets how
    /// long they can be, with a zero byte. All three must outlive the search.
    PathSearch(std::string_view name, std::optional<std::string_view> path, std::span<char> room);

    /// Null at the end. The text is good until the next call.
    [[nodiscard]] const char* next();
    /// The next one is the first again.
    void restart() { untried_ = folders_; }

  private:
    std::string_view name_;
    std::string_view folders_;
    /// The folders that next() has still to come to; none at the end.
    std::optional<std::string_view> untried_;
    std::span<char> room_;
};

}  // namespace core
