#pragma once

#include <optional>

namespace os {

/// How many processes of cppinit's own memory cgroup the kernel has killed because memory ran out.
class OomKills {
  public:
    /// Called before the main child starts. Only a report is worth reading the count from before the run, which takes
    /// some ten system calls. Without it, PID 1 takes the cgroup to be its own, made for this container: the count
    /// began at 0.
    static OomKills before_run(bool is_reporting, bool owns_namespace);

    /// None where no memory cgroup can be read, or where nothing is known from before.
    [[nodiscard]] std::optional<int> during_run() const;

  private:
    explicit OomKills(std::optional<int> before) : before_(before) {}

    std::optional<int> before_;
};

}  // namespace os
