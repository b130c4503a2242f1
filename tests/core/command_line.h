#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/pages.h"

// What the tests of options and of personas share.
namespace testing_support {

/// A command line and an environment as the kernel hands them over.
class Words {
  public:
    explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
        for (std::string& word : words_) pointers_.push_back(word.data());
        pointers_.push_back(nullptr);
    }
    char** data() { return pointers_.data(); }

  private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

struct Given {
    std::vector<std::string> line;
    std::vector<std::string> environment{};
};

/// What the parser made of it: the options, or the error as the person sees it.
struct Parsed {
    bool ok;
    core::Options options;
    std::string error;
    std::vector<std::string> program;
    std::optional<std::string> report{};
};

/// Under this name.
inline Parsed parse_as(const std::string& name, Given given) {
    given.line.insert(given.line.begin(), name);
    Words line(given.line);
    Words environment(given.environment);
    const auto options = core::parse(core::persona_of(name), line.data(), environment.data());
    if (!options) {
        core::Line text;
        core::describe(options.error(), text);
        return {false, {}, std::string(text.view()), {}};
    }
    Parsed parsed{true, *options, {}, {}};
    if (options->report != nullptr) parsed.report = options->report;
    for (char** word = options->program; word != nullptr && *word != nullptr; ++word) parsed.program.push_back(*word);
    return parsed;
}

/// What is printed under this name.
inline std::string page_as(const std::string& name, core::Page page) {
    static std::string text;
    text.clear();
    const bool is_whole = core::print_page(page, core::persona_of(name), name, [](std::string_view part) {
        text += part;
        return true;
    });
    return is_whole ? text : "incomplete";
}

}  // namespace testing_support
