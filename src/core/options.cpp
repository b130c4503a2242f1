#include "core/options.h"

#include <algorithm>
#include <climits>

namespace core {
namespace {

constexpr const char* signal_expected = "a signal, such as TERM, SIGUSR1, RTMIN+3 or a number from 1 to 64";
constexpr const char* rewrite_expected =
    "FROM:TO, two signals; TO may be 'none'; CHLD is not allowed, nor KILL or STOP as FROM";
constexpr const char* stop_signals_expected =
    "signals separated by commas, such as TERM,QUIT; CHLD, KILL and STOP are not allowed";
constexpr const char* remap_expected = "CODE or CODE:NEW, numbers from 0 to 255";
constexpr const char* duration_expected = "a duration, such as 5, 2.5s, 250ms, 2m, 1h or infinity";
constexpr const char* leftovers_expected = "terminate, wait or leave";
constexpr const char* log_format_expected = "text or json";
constexpr const char* file_expected = "a file, or - for stderr";
constexpr const char* switch_expected = "1, true, yes, 0, false or no";
constexpr const char* verbosity_expected = "0, 1, 2, true, yes, false or no";

/// What was expected instead of a value; null where the value was right.
using Complaint = const char*;
constexpr Complaint accepted = nullptr;

Complaint read_signal(std::string_view text, std::optional<int>& signal) {
    signal = parse_signal(text);
    return signal ? accepted : signal_expected;
}

/// KILL and STOP never arrive, and CHLD is never forwarded: a rule about them could only mislead its author.
bool is_never_forwarded(int signal) {
    return signal == SIGKILL || signal == SIGSTOP || signal == SIGCHLD;
}

Complaint read_rewrite(std::string_view text, Rewrites& rewrites) {
    const auto sides = split(text, ':');
    if (!sides) return rewrite_expected;
    const auto from = parse_signal(sides->left);
    if (!from || is_never_forwarded(*from)) return rewrite_expected;
    if (sides->right == "0" || equal_ignoring_case(sides->right, "none")) {
        rewrites.set(*from, std::nullopt);
        return accepted;
    }
    const auto to = parse_signal(sides->right);
    if (!to || *to == SIGCHLD) return rewrite_expected;
    rewrites.set(*from, to);
    return accepted;
}

Complaint read_remap(std::string_view text, ExitRemap& remap) {
    const auto sides = split(text, ':');
    const auto code = parse_number(sides ? sides->left : text, 255);
    const auto new_code = sides ? parse_number(sides->right, 255) : 0;
    if (!code || !new_code) return remap_expected;
    remap.set(*code, *new_code);
    return accepted;
}

Complaint read_duration(std::string_view text, Milliseconds& span) {
    const auto parsed = parse_duration(text);
    if (parsed) span = *parsed;
    return parsed ? accepted : duration_expected;
}

Complaint read_timeout(std::string_view text, Milliseconds& limit) {
    const Complaint complaint = read_duration(text, limit);
    // As for timeout(1), 0 takes the limit away.
    if (limit == 0) limit = never;
    return complaint;
}

Complaint read_stop_signals(std::string_view text, SignalSet& signals) {
    SignalSet read;
    for (Parts words(text, ','); words.has_next();) {
        const auto signal = parse_signal(words.next());
        if (!signal || is_never_forwarded(*signal)) return stop_signals_expected;
        read.add(*signal);
    }
    signals = read;
    return accepted;
}

Complaint read_leftovers(std::string_view text, Leftovers& leftovers) {
    const auto policy = index_of(text, {"terminate", "wait", "leave"});
    if (policy) leftovers = static_cast<Leftovers>(*policy);
    return policy ? accepted : leftovers_expected;
}

Complaint read_log_format(std::string_view text, bool& json) {
    const auto format = index_of(text, {"text", "json"});
    if (format) json = *format == 1;
    return format ? accepted : log_format_expected;
}

std::optional<bool> parse_switch(std::string_view text) {
    const auto word = index_of(text, {"0", "1", "false", "true", "no", "yes"});
    if (!word) return std::nullopt;
    return *word % 2 == 1;
}

Verbosity more(Verbosity verbosity) {
    switch (verbosity) {
        case Verbosity::errors:
        case Verbosity::warnings: return Verbosity::information;
        case Verbosity::information:
        case Verbosity::details: break;
    }
    return Verbosity::details;
}

bool is_variable_of(const OptionRow& row, std::string_view name) {
    const std::string_view option = row.name.substr(2);
    if (row.variable == Variable::none || option.size() != name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != (option[i] == '-' ? '_' : to_upper(option[i]))) return false;
    }
    return true;
}

/// The option that a variable sets; null: there is none.
const OptionRow* row_of_variable(std::string_view variable) {
    const auto name = after_prefix(variable, variable_prefix);
    if (!name) return nullptr;
    for (const OptionRow& row : option_table) {
        if (is_variable_of(row, *name)) return &row;
    }
    return nullptr;
}

class Parser {
  public:
    explicit Parser(const Persona& persona) : persona_(persona) {
        options_.policy.scope = persona.scope;
        options_.policy.leftovers = persona.leftovers;
        if (persona.reaps_when_asked) options_.subreaper = Subreaper::declined;
    }

    std::expected<Options, UsageError> parse(char** argv, char** envp) {
        read_environment(envp);
        read_command_line(argv);
        // A person who asks for help gets it, whatever the environment holds.
        if (error_ && !options_.page) return std::unexpected(*error_);
        if (persona_.makes_session && options_.policy.scope != Scope::main_child) make_session();
        return options_;
    }

  private:
    /// The first misuse is the one that is reported. Returns false.
    bool fail(UsageError::Kind kind, std::optional<std::string_view> word, const char* expected = nullptr,
              std::optional<std::string_view> place = std::nullopt) {
        if (!error_) error_ = {kind, word, place, expected};
        return false;
    }

    /// A session that no shell controls cannot be stopped by the terminal's signals: the kernel would discard them
    /// (setpgid(2), orphaned process group).
    void make_session() {
        options_.new_session = true;
        options_.policy.ends_group = true;
        for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) options_.policy.rewrites.set_unless_set(signal, SIGSTOP);
    }

    /// Sets an option that was given without a value.
    void turn_on(Option option) {
        Policy& policy = options_.policy;
        switch (option) {
            case Option::group: policy.scope = Scope::group; break;
            case Option::single_child: policy.scope = Scope::main_child; break;
            case Option::all: policy.scope = Scope::everything; break;
            case Option::subreaper: options_.subreaper = Subreaper::required; break;
            case Option::kill_child: options_.kill_child_signal = SIGKILL; break;
            case Option::pause: policy.pause = true; break;
            case Option::verbose: options_.verbosity = more(options_.verbosity); break;
            case Option::quiet: options_.verbosity = Verbosity::errors; break;
            case Option::warn_on_reap: options_.warn_on_reap = true; break;
            case Option::ps: options_.page = Page::processes; break;
            case Option::help: options_.page = Page::help; break;
            case Option::version: options_.page = Page::version; break;
            case Option::license: options_.page = Page::license; break;
            case Option::rewrite:
            case Option::kill_after:
            case Option::grace:
            case Option::timeout:
            case Option::stop_signals:
            case Option::stop_delay:
            case Option::leftovers:
            case Option::remap_exit:
            case Option::parent_death:
            case Option::log_format:
            case Option::report: break;
        }
    }

    /// Sets an option that was given with a value.
    Complaint set(Option option, std::string_view text) {
        Policy& policy = options_.policy;
        switch (option) {
            case Option::rewrite: return read_rewrite(text, policy.rewrites);
            case Option::parent_death: return read_signal(text, options_.parent_death_signal);
            case Option::kill_child: return read_signal(text, options_.kill_child_signal);
            case Option::timeout: return read_timeout(text, policy.timeout);
            case Option::stop_signals: return read_stop_signals(text, policy.stop_signals);
            case Option::stop_delay: return read_duration(text, policy.stop_delay);
            case Option::kill_after: return read_duration(text, policy.kill_after);
            case Option::leftovers: return read_leftovers(text, policy.leftovers);
            case Option::grace: return read_duration(text, policy.grace);
            case Option::remap_exit: return read_remap(text, policy.exit_remap);
            case Option::log_format: return read_log_format(text, options_.log_json);
            case Option::report:
                // A value reaches to the end of its word or variable, where a zero byte is.
                options_.report = text.data();
                return text.empty() ? file_expected : accepted;
            case Option::group:
            case Option::single_child:
            case Option::all:
            case Option::subreaper:
            case Option::pause:
            case Option::verbose:
            case Option::quiet:
            case Option::warn_on_reap:
            case Option::ps:
            case Option::help:
            case Option::version:
            case Option::license: break;
        }
        return accepted;
    }

    /// Sets an option. `place` is where the value was given, for the message: the name of the option or of a variable.
    bool set_at(std::string_view place, Option option, std::string_view text) {
        const Complaint expected = set(option, text);
        return expected == nullptr || fail(UsageError::Kind::bad_value, text, expected, place);
    }

    // ---- the environment ----

    void read_environment(char** envp) {
        for (char** entry = envp; *entry != nullptr; ++entry) {
            const auto sides = split(*entry, '=');
            if (!sides) continue;
            if (persona_.is_own) {
                read_own_variable(sides->left, sides->right);
            } else {
                read_peer_variable(sides->left, sides->right);
            }
        }
    }

    /// An empty variable counts as not set: Compose passes one on if the host does not set it.
    void read_own_variable(std::string_view place, std::string_view text) {
        const OptionRow* const row = text.empty() ? nullptr : row_of_variable(place);
        if (row != nullptr) apply_variable(place, *row, text);
    }

    void apply_variable(std::string_view place, const OptionRow& row, std::string_view text) {
        if (row.variable == Variable::list) return apply_list(place, row.option, text);
        // An option that may go without a value is a switch as well.
        const auto on = row.argument == Argument::required ? std::nullopt : parse_switch(text);
        if (on) {
            if (*on) turn_on(row.option);
        } else if (row.argument != Argument::none) {
            set_at(place, row.option, text);
        } else if (row.option == Option::verbose && text == "2") {
            // -v counts, so its variable may be a number too.
            options_.verbosity = Verbosity::details;
        } else {
            fail(UsageError::Kind::bad_value, text,
                 row.option == Option::verbose ? verbosity_expected : switch_expected, place);
        }
    }

    void apply_list(std::string_view place, Option option, std::string_view list) {
        for (Parts values(list, ','); values.has_next();) {
            if (!set_at(place, option, values.next())) return;
        }
    }

    /// A peer takes whatever its variables hold.
    void read_peer_variable(std::string_view name, std::string_view text) {
        for (const PeerVariable& variable : persona_.variables) {
            if (name == variable.name && text == variable.value.value_or(text)) turn_on(variable.option);
        }
        if (name != persona_.verbosity_variable) return;
        constexpr int max_level = static_cast<int>(Verbosity::details);
        options_.verbosity = static_cast<Verbosity>(std::min(parse_number(text, INT_MAX).value_or(0), max_level));
    }

    // ---- the command line ----

    /// The row of an option's letter or name; null: there is none, or the persona does not take it.
    [[nodiscard]] const OptionRow* find_letter(char letter) const {
        for (const OptionRow& row : option_table) {
            if (row.letters.contains(letter) && persona_.takes(letter)) return &row;
        }
        return nullptr;
    }

    [[nodiscard]] const OptionRow* find_name(std::string_view name) const {
        for (const OptionRow& row : option_table) {
            if (row.name == name && persona_.takes_name_of(row)) return &row;
        }
        return nullptr;
    }

    /// Reads one option. `value` is the one that its word holds, if any; otherwise the next word can be the value, and
    /// argv moves past it.
    bool read_option(const OptionRow& row, std::string_view word, std::optional<std::string_view> value, char**& argv) {
        if (row.argument == Argument::required && !value) {
            if (*argv == nullptr) return fail(UsageError::Kind::missing_value, word, row.value_name);
            value = *argv++;
        }
        if (value) return set_at(row.name, row.option, *value);
        turn_on(row.option);
        return true;
    }

    /// --name, --name=value or --name value.
    bool read_long(std::string_view word, char**& argv) {
        const auto sides = split(word, '=');
        const OptionRow* const row = find_name(sides ? sides->left : word);
        if (row == nullptr) return fail(UsageError::Kind::unknown_option, word);
        if (sides && row->argument == Argument::none) return fail(UsageError::Kind::unexpected_value, word);
        return read_option(*row, word, sides ? std::optional(sides->right) : std::nullopt, argv);
    }

    /// -x, -xyz, -xVALUE or -x VALUE.
    bool read_letters(std::string_view word, char**& argv) {
        std::string_view rest = word.substr(1);
        while (!rest.empty()) {
            const OptionRow* const row = find_letter(rest.front());
            if (row == nullptr) return fail(UsageError::Kind::unknown_option, word);
            rest.remove_prefix(1);
            const bool takes_rest = row->argument != Argument::none && !rest.empty();
            if (!read_option(*row, word, takes_rest ? std::optional(rest) : std::nullopt, argv)) return false;
            if (takes_rest) break;
        }
        return true;
    }

    /// Stops at the first word that is not an option, so that PROGRAM keeps every word of its own.
    bool read_command_line(char** argv) {
        if (*argv != nullptr) ++argv;
        while (*argv != nullptr) {
            const std::string_view word = *argv;
            if (!word.starts_with('-') || word == "-") break;
            ++argv;
            if (word == "--") break;
            if (!(word.starts_with("--") ? read_long(word, argv) : read_letters(word, argv))) return false;
            if (options_.page) return true;
        }
        if (options_.policy.pause) {
            // catatonit ignores a program.
            const bool is_taken = *argv == nullptr || !persona_.is_own;
            return is_taken || fail(UsageError::Kind::unexpected_program, *argv);
        }
        if (*argv == nullptr) return fail(UsageError::Kind::no_program, std::nullopt);
        options_.program = argv;
        return true;
    }

    const Persona& persona_;
    Options options_;
    std::optional<UsageError> error_;
};

}  // namespace

std::expected<Options, UsageError> parse(const Persona& persona, char** argv, char** envp) {
    return Parser(persona).parse(argv, envp);
}

bool is_own_variable(std::string_view name) {
    return row_of_variable(name) != nullptr;
}

void describe(const UsageError& error, TextWriter& line) {
    const Quoted word{error.word.value_or("")};
    switch (error.kind) {
        case UsageError::Kind::unknown_option:
            line.add("unknown option ")
                .add(word)
                .add(": expected an option from the help, or -- before a program of that name");
            break;
        case UsageError::Kind::missing_value:
            line.add("option ").add(word).add(" needs a value: expected ").add(error.expected);
            break;
        case UsageError::Kind::unexpected_value: line.add("option ").add(word).add(" does not take a value"); break;
        case UsageError::Kind::bad_value:
            line.add("bad value ").add(word).add(" for ").add(error.place.value_or(""));
            line.add(": expected ").add(error.expected);
            break;
        case UsageError::Kind::unexpected_program:
            line.add("unexpected program ").add(word).add(": --pause does not start one");
            break;
        case UsageError::Kind::no_program: line.add("no program given: expected PROGRAM after the options"); break;
    }
}

}  // namespace core
