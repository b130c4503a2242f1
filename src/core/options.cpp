#include "core/options.h"

#include "core/version.h"

namespace core {
namespace {

enum class Option : std::uint8_t {
    group,
    single_child,
    all,
    rewrite,
    subreaper,
    parent_death,
    kill_child,
    stop_delay,
    kill_after,
    leftovers,
    grace,
    remap_exit,
    pause,
    verbose,
    quiet,
    help,
    version,
    license,
};

enum class Argument : std::uint8_t { none, optional, required };
enum class InEnvironment : std::uint8_t { no, once, list };

/// One row serves the parser, the help and the environment variables. Arrays, not pointers: a table without
/// relocations stays in pages that all inits on a machine share.
struct Row {
    Option option;
    Argument argument;
    InEnvironment environment;
    char letters[3];
    char name[15];
    char value_name[11];
    char help[63];
};

constexpr Row rows[] = {
    {Option::group, Argument::none, InEnvironment::once, "g", "--group", "",
     "forward signals to the program's process group (the default)"},
    {Option::single_child, Argument::none, InEnvironment::once, "c", "--single-child", "",
     "forward signals to the program alone"},
    {Option::all, Argument::none, InEnvironment::once, "a", "--all", "", "forward signals to everything under cppinit"},
    {Option::rewrite, Argument::required, InEnvironment::list, "r", "--rewrite", "FROM:TO",
     "forward TO where FROM arrives; 0 or none drops it; repeatable"},
    {Option::subreaper, Argument::none, InEnvironment::once, "s", "--subreaper", "",
     "fail where cppinit cannot become a child subreaper"},
    {Option::parent_death, Argument::required, InEnvironment::once, "p", "--parent-death", "SIGNAL",
     "receive SIGNAL when cppinit's own parent dies"},
    {Option::kill_child, Argument::optional, InEnvironment::once, "K", "--kill-child", "SIGNAL",
     "the program receives SIGNAL (KILL) when cppinit dies"},
    {Option::stop_delay, Argument::required, InEnvironment::once, "d", "--stop-delay", "DURATION",
     "wait this long before forwarding the first stop signal"},
    {Option::kill_after, Argument::required, InEnvironment::once, "k", "--kill-after", "DURATION",
     "this long after it, KILL what signals are forwarded to"},
    {Option::leftovers, Argument::required, InEnvironment::once, "", "--leftovers", "POLICY",
     "at the program's end terminate (the default), wait, or leave"},
    {Option::grace, Argument::required, InEnvironment::once, "t", "--grace", "DURATION",
     "the longest that terminate waits before it KILLs (5s)"},
    {Option::remap_exit, Argument::required, InEnvironment::list, "e", "--remap-exit", "CODE[:NEW]",
     "exit with NEW (0) where the code would be CODE; repeatable"},
    {Option::pause, Argument::none, InEnvironment::once, "P", "--pause", "",
     "start no program: reap, and exit 0 at a stop signal"},
    {Option::verbose, Argument::none, InEnvironment::once, "v", "--verbose", "", "more on stderr; repeatable"},
    {Option::quiet, Argument::none, InEnvironment::once, "q", "--quiet", "", "errors alone on stderr"},
    {Option::help, Argument::none, InEnvironment::no, "h", "--help", "", "print this page"},
    {Option::version, Argument::none, InEnvironment::no, "V", "--version", "", "print the version"},
    {Option::license, Argument::none, InEnvironment::no, "Ll", "--license", "", "print the license"},
};

constexpr std::string_view signal_expected = "a signal, as TERM, SIGUSR1, RTMIN+3 or 1 to 64";
constexpr std::string_view rewrite_expected =
    "FROM:TO, each a signal, TO also 0 or none; CHLD never, KILL and STOP not as FROM";
constexpr std::string_view remap_expected = "CODE or CODE:NEW, each 0 to 255";
constexpr std::string_view duration_expected = "a duration, as 5, 2.5s, 250ms, 2m, 1h or infinity";
constexpr std::string_view leftovers_expected = "terminate, wait or leave";
constexpr std::string_view switch_expected = "1, true, yes, 0, false or no";
constexpr std::string_view verbosity_expected = "0 to 2, true, yes, false or no";

/// What was expected instead of a value; empty: the value was right.
using Complaint = std::string_view;
constexpr Complaint accepted = {};

Complaint read_signal(std::string_view text, int& signal) {
    const auto parsed = parse_signal(text);
    if (parsed) signal = *parsed;
    return parsed ? accepted : signal_expected;
}

Complaint read_rewrite(std::string_view text, Rewrites& rewrites) {
    const auto sides = split(text, ':');
    if (!sides) return rewrite_expected;
    const auto from = parse_signal(sides->left);
    const bool drops = sides->right == "0" || equal_ignoring_case(sides->right, "none");
    const auto to = drops ? Rewrites::drop : parse_signal(sides->right);
    // KILL and STOP never arrive and CHLD is never forwarded: such a rule could only mislead its author.
    if (!from || *from == SIGKILL || *from == SIGSTOP || *from == SIGCHLD || !to || *to == SIGCHLD) {
        return rewrite_expected;
    }
    rewrites.set(*from, *to);
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

Complaint read_leftovers(std::string_view text, Leftovers& leftovers) {
    if (text == "terminate") {
        leftovers = Leftovers::terminate;
    } else if (text == "wait") {
        leftovers = Leftovers::wait;
    } else if (text == "leave") {
        leftovers = Leftovers::leave;
    } else {
        return leftovers_expected;
    }
    return accepted;
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

/// Carries out one option. There is no value where the option was given none.
Complaint apply(Option option, std::optional<std::string_view> value, Options& options) {
    const std::string_view text = value.value_or(std::string_view{});
    Policy& policy = options.policy;
    switch (option) {
        case Option::group: policy.scope = Scope::group; break;
        case Option::single_child: policy.scope = Scope::main_child; break;
        case Option::all: policy.scope = Scope::everything; break;
        case Option::rewrite: return read_rewrite(text, policy.rewrites);
        case Option::subreaper: options.insist_on_subreaper = true; break;
        case Option::parent_death: return read_signal(text, options.parent_death_signal);
        case Option::kill_child:
            options.kill_child_signal = SIGKILL;
            return value ? read_signal(text, options.kill_child_signal) : accepted;
        case Option::stop_delay: return read_duration(text, policy.stop_delay);
        case Option::kill_after: return read_duration(text, policy.kill_after);
        case Option::leftovers: return read_leftovers(text, policy.leftovers);
        case Option::grace: return read_duration(text, policy.grace);
        case Option::remap_exit: return read_remap(text, policy.exit_remap);
        case Option::pause: policy.pause = true; break;
        case Option::verbose: options.verbosity = more(options.verbosity); break;
        case Option::quiet: options.verbosity = Verbosity::errors; break;
        case Option::help: options.page = Page::help; break;
        case Option::version: options.page = Page::version; break;
        case Option::license: options.page = Page::license; break;
    }
    return accepted;
}

using Applied = std::expected<void, UsageError>;

std::unexpected<UsageError> misuse(UsageError::Kind kind, std::string_view word, std::string_view expected = {},
                                   std::string_view place = {}) {
    return std::unexpected(UsageError{kind, word, place, expected});
}

/// Carries out one option that was given in a place, an option's or a variable's name.
Applied apply_at(std::string_view place, Option option, std::optional<std::string_view> value, Options& options) {
    const Complaint expected = apply(option, value, options);
    if (expected.empty()) return {};
    return misuse(UsageError::Kind::bad_value, value.value_or(std::string_view{}), expected, place);
}

// ---- the environment ----

std::optional<bool> parse_switch(std::string_view text) {
    for (const std::string_view word : {std::string_view("1"), std::string_view("true"), std::string_view("yes")}) {
        if (equal_ignoring_case(text, word)) return true;
    }
    for (const std::string_view word : {std::string_view("0"), std::string_view("false"), std::string_view("no")}) {
        if (equal_ignoring_case(text, word)) return false;
    }
    return std::nullopt;
}

bool is_variable_of(const Row& row, std::string_view name) {
    const std::string_view option = after_prefix(text_of(row.name), "--").value_or(std::string_view{});
    if (row.environment == InEnvironment::no || option.size() != name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != (option[i] == '-' ? '_' : to_upper(option[i]))) return false;
    }
    return true;
}

Applied apply_list(std::string_view place, Option option, std::string_view list, Options& options) {
    for (;;) {
        const auto parts = split(list, ',');
        if (auto ok = apply_at(place, option, parts ? parts->left : list, options); !ok) return ok;
        if (!parts) return {};
        list = parts->right;
    }
}

Applied apply_variable(std::string_view place, const Row& row, std::string_view text, Options& options) {
    if (row.environment == InEnvironment::list) return apply_list(place, row.option, text, options);
    if (row.argument == Argument::required) return apply_at(place, row.option, text, options);
    // An option that may go without a value is a switch as well.
    if (row.argument == Argument::optional && !parse_switch(text)) return apply_at(place, row.option, text, options);

    // -v counts, so its variable may be a number too.
    const bool counts = row.option == Option::verbose;
    const auto on = parse_switch(text);
    int times = on.value_or(false) ? 1 : 0;
    if (counts && text == "2") {
        times = 2;
    } else if (!on) {
        return misuse(UsageError::Kind::bad_value, text, counts ? verbosity_expected : switch_expected, place);
    }
    // A switch has no value that could be wrong.
    for (; times > 0; --times) (void)apply(row.option, std::nullopt, options);
    return {};
}

Applied read_environment(char** envp, Options& options) {
    for (char** entry = envp; *entry != nullptr; ++entry) {
        const auto assignment = after_prefix(*entry, variable_prefix);
        const auto sides = assignment ? split(*assignment, '=') : std::nullopt;
        if (!sides) continue;
        for (const Row& row : rows) {
            if (!is_variable_of(row, sides->left)) continue;
            const std::string_view place(*entry, variable_prefix.size() + sides->left.size());
            if (auto ok = apply_variable(place, row, sides->right, options); !ok) return ok;
        }
    }
    return {};
}

// ---- the command line ----

const Row* find_letter(char letter) {
    for (const Row& row : rows) {
        if (text_of(row.letters).find(letter) != std::string_view::npos) return &row;
    }
    return nullptr;
}

const Row* find_name(std::string_view name) {
    for (const Row& row : rows) {
        if (text_of(row.name) == name) return &row;
    }
    return nullptr;
}

/// --name, --name=value or --name value. Moves argv over what it took.
Applied read_long(char**& argv, Options& options) {
    const std::string_view word = *argv++;
    const auto sides = split(word, '=');
    const Row* row = find_name(sides ? sides->left : word);
    if (row == nullptr) return misuse(UsageError::Kind::unknown_option, word);

    std::optional<std::string_view> value;
    if (sides) {
        if (row->argument == Argument::none) return misuse(UsageError::Kind::needless_value, word);
        value = sides->right;
    } else if (row->argument == Argument::required) {
        if (*argv == nullptr) return misuse(UsageError::Kind::missing_value, word, text_of(row->value_name));
        value = *argv++;
    }
    return apply_at(text_of(row->name), row->option, value, options);
}

/// -x, -xyz, -xVALUE or -x VALUE. Moves argv over what it took.
Applied read_letters(char**& argv, Options& options) {
    const char* word = *argv++;
    for (const char* letter = word + 1; *letter != '\0'; ++letter) {
        const Row* row = find_letter(*letter);
        if (row == nullptr) return misuse(UsageError::Kind::unknown_option, word);

        std::optional<std::string_view> value;
        const bool takes_value = row->argument != Argument::none;
        if (takes_value && letter[1] != '\0') {
            value = letter + 1;
        } else if (row->argument == Argument::required) {
            if (*argv == nullptr) return misuse(UsageError::Kind::missing_value, word, text_of(row->value_name));
            value = *argv++;
        }
        if (auto ok = apply_at(text_of(row->name), row->option, value, options); !ok) return ok;
        if (takes_value) break;
    }
    return {};
}

/// Stops at the first word that is not an option, so that PROGRAM keeps every word of its own.
Applied read_command_line(char** argv, Options& options) {
    if (*argv != nullptr) ++argv;
    while (*argv != nullptr && options.page == Page::none) {
        const std::string_view word = *argv;
        if (word == "--") {
            ++argv;
            break;
        }
        if (!word.starts_with('-') || word == "-") break;
        if (auto ok = word.starts_with("--") ? read_long(argv, options) : read_letters(argv, options); !ok) return ok;
    }
    if (options.page != Page::none) return {};
    if (options.policy.pause && *argv != nullptr) return misuse(UsageError::Kind::needless_program, *argv);
    if (options.policy.pause) return {};
    if (*argv == nullptr) return misuse(UsageError::Kind::no_program, {});
    options.program = argv;
    return {};
}

// ---- the help ----

/// "  -r, --rewrite FROM:TO        forward TO where ..."
void describe_row(const Row& row, TextWriter& line) {
    constexpr std::size_t help_column = 32;
    if (row.letters[0] == '\0') {
        line.add("      ");
    } else {
        line.add("  -").add(std::string_view(row.letters, 1)).add(", ");
    }
    line.add(text_of(row.name));
    if (row.argument == Argument::optional) line.add("[=").add(text_of(row.value_name)).add("]");
    if (row.argument == Argument::required) line.add(" ").add(text_of(row.value_name));
    do line.add(" ");
    while (line.view().size() < help_column);
    line.add(text_of(row.help)).add("\n");
}

bool print_help(WritePart write) {
    if (!write("Usage: cppinit [OPTION]... [--] PROGRAM [ARG]...\n"
               "       cppinit --pause [OPTION]...\n"
               "Start PROGRAM, forward signals to it, reap orphans, end what it leaves, exit with its code.\n\n")) {
        return false;
    }
    for (const Row& row : rows) {
        Line line;
        describe_row(row, line);
        if (!write(line.view())) return false;
    }
    return write(
        "\nEach option but the last three has an environment variable: --remap-exit is\n"
        "CPPINIT_REMAP_EXIT. The command line wins. Exit codes of cppinit itself: 125\n"
        "cppinit failed, 126 PROGRAM cannot be executed, 127 PROGRAM was not found.\n");
}

}  // namespace

std::expected<Options, UsageError> parse(char** argv, char** envp) {
    Options options;
    const auto environment = read_environment(envp, options);
    const auto command_line = read_command_line(argv, options);
    // Who asks for help gets it, whatever the environment holds.
    if (!environment && options.page == Page::none) return std::unexpected(environment.error());
    if (!command_line) return std::unexpected(command_line.error());
    return options;
}

void describe(const UsageError& error, TextWriter& line) {
    const auto say = [&](std::string_view before, std::string_view after, std::string_view expected) {
        line.add(before);
        if (error.kind != UsageError::Kind::no_program) line.add(" ").add(Quoted{error.word});
        line.add(after).add(error.place).add(": expected ").add(expected);
    };
    switch (error.kind) {
        case UsageError::Kind::unknown_option: return say("unknown option", "", "an option of cppinit, or -- first");
        case UsageError::Kind::missing_value: return say("option", " has no value", error.expected);
        case UsageError::Kind::needless_value: return say("option", " has a value", "none");
        case UsageError::Kind::bad_value: return say("bad value", " for ", error.expected);
        case UsageError::Kind::needless_program: return say("program", " with --pause", "none");
        case UsageError::Kind::no_program: return say("no program", "", "PROGRAM after the options, or --pause");
    }
}

bool print_page(Page page, WritePart write) {
    switch (page) {
        case Page::none: break;
        case Page::help: return print_help(write);
        case Page::version: return write(version_line);
        case Page::license: return write(license_text);
    }
    return true;
}

}  // namespace core
