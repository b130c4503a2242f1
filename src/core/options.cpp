#include "core/options.h"

#include "core/version.h"

namespace core {
namespace {

enum class Option : std::uint8_t {
    group,
    single_child,
    rewrite,
    subreaper,
    parent_death,
    kill_child,
    remap_exit,
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
    char name[18];
    char value_name[12];
    char help[72];
};

constexpr Row rows[] = {
    {Option::group, Argument::none, InEnvironment::once, "g", "--group", "",
     "forward signals to the program's process group (the default)"},
    {Option::single_child, Argument::none, InEnvironment::once, "c", "--single-child", "",
     "forward signals to the program alone"},
    {Option::rewrite, Argument::required, InEnvironment::list, "r", "--rewrite", "FROM:TO",
     "forward TO where FROM arrives; 0 or none drops it; repeatable"},
    {Option::subreaper, Argument::none, InEnvironment::once, "s", "--subreaper", "",
     "fail where cppinit cannot become a child subreaper"},
    {Option::parent_death, Argument::required, InEnvironment::once, "p", "--parent-death", "SIGNAL",
     "receive SIGNAL when cppinit's own parent dies"},
    {Option::kill_child, Argument::optional, InEnvironment::once, "K", "--kill-child", "SIGNAL",
     "the program receives SIGNAL (KILL) when cppinit dies"},
    {Option::remap_exit, Argument::required, InEnvironment::list, "e", "--remap-exit", "CODE[:NEW]",
     "exit with NEW (0) where the code would be CODE; repeatable"},
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
constexpr std::string_view switch_expected = "1, true, yes, 0, false or no";
constexpr std::string_view verbosity_expected = "0 to 2, true, yes, false or no";

/// An array of a row as text: up to its first zero byte.
template <std::size_t Size>
constexpr std::string_view text_of(const char (&array)[Size]) {
    std::size_t size = 0;
    while (size < Size && array[size] != '\0') ++size;
    return {array, size};
}

/// What an option was given, and by which option or variable, for the message about it.
struct Value {
    std::optional<std::string_view> given;
    std::string_view place;

    [[nodiscard]] std::string_view text() const { return given.value_or(std::string_view{}); }
};

using Applied = std::expected<void, UsageError>;

Applied bad_value(const Value& value, std::string_view expected) {
    return std::unexpected(UsageError{UsageError::Kind::bad_value, value.text(), value.place, expected});
}

Applied read_signal(const Value& value, int& signal) {
    const auto parsed = parse_signal(value.text());
    if (!parsed) return bad_value(value, signal_expected);
    signal = *parsed;
    return {};
}

Applied read_rewrite(const Value& value, Rewrites& rewrites) {
    const auto sides = split(value.text(), ':');
    if (!sides) return bad_value(value, rewrite_expected);
    const auto from = parse_signal(sides->left);
    const bool drops = sides->right == "0" || equal_ignoring_case(sides->right, "none");
    const auto to = drops ? Rewrites::drop : parse_signal(sides->right);
    // KILL and STOP never arrive and CHLD is never forwarded: such a rule could only mislead its author.
    if (!from || *from == SIGKILL || *from == SIGSTOP || *from == SIGCHLD || !to || *to == SIGCHLD) {
        return bad_value(value, rewrite_expected);
    }
    rewrites.set(*from, *to);
    return {};
}

Applied read_remap(const Value& value, ExitRemap& remap) {
    const auto sides = split(value.text(), ':');
    const auto code = parse_number(sides ? sides->left : value.text(), 255);
    const auto new_code = sides ? parse_number(sides->right, 255) : 0;
    if (!code || !new_code) return bad_value(value, remap_expected);
    remap.set(*code, *new_code);
    return {};
}

Verbosity more(Verbosity verbosity) {
    switch (verbosity) {
        case Verbosity::errors:
        case Verbosity::warnings:
            return Verbosity::information;
        case Verbosity::information:
        case Verbosity::details:
            break;
    }
    return Verbosity::details;
}

/// Carries out one option. The value is empty where the option was given none.
Applied apply(Option option, const Value& value, Options& options) {
    switch (option) {
        case Option::group:
            options.policy.scope = Scope::group;
            return {};
        case Option::single_child:
            options.policy.scope = Scope::main_child;
            return {};
        case Option::rewrite:
            return read_rewrite(value, options.policy.rewrites);
        case Option::subreaper:
            options.insist_on_subreaper = true;
            return {};
        case Option::parent_death:
            return read_signal(value, options.parent_death_signal);
        case Option::kill_child:
            options.kill_child_signal = SIGKILL;
            return !value.given ? Applied{} : read_signal(value, options.kill_child_signal);
        case Option::remap_exit:
            return read_remap(value, options.policy.exit_remap);
        case Option::verbose:
            options.verbosity = more(options.verbosity);
            return {};
        case Option::quiet:
            options.verbosity = Verbosity::errors;
            return {};
        case Option::help:
            options.page = Page::help;
            return {};
        case Option::version:
            options.page = Page::version;
            return {};
        case Option::license:
            options.page = Page::license;
            return {};
    }
    return {};
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

Applied apply_list(Option option, const Value& list, Options& options) {
    std::string_view rest = list.text();
    for (;;) {
        const auto parts = split(rest, ',');
        if (auto ok = apply(option, {parts ? parts->left : rest, list.place}, options); !ok) return ok;
        if (!parts) return {};
        rest = parts->right;
    }
}

Applied apply_variable(const Row& row, const Value& value, Options& options) {
    if (row.environment == InEnvironment::list) return apply_list(row.option, value, options);
    if (row.argument != Argument::none) return apply(row.option, value, options);

    // -v counts, so its variable may be a number too.
    const bool is_count = row.option == Option::verbose && value.text() == "2";
    const auto on = is_count ? true : parse_switch(value.text());
    if (!on) return bad_value(value, row.option == Option::verbose ? verbosity_expected : switch_expected);
    for (int times = *on ? (is_count ? 2 : 1) : 0; times > 0; --times) {
        if (auto ok = apply(row.option, value, options); !ok) return ok;
    }
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
            if (auto ok = apply_variable(row, {sides->right, place}, options); !ok) return ok;
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

std::unexpected<UsageError> misuse(UsageError::Kind kind, std::string_view word, std::string_view expected = {}) {
    return std::unexpected(UsageError{kind, word, {}, expected});
}

/// --name, --name=value or --name value. Moves argv over what it took.
Applied read_long(char**& argv, Options& options) {
    const std::string_view word = *argv++;
    const auto sides = split(word, '=');
    const Row* row = find_name(sides ? sides->left : word);
    if (row == nullptr) return misuse(UsageError::Kind::unknown_option, word);

    Value value{std::nullopt, text_of(row->name)};
    if (sides) {
        if (row->argument == Argument::none) return misuse(UsageError::Kind::needless_value, word);
        value.given = sides->right;
    } else if (row->argument == Argument::required) {
        if (*argv == nullptr) return misuse(UsageError::Kind::missing_value, word, text_of(row->value_name));
        value.given = *argv++;
    }
    return apply(row->option, value, options);
}

/// -x, -xyz, -xVALUE or -x VALUE. Moves argv over what it took.
Applied read_letters(char**& argv, Options& options) {
    const char* word = *argv++;
    for (const char* letter = word + 1; *letter != '\0'; ++letter) {
        const Row* row = find_letter(*letter);
        if (row == nullptr) return misuse(UsageError::Kind::unknown_option, word);

        Value value{std::nullopt, text_of(row->name)};
        const bool takes_value = row->argument != Argument::none;
        if (takes_value && letter[1] != '\0') {
            value.given = letter + 1;
        } else if (row->argument == Argument::required) {
            if (*argv == nullptr) return misuse(UsageError::Kind::missing_value, word, text_of(row->value_name));
            value.given = *argv++;
        }
        if (auto ok = apply(row->option, value, options); !ok) return ok;
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
    if (*argv == nullptr) return misuse(UsageError::Kind::no_program, {}, "PROGRAM after the options");
    options.program = argv;
    return {};
}

// ---- the help ----

/// "  -r, --rewrite FROM:TO        forward TO where ..."
void describe_row(const Row& row, TextWriter& line) {
    constexpr std::size_t help_column = 32;
    line.add("  -").add(std::string_view(row.letters, 1)).add(", ").add(text_of(row.name));
    if (row.argument == Argument::optional) line.add("[=").add(text_of(row.value_name)).add("]");
    if (row.argument == Argument::required) line.add(" ").add(text_of(row.value_name));
    do line.add(" ");
    while (line.view().size() < help_column);
    line.add(text_of(row.help)).add("\n");
}

bool print_help(WritePart write) {
    if (!write("Usage: cppinit [OPTION]... [--] PROGRAM [ARG]...\n"
               "Start PROGRAM, forward signals to it, reap orphans, exit with its code.\n\n")) {
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
    switch (error.kind) {
        case UsageError::Kind::unknown_option:
            line.add("unknown option ").add(Quoted{error.word}).add(": expected an option of cppinit, or -- first");
            return;
        case UsageError::Kind::missing_value:
            line.add("option ").add(Quoted{error.word}).add(" has no value: expected ").add(error.expected);
            return;
        case UsageError::Kind::needless_value:
            line.add("option ").add(Quoted{error.word}).add(" has a value: expected none");
            return;
        case UsageError::Kind::bad_value:
            line.add("bad value ").add(Quoted{error.word}).add(" for ").add(error.place);
            line.add(": expected ").add(error.expected);
            return;
        case UsageError::Kind::no_program:
            line.add("no program: expected ").add(error.expected);
            return;
    }
}

bool print_page(Page page, WritePart write) {
    switch (page) {
        case Page::none:
            break;
        case Page::help:
            return print_help(write);
        case Page::version:
            return write(version_line);
        case Page::license:
            return write(license_text);
    }
    return true;
}

}  // namespace core
