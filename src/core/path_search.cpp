#include "core/path_search.h"

#include "core/text.h"

namespace core {
namespace {

/// execvp(3)'s where PATH is not set.
constexpr std::string_view default_path = "/usr/local/bin:/bin:/usr/bin";
constexpr std::string_view working_directory;

}  // namespace

PathSearch::PathSearch(std::string_view name, std::optional<std::string_view> path)
    : name_(name), folders_(name.contains('/') ? working_directory : path.value_or(default_path)), untried_(folders_) {}

const char* PathSearch::next() {
    while (untried_) {
        const auto sides = split(*untried_, ':');
        const std::string_view folder = sides ? sides->left : *untried_;
        untried_ = sides ? std::optional(sides->right) : std::nullopt;
        // With a slash and a zero byte. A path that is too long cannot exist (path_resolution(7)).
        if (folder.size() + name_.size() + 2 > sizeof path_) continue;
        TextWriter path(path_, sizeof path_);
        path.add(folder);
        if (!folder.empty()) path.add("/");
        return path.add(name_).c_string();
    }
    return nullptr;
}

}  // namespace core
