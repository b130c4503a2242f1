#include "core/path_search.h"

namespace core {
namespace {

/// What execvp(3) uses if PATH is not set.
constexpr std::string_view default_path = "/usr/local/bin:/bin:/usr/bin";
constexpr std::string_view working_directory;

}  // namespace

PathSearch::PathSearch(std::string_view name, std::optional<std::string_view> path, std::span<char> room)
    : name_(name),
      folders_(name.contains('/') ? working_directory : path.value_or(default_path)),
      untried_(folders_, separator),
      room_(room) {}

const char* PathSearch::next() {
    while (untried_.has_next()) {
        const std::string_view folder = untried_.next();
        const std::string_view slash = folder.empty() ? "" : "/";
        // The kernel would refuse a path that is too long (ENAMETOOLONG), and execvp goes on to the next folder.
        if (folder.size() + slash.size() + name_.size() >= room_.size()) continue;
        TextWriter path(room_.data(), room_.size());
        return path.add(folder).add(slash).add(name_).c_string();
    }
    return nullptr;
}

}  // namespace core
