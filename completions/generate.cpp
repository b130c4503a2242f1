// Prints what the option table has to say to others than the parser: generate bash | zsh | fish | rows.
//
// The first three are the shells' completions; `./dev completions` writes them into the files beside this one. `rows`
// is for the tests of the documents: a line for each option as the help writes it, a tab, and its variable.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/option_table.h"
#include "core/options.h"
#include "core/signals.h"

namespace {

using core::Argument;
using Row = core::OptionRow;

void print(std::string_view text) {
    fwrite(text.data(), 1, text.size(), stdout);
}

template <class... Parts>
void print(std::string_view first, std::string_view second, Parts... rest) {
    print(first);
    print(second, rest...);
}

/// The text with `before` in front of each of these bytes, as a shell wants them inside of its quotes.
void print_quoted(std::string_view text, std::string_view bytes, std::string_view before) {
    for (const char& byte : text) {
        if (bytes.contains(byte)) print(before);
        print({&byte, 1});
    }
}

bool is_repeatable(const Row& row) {
    return row.variable == core::Variable::list || row.option == core::Option::verbose;
}

/// The summary as a shell shows it, without the full stop.
std::string_view description_of(const Row& row) {
    const std::string_view summary = row.summary;
    return summary.substr(0, summary.size() - 1);
}

std::string_view bare_name(const Row& row) {
    return row.name.substr(2);
}

void print_variable(const Row& row) {
    print(core::variable_prefix);
    for (const char byte : bare_name(row)) putchar(byte == '-' ? '_' : byte - 'a' + 'A');
}

/// The signals that every value takes. KILL and STOP never arrive, and CHLD is never forwarded.
void print_common_signals() {
    const core::SignalSet left_out = core::SignalSet::of({SIGKILL, SIGSTOP, SIGCHLD});
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        const core::SignalName text(signal);
        const std::string_view name = text;
        // 32 and 33 have no name.
        if (left_out.contains(signal) || (name[0] >= '0' && name[0] <= '9')) continue;
        print(signal == 1 ? "" : " ", name);
    }
}

/// What completes a value, under the name that the help gives it.
struct Value {
    std::string_view name;
    std::string_view zsh;
    std::string_view fish;
};

constexpr Value values[] = {
    {"FROM:TO", "_cppinit_rewrite", "-x -a '(__cppinit_rewrites)'"},
    {"SIGNAL", "_cppinit_signal", "-x -a \"$__cppinit_signals KILL STOP CHLD\""},
    {"LIST", "_cppinit_signal_list", "-x -a '(__cppinit_signal_list)'"},
    {"DURATION", "(infinity)", "-x -a infinity"},
    {"POLICY", "(terminate wait leave)", "-x -a 'terminate wait leave'"},
    {"CODE[:NEW]", " ", "-x"},
    {"FORMAT", "(text json)", "-x -a 'text json'"},
    {"FILE", "_files", "-r -F"},
};

const Value& value_of(const Row& row) {
    for (const Value& value : values) {
        if (value.name == row.value_name) return value;
    }
    fprintf(stderr, "generate: the value of %s has no completion\n", row.name.data());
    exit(1);
}

template <class Use>
void for_each_row(Use use) {
    for (const Row& row : core::option_table) use(row);
}

template <class Use>
void for_each_letter(const Row& row, Use use) {
    for (const char& letter : row.letters) use(std::string_view(&letter, 1));
}

/// The letters of all options whose argument is this.
void print_letters(Argument argument) {
    for_each_row([&](const Row& row) {
        if (row.argument == argument) print(row.letters);
    });
}

void print_heading() {
    print("# Completion for cppinit(1). Made by completions/generate.cpp; `./dev completions` makes it anew.\n");
}

// ---- bash ----

void print_bash() {
    print_heading();
    print(R"(# shellcheck shell=bash

_cppinit() {
    local options signals i word option value program kind choices
    options=')");
    for_each_row([](const Row& row) {
        for_each_letter(row, [](std::string_view letter) { print("-", letter, " "); });
        print(row.name, row.argument == Argument::optional ? " " : "");
        if (row.argument == Argument::optional) print(row.name, "=");
        print(row.option == core::Option::license ? "" : " ");
    });
    print("'\n    # What arrives and is forwarded; a value may also be one of KILL, STOP and CHLD.\n    signals='");
    print_common_signals();
    print(R"('

    # bash takes words apart at "=" and ":". Here they are whole; starts has the place of each in COMP_WORDS.
    local words=() starts=()
    for ((i = 0; i <= COMP_CWORD; ++i)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == [=:]* || ${COMP_WORDS[i - 1]} == [=:]* ]]; then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
            starts+=("$i")
        fi
    done
    local last=$((${#words[@]} - 1))

    option='' value='' program=''
    for ((i = 1; i <= last; ++i)); do
        word=${words[i]}
        if [[ -n $option ]]; then
            # The value of the option before it.
            if ((i == last)); then value=$word; else option=''; fi
        elif [[ $word == -- ]] && ((i < last)); then
            program=$((i + 1))
            break
        elif [[ $word == --*=* ]]; then
            if ((i == last)); then option=${word%%=*} value=${word#*=}; fi
        elif [[ $word == --* ]]; then
            case $word in
                )");
    bool is_first = true;
    for_each_row([&](const Row& row) {
        if (row.argument != Argument::required) return;
        print(is_first ? "" : " | ", row.name);
        is_first = false;
    });
    print(R"() if ((i < last)); then option=$word; fi ;;
            esac
        elif [[ $word =~ ^-[)");
    print_letters(Argument::none);
    print("]*([");
    print_letters(Argument::required);
    print_letters(Argument::optional);
    print(R"(])(.*)$ ]]; then
            if [[ -n ${BASH_REMATCH[2]} ]]; then
                if ((i == last)); then option=-${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}; fi
            elif [[ ${BASH_REMATCH[1]} == [)");
    print_letters(Argument::required);
    print(R"(] ]] && ((i < last)); then
                option=-${BASH_REMATCH[1]}
            fi
        elif [[ $word != -* ]]; then
            program=$i
            break
        fi
    done

    if [[ -n $program ]]; then
        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset "${starts[program]}"
        elif declare -F _command_offset >/dev/null; then
            _command_offset "${starts[program]}"
        elif ((program == last)); then
            mapfile -t COMPREPLY < <(compgen -c -- "${words[last]}")
        else
            # Without bash-completion nothing is known about the program: its arguments may be files.
            COMPREPLY=()
            compopt -o default
        fi
        return
    fi

    kind='' choices=''
    case $option in
        '') choices=$options value=${words[last]} ;;
)");
    for_each_row([](const Row& row) {
        if (row.argument == Argument::none) return;
        print("        ");
        for_each_letter(row, [](std::string_view letter) { print("-", letter, " | "); });
        print(row.name, ") kind='", value_of(row).name, "' ;;\n");
    });
    print(R"(    esac
    case $kind in
        SIGNAL) choices="$signals KILL STOP CHLD" ;;
        LIST) choices=$signals value=${value##*,} ;;
        FROM:TO)
            if [[ $value == *:* ]]; then
                choices="$signals KILL STOP none" value=${value#*:}
            else
                choices="${signals// /: }:"
            fi
            ;;
        DURATION) choices=infinity ;;
        POLICY) choices='terminate wait leave' ;;
        FORMAT) choices='text json' ;;
    esac
    if [[ $kind == FILE ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$value")
    else
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$value")
        # More can follow.
        if [[ $kind == LIST || ${COMPREPLY[0]} == *[=:] ]]; then compopt -o nospace; fi
    fi

    # What bash is to put in the place of the last piece alone.
    local before=${words[last]%"$value"} kept=${words[last]}
    if [[ ${COMP_WORDS[COMP_CWORD]} != [=:]* ]]; then kept=${kept%"${COMP_WORDS[COMP_CWORD]}"}; fi
    COMPREPLY=("${COMPREPLY[@]/#/"$before"}")
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}

complete -F _cppinit cppinit
)");
}

// ---- zsh ----

void print_zsh() {
    print("#compdef cppinit\n");
    print_heading();
    print(R"(
# What arrives and is forwarded; a value may also be one of KILL, STOP and CHLD.
local -a signals=()");
    print_common_signals();
    print(R"()
local -a all=($signals KILL STOP CHLD) forwarded=($signals KILL STOP none)

_cppinit_signal() { _wanted signals expl signal compadd -a all }

_cppinit_signal_list() { _values -s , signal $signals }

_cppinit_rewrite() {
    if compset -P '*:'; then
        _wanted signals expl 'signal to forward' compadd -a forwarded
    else
        _wanted signals expl 'signal that arrives' compadd -S : -a signals
    fi
}

# What follows the first word that is not an option belongs to the program.
_arguments -s -S -A '-*' : \
)");
    for_each_row([](const Row& row) {
        print("    ");
        if (row.variable == core::Variable::none) {
            print("'(- : *)'");
        } else if (is_repeatable(row)) {
            print("'*'");
        } else if (!row.letters.empty()) {
            print("'(-", row.letters, " ", row.name, ")'");
        }
        // After a letter the value may hang on it or be the next word ("+"), or must hang on it ("-").
        const bool is_optional = row.argument == Argument::optional;
        const std::string_view after_letter = row.argument == Argument::none ? "" : is_optional ? "-" : "+";
        const std::string_view after_name = row.argument == Argument::none ? "" : is_optional ? "=-" : "=";
        if (!row.letters.empty()) print("{");
        for_each_letter(row, [&](std::string_view letter) { print("-", letter, after_letter, ","); });
        print(row.name, after_name, row.letters.empty() ? "" : "}", "'[");
        for (const char& byte : description_of(row)) {
            if (byte == '\'') print("'\\'");
            print(std::string_view("[]:").contains(byte) ? "\\" : "", {&byte, 1});
        }
        print("]");
        if (row.argument != Argument::none) {
            print(is_optional ? "::" : ":");
            print_quoted(row.value_name, ":", "\\");
            print(":", value_of(row).zsh);
        }
        print("' \\\n");
    });
    print(R"(    '(-):program: _command_names -e' \
    '*::argument: _normal'
)");
}

// ---- fish ----

void print_fish() {
    print_heading();
    print(R"(
# What arrives and is forwarded; a value may also be one of KILL, STOP and CHLD.
set -g __cppinit_signals )");
    print_common_signals();
    print(R"(

# The program and its arguments up to the cursor. Fails where the cursor is still among the options.
function __cppinit_program
    set -l words (commandline -opc) (commandline -ct)
    set -e words[1]
    while set -q words[2]
        switch $words[1]
            case --
                set -e words[1]
                break
            case)");
    for_each_row([](const Row& row) {
        if (row.argument == Argument::required) print(" ", row.name);
    });
    print(R"(
                set -e words[1]
            case -
                break
            case '-*'
                if string match -qr -- '^-[)");
    print_letters(Argument::none);
    print("]*[");
    print_letters(Argument::required);
    print(R"(]$' $words[1]
                    set -e words[1]
                end
            case '*'
                break
        end
        set -e words[1]
    end
    set -q words[1]; and not string match -q -- '-*' $words[1]; and printf '%s\n' $words
end

function __cppinit_signal_list
    set -l before (commandline -ct | string replace -r -- '^--stop-signals=' '' | string match -r -- '^.*,')
    if set -q before[1]
        printf '%s\n' $before$__cppinit_signals
    else
        printf '%s\n' $__cppinit_signals
    end
end

function __cppinit_rewrites
    set -l from (commandline -ct | string replace -r -- '^(--rewrite=|-[a-zA-Z]*?r)' '' | string match -r -- '^[^:]+:')
    if set -q from[1]
        printf '%s\n' $from$__cppinit_signals {$from}KILL {$from}STOP {$from}none
    else
        printf '%s\n' $__cppinit_signals:
    end
end

complete -c cppinit -f
complete -c cppinit -n __cppinit_program -a '(__fish_complete_subcommand --commandline (__cppinit_program))'
)");
    for_each_row([](const Row& row) {
        print("complete -c cppinit -n 'not __cppinit_program'");
        for_each_letter(row, [](std::string_view letter) { print(" -s ", letter); });
        print(" -l ", bare_name(row));
        if (row.argument == Argument::required) print(" ", value_of(row).fish);
        // Without -r or -x the value must hang on the option.
        if (row.argument == Argument::optional) print(value_of(row).fish.substr(2));
        print(" -d '");
        print_quoted(description_of(row), "'\\", "\\");
        print("'\n");
    });
}

// ---- rows ----

void print_rows() {
    for_each_row([](const Row& row) {
        for_each_letter(row, [](std::string_view letter) { print("-", letter, ", "); });
        const bool is_optional = row.argument == Argument::optional;
        print(row.name);
        if (row.argument != Argument::none) print(is_optional ? "[=" : " ", row.value_name, is_optional ? "]" : "");
        print("\t");
        if (row.variable != core::Variable::none) print_variable(row);
        print("\n");
    });
}

}  // namespace

int main(int argc, char** argv) {
    const struct {
        const char* name;
        void (*print)();
    } products[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}, {"rows", print_rows}};
    for (const auto& product : products) {
        if (argc != 2 || strcmp(argv[1], product.name) != 0) continue;
        product.print();
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fprintf(stderr, "generate: expected bash, zsh, fish or rows\n");
    return 2;
}
