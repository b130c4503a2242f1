#include "core/personas.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/command_line.h"

namespace {

using core::Leftovers;
using core::Page;
using core::Scope;
using core::Subreaper;
using core::Verbosity;
using testing_support::page_as;
using testing_support::parse_as;
using testing_support::Words;

constexpr const char* every_letter = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789?";

struct Peer {
    const char* name;
    std::string letters;
    std::vector<std::string> long_names;
    const char* version_start;
    Scope scope;
    int not_executable_code;
};

void PrintTo(const Peer& peer, std::ostream* out) {
    *out << peer.name;
}

// By the peers' own help.
const std::vector<Peer>& peers() {
    static const std::vector<std::string> dumb_inits = {"--single-child", "--rewrite", "--verbose", "--help",
                                                        "--version"};
    static const std::vector<Peer> all = {
        {"tini", "hspvwgel", {"--version"}, "tini version 0.19.0 ", Scope::main_child, 126},
        {"tini-static", "hspvwgel", {"--version"}, "tini version 0.19.0 ", Scope::main_child, 126},
        {"docker-init", "hspvwgel", {"--version"}, "tini version 0.19.0 ", Scope::main_child, 126},
        {"dumb-init", "crvhV", dumb_inits, "dumb-init v1.2.5 ", Scope::group, 2},
        {"catatonit", "ghLPV", {"--version"}, "tini version 0.1.7_catatonit ", Scope::main_child, 1},
    };
    return all;
}

/// What the option needs to be complete: a value for those that take one, a program for most.
std::vector<std::string> complete(const std::string& word) {
    if (word == "-p") return {word, "SIGTERM", "x"};
    if (word == "-e") return {word, "143", "x"};
    if (word == "-r" || word == "--rewrite") return {word, "15:2", "x"};
    if (word == "-P") return {word};
    return {word, "x"};
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Name : public testing::TestWithParam<Peer> {};

TEST_P(Name, TakesTheLettersOfThatProgramAndRefusesAllOthers) {
    const Peer& peer = GetParam();
    for (const char letter : std::string(every_letter)) {
        const auto parsed = parse_as(peer.name, {complete(std::string("-") + letter)});
        const bool is_taken = peer.letters.find(letter) != std::string::npos;
        EXPECT_EQ(parsed.ok, is_taken) << letter << ": " << parsed.error;
        EXPECT_EQ(parsed.error.starts_with("unknown option"), !is_taken) << parsed.error;
    }
}

TEST_P(Name, TakesTheLongNamesOfThatProgramAndRefusesAllOthers) {
    const Peer& peer = GetParam();
    for (const core::OptionRow& row : core::option_table) {
        const std::string name(row.name);
        EXPECT_EQ(parse_as(peer.name, {complete(name)}).ok, contains(peer.long_names, name)) << name;
    }
}

TEST_P(Name, HasThatProgramsDefaultsAndExitCodes) {
    const Peer& peer = GetParam();
    const auto parsed = parse_as(peer.name, {{"x", "-g"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, peer.scope);
    EXPECT_EQ(parsed.options.policy.leftovers, Leftovers::leave);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    const auto& persona = core::persona_of(peer.name);
    EXPECT_EQ(persona.failure_code, 1);
    EXPECT_EQ(persona.not_executable_code, peer.not_executable_code);
    EXPECT_EQ(persona.not_found_code, peer.not_executable_code == 126 ? 127 : peer.not_executable_code);
}

TEST_P(Name, HasAVersionLineThatStartsLikeThatProgramsAndNamesCppinit) {
    EXPECT_EQ(parse_as(GetParam().name, {{"--version"}}).options.page, Page::version);
    const std::string line = page_as(GetParam().name, Page::version);
    EXPECT_TRUE(line.starts_with(GetParam().version_start)) << line;
    EXPECT_NE(line.find("cppinit"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
}

TEST_P(Name, HasHelpForOnlyThatProgramsOptions) {
    const Peer& peer = GetParam();
    const std::string help = page_as(peer.name, Page::help);
    EXPECT_TRUE(help.starts_with(std::string("Usage: ") + peer.name + " [OPTION]")) << help;
    for (const char letter : std::string(every_letter)) {
        const bool is_listed = help.find(std::string("\n  -") + letter) != std::string::npos;
        EXPECT_EQ(is_listed, peer.letters.find(letter) != std::string::npos) << letter << " in " << help;
    }
    for (const core::OptionRow& row : core::option_table) {
        const std::string name(row.name);
        EXPECT_EQ(help.find(name) != std::string::npos, contains(peer.long_names, name)) << name << " in " << help;
    }
    EXPECT_EQ(help.find("CPPINIT_"), std::string::npos);
    EXPECT_EQ(help.find("Default:"), std::string::npos);
}

TEST_P(Name, IsTheLastPartOfThePath) {
    Words words({std::string("/usr/local/bin/") + GetParam().name});
    EXPECT_EQ(core::file_name_of(words.data()), GetParam().name);
}

TEST_P(Name, IgnoresCppinitsVariables) {
    const auto parsed =
        parse_as(GetParam().name,
                 {{"x"}, {"CPPINIT_ALL=1", "CPPINIT_GRACE=nonsense", "CPPINIT_VERBOSE=2", "CPPINIT_REWRITE=TERM:INT"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, GetParam().scope);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTERM), SIGTERM);
}

/// A test's name has no hyphen.
std::string test_name(const testing::TestParamInfo<Peer>& peer) {
    std::string name = peer.param.name;
    std::erase(name, '-');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Peers, Name, testing::ValuesIn(peers()), test_name);

TEST(Persona, IsCppinitsOwnUnderEveryOtherName) {
    for (const char* name : {"cppinit", "init", "tini2", "Tini", "tini ", "docker", "", "dumb_init"}) {
        EXPECT_EQ(&core::persona_of(name), &core::own_persona()) << name;
    }
    Words nothing({});
    EXPECT_EQ(core::file_name_of(nothing.data()), "cppinit");
    Words folder({"/usr/bin/"});
    EXPECT_EQ(core::file_name_of(folder.data()), "");
    Words no_file({"/usr/bin/" + std::string(2000, 'x')});
    EXPECT_EQ(core::file_name_of(no_file.data()), std::string(255, 'x')) << "or it would fill each line";
    EXPECT_EQ(core::own_persona().failure_code, 125);
    EXPECT_EQ(core::own_persona().not_executable_code, 126);
    EXPECT_EQ(core::own_persona().not_found_code, 127);
}

TEST(Persona, OfCppinitIgnoresThePeersVariables) {
    const auto parsed = parse_as("cppinit", {{"x"},
                                             {"TINI_SUBREAPER=1", "TINI_VERBOSITY=3", "TINI_KILL_PROCESS_GROUP=1",
                                              "DUMB_INIT_DEBUG=1", "DUMB_INIT_SETSID=0"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.subreaper, Subreaper::tried);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    EXPECT_EQ(parsed.options.policy.scope, Scope::group);
    EXPECT_FALSE(parsed.options.new_session);
}

TEST(Persona, OfOnePeerIgnoresTheVariablesOfAnother) {
    const auto tini = parse_as("tini", {{"x"}, {"DUMB_INIT_DEBUG=1", "DUMB_INIT_SETSID=0"}});
    EXPECT_EQ(tini.options.verbosity, Verbosity::warnings);
    for (const char* name : {"dumb-init", "catatonit"}) {
        const auto parsed = parse_as(name, {{"x"}, {"TINI_VERBOSITY=3", "TINI_KILL_PROCESS_GROUP=1"}});
        EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings) << name;
        EXPECT_EQ(parsed.options.policy.scope, core::persona_of(name).scope) << name;
    }
}

TEST(Persona, OfAPeerIgnoresAnEntryWithoutAName) {
    for (const Peer& peer : peers()) {
        for (const char* entry : {"=3", "=", "=1"}) {
            const auto parsed = parse_as(peer.name, {{"x"}, {entry}});
            ASSERT_TRUE(parsed.ok) << parsed.error;
            EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings) << peer.name << " " << entry;
        }
    }
}

TEST(Tini, IsASubreaperOnlyIfAskedAndFailsIfItCannotBeOne) {
    EXPECT_EQ(parse_as("tini", {{"x"}}).options.subreaper, Subreaper::declined);
    EXPECT_EQ(parse_as("tini", {{"-s", "x"}}).options.subreaper, Subreaper::required);
    // tini asks whether the variable is there, not what it holds.
    for (const char* variable : {"TINI_SUBREAPER=", "TINI_SUBREAPER=1", "TINI_SUBREAPER=0"}) {
        EXPECT_EQ(parse_as("tini", {{"x"}, {variable}}).options.subreaper, Subreaper::required) << variable;
    }
}

TEST(Tini, ForwardsToTheGroupWhenAsked) {
    EXPECT_EQ(parse_as("tini", {{"-g", "x"}}).options.policy.scope, Scope::group);
    EXPECT_EQ(parse_as("tini", {{"x"}, {"TINI_KILL_PROCESS_GROUP="}}).options.policy.scope, Scope::group);
}

TEST(Tini, TakesItsVerbosityFromANumberInTheVariable) {
    const std::pair<const char*, Verbosity> levels[] = {
        {"0", Verbosity::errors},  {"1", Verbosity::warnings}, {"2", Verbosity::information}, {"3", Verbosity::details},
        {"9", Verbosity::details}, {"", Verbosity::errors},    {"x", Verbosity::errors},
    };
    for (const auto& [text, level] : levels) {
        const auto parsed = parse_as("tini", {{"x"}, {std::string("TINI_VERBOSITY=") + text}});
        ASSERT_TRUE(parsed.ok) << parsed.error;
        EXPECT_EQ(parsed.options.verbosity, level) << text;
    }
}

TEST(Tini, TakesSeveralLettersInOneWord) {
    const auto parsed = parse_as("tini", {{"-sgwvve143", "-pSIGTERM", "--", "x", "-s"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.subreaper, Subreaper::required);
    EXPECT_EQ(parsed.options.policy.scope, Scope::group);
    EXPECT_TRUE(parsed.options.warn_on_reap);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::details);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(143), 0);
    EXPECT_EQ(parsed.options.parent_death_signal, SIGTERM);
    EXPECT_EQ(parsed.program, (std::vector<std::string>{"x", "-s"}));
}

TEST(DumbInit, MakesASessionEndsItsGroupAndStopsForTheTerminalsStops) {
    const auto parsed = parse_as("dumb-init", {{"x"}});
    EXPECT_TRUE(parsed.options.new_session);
    EXPECT_TRUE(parsed.options.policy.ends_group);
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
        EXPECT_EQ(parsed.options.policy.rewrites.apply(signal), SIGSTOP) << signal;
    }
}

TEST(DumbInit, MakesNoSessionForASingleChild) {
    const testing_support::Given single[] = {{{"-c", "x"}}, {{"--single-child", "x"}}, {{"x"}, {"DUMB_INIT_SETSID=0"}}};
    for (const auto& given : single) {
        const auto parsed = parse_as("dumb-init", given);
        ASSERT_TRUE(parsed.ok) << parsed.error;
        EXPECT_EQ(parsed.options.policy.scope, Scope::main_child);
        EXPECT_FALSE(parsed.options.new_session);
        EXPECT_FALSE(parsed.options.policy.ends_group);
        EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTSTP), SIGTSTP);
    }
    // Any other value leaves it as it is.
    for (const char* variable : {"DUMB_INIT_SETSID=1", "DUMB_INIT_SETSID=", "DUMB_INIT_SETSID=no"}) {
        EXPECT_TRUE(parse_as("dumb-init", {{"x"}, {variable}}).options.new_session) << variable;
    }
}

TEST(DumbInit, KeepsARewriteThatWasAskedFor) {
    const auto parsed = parse_as("dumb-init", {{"-r", "20:0", "--rewrite=21:21", "-r15:3", "x"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTSTP), std::nullopt);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTTIN), SIGTTIN);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTTOU), SIGSTOP);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTERM), SIGQUIT);
}

TEST(DumbInit, LogsMoreWhenAsked) {
    EXPECT_EQ(parse_as("dumb-init", {{"-v", "x"}}).options.verbosity, Verbosity::information);
    EXPECT_EQ(parse_as("dumb-init", {{"x"}, {"DUMB_INIT_DEBUG=1"}}).options.verbosity, Verbosity::information);
    EXPECT_EQ(parse_as("dumb-init", {{"x"}, {"DUMB_INIT_DEBUG=0"}}).options.verbosity, Verbosity::warnings);
}

TEST(Catatonit, IgnoresAProgramWhenItPauses) {
    for (const testing_support::Given& given : {testing_support::Given{{"-P"}}, testing_support::Given{{"-P", "x"}}}) {
        const auto parsed = parse_as("catatonit", given);
        ASSERT_TRUE(parsed.ok) << parsed.error;
        EXPECT_TRUE(parsed.options.policy.pause);
        EXPECT_EQ(parsed.options.program, nullptr);
    }
    EXPECT_EQ(parse_as("catatonit", {{"-g", "x"}}).options.policy.scope, Scope::group);
}

}  // namespace
