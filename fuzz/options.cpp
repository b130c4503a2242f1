// Any argv and any environment: options or a usage error, within argv, and the same twice.
//
// An input is words with a zero byte after each; a word that begins with byte 1 belongs to the environment.

#include "core/options.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "expect.h"

namespace {

struct Words {
    std::vector<std::string> texts;
    std::vector<char*> pointers;

    void finish() {
        for (std::string& text : texts) pointers.push_back(text.data());
        pointers.push_back(nullptr);
    }
    [[nodiscard]] bool holds(std::string_view part) const {
        return std::ranges::any_of(texts, [&](const std::string& text) {
            return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
        });
    }
};

void judge(const core::Options& options, Words& arguments) {
    const core::Policy& policy = options.policy;
    EXPECT(policy.stop_delay >= 0 && policy.kill_after >= 0 && policy.grace >= 0);
    EXPECT(policy.timeout > 0);
    EXPECT(policy.stop_signals.bits() != 0);
    for (const int signal : {SIGCHLD, SIGKILL, SIGSTOP}) EXPECT(!policy.stop_signals.contains(signal));
    for (const auto& signal : {options.parent_death_signal, options.kill_child_signal}) {
        EXPECT(!signal || (*signal > 0 && *signal <= core::last_signal));
    }
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        const auto rewritten = policy.rewrites.apply(signal);
        EXPECT(!rewritten || (*rewritten > 0 && *rewritten <= core::last_signal));
    }
    for (int code = 0; code <= 255; ++code) {
        const int remapped = policy.exit_remap.apply(code);
        EXPECT(remapped >= 0 && remapped <= 255);
    }
    if (options.program == nullptr) {
        EXPECT(options.page || policy.pause);
        return;
    }
    EXPECT(!policy.pause);
    // The word before PROGRAM is cppinit's own: spawn makes use of it.
    EXPECT(options.program > arguments.pointers.data() && options.program < &arguments.pointers.back());
}

void judge(const core::UsageError& error, const Words& arguments, const Words& environment) {
    core::Line line;
    core::describe(error, line);
    EXPECT(!line.view().empty());
    EXPECT(line.view().find('\n') == std::string_view::npos);
    EXPECT(error.word.has_value() == (error.kind != core::UsageError::Kind::no_program));
    EXPECT(!error.word || error.word->empty() || arguments.holds(*error.word) || environment.holds(*error.word));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Words arguments;
    Words environment;
    std::string_view rest(reinterpret_cast<const char*>(bytes), size);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        const std::string_view word = rest.substr(0, end);
        if (word.starts_with('\1')) {
            environment.texts.emplace_back(word.substr(1));
        } else {
            arguments.texts.emplace_back(word);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    arguments.finish();
    environment.finish();

    // The first word decides whose options they are.
    const core::Persona& persona = core::persona_of(core::file_name_of(arguments.pointers.data()));
    const auto options = core::parse(persona, arguments.pointers.data(), environment.pointers.data());
    const auto again = core::parse(persona, arguments.pointers.data(), environment.pointers.data());
    EXPECT(options.has_value() == again.has_value());
    if (options) {
        EXPECT(options->program == again->program && options->page == again->page);
        judge(*options, arguments);
    } else {
        judge(options.error(), arguments, environment);
    }
    return 0;
}
