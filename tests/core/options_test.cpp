#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/command_line.h"

namespace {

using core::Options;
using core::Page;
using core::Scope;
using core::Subreaper;
using core::UsageError;
using core::Verbosity;
using testing_support::Given;
using testing_support::parse_as;
using testing_support::Parsed;
using testing_support::Words;

Parsed parse(Given given) {
    return parse_as("cppinit", std::move(given));
}

using Program = std::vector<std::string>;

TEST(CommandLine, HasTheContractsDefaults) {
    const auto parsed = parse({{"prog"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    const core::Policy& policy = parsed.options.policy;
    EXPECT_EQ(policy.scope, Scope::group);
    EXPECT_EQ(policy.leftovers, core::Leftovers::terminate);
    EXPECT_EQ(policy.stop_signals, core::SignalSet::of({SIGTERM, SIGINT}));
    EXPECT_EQ(policy.stop_delay, 0);
    EXPECT_EQ(policy.kill_after, core::never);
    EXPECT_EQ(policy.grace, 5000);
    EXPECT_EQ(policy.timeout, core::never);
    EXPECT_FALSE(policy.pause);
    EXPECT_FALSE(policy.ends_group);
    EXPECT_FALSE(parsed.options.warn_on_reap);
    EXPECT_FALSE(parsed.options.log_json);
    EXPECT_FALSE(parsed.options.new_session);
    EXPECT_EQ(parsed.options.report, nullptr);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    EXPECT_EQ(parsed.options.page, std::nullopt);
    EXPECT_EQ(parsed.options.subreaper, Subreaper::tried);
    EXPECT_EQ(parsed.options.parent_death_signal, std::nullopt);
    EXPECT_EQ(parsed.options.kill_child_signal, std::nullopt);
    EXPECT_EQ(parsed.program, Program{"prog"});
}

TEST(CommandLine, StopsAtTheFirstWordThatIsNotAnOption) {
    EXPECT_EQ(parse({{"-v", "sh", "-c", "x", "-v"}}).program, (Program{"sh", "-c", "x", "-v"}));
    EXPECT_EQ(parse({{"-v", "sh", "-c", "x", "-v"}}).options.verbosity, Verbosity::information);
    EXPECT_EQ(parse({{"--", "-c", "--"}}).program, (Program{"-c", "--"}));
    EXPECT_EQ(parse({{"-", "-c"}}).program, (Program{"-", "-c"}));
    EXPECT_EQ(parse({{""}}).program, Program{""});
}

TEST(CommandLine, TakesLettersTogetherAndApart) {
    const auto parsed = parse({{"-csvv", "-rTERM:QUIT", "-r", "HUP:0", "-pUSR1", "-e143", "-e", "1:2", "x"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, Scope::main_child);
    EXPECT_EQ(parsed.options.subreaper, Subreaper::required);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::details);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTERM), SIGQUIT);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGHUP), std::nullopt);
    EXPECT_EQ(parsed.options.parent_death_signal, SIGUSR1);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(143), 0);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(1), 2);
    EXPECT_EQ(parsed.program, Program{"x"});
}

TEST(CommandLine, TakesLongOptionsWithTheirValueInBothForms) {
    const auto parsed =
        parse({{"--single-child", "--rewrite=USR1:RTMIN+2", "--rewrite", "USR2:none", "--parent-death=9",
                "--kill-child=TERM", "--remap-exit=130:0", "--subreaper", "--quiet", "x"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGUSR1), 36);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGUSR2), std::nullopt);
    EXPECT_EQ(parsed.options.parent_death_signal, SIGKILL);
    EXPECT_EQ(parsed.options.kill_child_signal, SIGTERM);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(130), 0);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::errors);
}

TEST(CommandLine, SetsTheOptionsOfShutdown) {
    const auto parsed = parse({{"-a", "-d", "1.5s", "-k2m", "--leftovers=wait", "-t", "infinity", "x"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, Scope::everything);
    EXPECT_EQ(parsed.options.policy.stop_delay, 1500);
    EXPECT_EQ(parsed.options.policy.kill_after, 120000);
    EXPECT_EQ(parsed.options.policy.leftovers, core::Leftovers::wait);
    EXPECT_EQ(parsed.options.policy.grace, core::never);
    EXPECT_EQ(parse({{"--leftovers", "leave", "x"}}).options.policy.leftovers, core::Leftovers::leave);
    EXPECT_EQ(parse({{"--leftovers", "terminate", "x"}}).options.policy.leftovers, core::Leftovers::terminate);
}

TEST(CommandLine, ShutdownHasTheContractsDefaults) {
    const auto policy = parse({{"x"}}).options.policy;
    EXPECT_EQ(policy.leftovers, core::Leftovers::terminate);
    EXPECT_EQ(policy.grace, 5000);
    EXPECT_EQ(policy.kill_after, core::never);
    EXPECT_EQ(policy.stop_delay, 0);
    EXPECT_FALSE(policy.pause);
}

core::SignalSet stop_signals(Given given) {
    const auto parsed = parse(std::move(given));
    EXPECT_TRUE(parsed.ok) << parsed.error;
    return parsed.options.policy.stop_signals;
}

TEST(CommandLine, TheStopSignalsAreThoseOfTheLastList) {
    EXPECT_EQ(stop_signals({{"x"}}), core::SignalSet::of({SIGTERM, SIGINT}));
    EXPECT_EQ(stop_signals({{"--stop-signals", "QUIT", "x"}}), core::SignalSet::only(SIGQUIT));
    EXPECT_EQ(stop_signals({{"--stop-signals=sigterm,RTMIN+3,3", "x"}}), core::SignalSet::of({SIGTERM, 37, SIGQUIT}));
    EXPECT_EQ(stop_signals({{"--stop-signals=HUP", "--stop-signals=USR1,USR1", "x"}}), core::SignalSet::only(SIGUSR1));
    EXPECT_EQ(stop_signals({{"x"}, {"CPPINIT_STOP_SIGNALS=QUIT,TERM"}}), core::SignalSet::of({SIGQUIT, SIGTERM}));
    EXPECT_EQ(stop_signals({{"--stop-signals=HUP", "x"}, {"CPPINIT_STOP_SIGNALS=QUIT"}}),
              core::SignalSet::only(SIGHUP));
}

TEST(CommandLine, ATimeoutOfZeroIsNoLimit) {
    EXPECT_EQ(parse({{"x"}}).options.policy.timeout, core::never);
    EXPECT_EQ(parse({{"-T", "90s", "x"}}).options.policy.timeout, 90'000);
    EXPECT_EQ(parse({{"--timeout=1.5m", "x"}}).options.policy.timeout, 90'000);
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_TIMEOUT=250ms"}}).options.policy.timeout, 250);
    for (const char* unlimited : {"0", "0ms", "0.0s", "infinity"}) {
        const auto parsed = parse({{"-T", unlimited, "x"}, {"CPPINIT_TIMEOUT=5"}});
        ASSERT_TRUE(parsed.ok) << parsed.error;
        EXPECT_EQ(parsed.options.policy.timeout, core::never) << unlimited;
    }
}

TEST(CommandLine, PauseTakesNoProgram) {
    EXPECT_TRUE(parse({{"-P", "-v"}}).options.policy.pause);
    EXPECT_EQ(parse({{"--pause", "x"}}).error, "unexpected program 'x': --pause does not start one");
    EXPECT_EQ(parse({{"-P", "--", "x"}}).error, "unexpected program 'x': --pause does not start one");
    EXPECT_TRUE(parse({{}, {"CPPINIT_PAUSE=1"}}).options.policy.pause);
}

TEST(CommandLine, AnOptionalValueIsNeverTheNextWord) {
    const auto parsed = parse({{"-K", "TERM"}});
    EXPECT_EQ(parsed.options.kill_child_signal, SIGKILL);
    EXPECT_EQ(parsed.program, Program{"TERM"});
    EXPECT_EQ(parse({{"-KTERM", "x"}}).options.kill_child_signal, SIGTERM);
    EXPECT_EQ(parse({{"--kill-child", "x"}}).options.kill_child_signal, SIGKILL);
}

TEST(CommandLine, TheLastOfTwoConflictingOptionsWins) {
    EXPECT_EQ(parse({{"-g", "-c", "x"}}).options.policy.scope, Scope::main_child);
    EXPECT_EQ(parse({{"-c", "-g", "x"}}).options.policy.scope, Scope::group);
    EXPECT_EQ(parse({{"-v", "-q", "x"}}).options.verbosity, Verbosity::errors);
    EXPECT_EQ(parse({{"-q", "-v", "x"}}).options.verbosity, Verbosity::information);
}

TEST(CommandLine, PagesNeedNoProgramAndWinOverABadEnvironment) {
    EXPECT_EQ(parse({{"-h"}}).options.page, Page::help);
    EXPECT_EQ(parse({{"--help"}}).options.page, Page::help);
    EXPECT_EQ(parse({{"-V"}}).options.page, Page::version);
    EXPECT_EQ(parse({{"--version", "--bogus"}}).options.page, Page::version);
    EXPECT_EQ(parse({{"-l"}}).options.page, Page::license);
    EXPECT_EQ(parse({{"-L"}}).options.page, Page::license);
    EXPECT_EQ(parse({{"--license"}}).options.page, Page::license);
    EXPECT_EQ(parse({{"-h"}, {"CPPINIT_QUIET=maybe"}}).options.page, Page::help);
    EXPECT_EQ(parse({{"--ps"}, {"CPPINIT_QUIET=maybe"}}).options.page, Page::processes);
}

TEST(CommandLine, TheReportGoesToTheFileThatIsNamedLast) {
    EXPECT_EQ(parse({{"x"}}).report, std::nullopt);
    EXPECT_EQ(parse({{"--report", "a b", "x"}}).report, "a b");
    EXPECT_EQ(parse({{"--report=-", "x"}}).report, "-");
    EXPECT_EQ(parse({{"--report", "first", "--report", "last", "x"}}).report, "last");
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_REPORT=/r=1"}}).report, "/r=1");
    EXPECT_EQ(parse({{"--report", "last", "x"}, {"CPPINIT_REPORT=first"}}).report, "last");
    EXPECT_FALSE(parse({{"--report", "", "x"}}).ok);
}

TEST(CommandLine, MayBeCompletelyEmpty) {
    Words nothing({});
    const auto parsed = core::parse(core::own_persona(), nothing.data(), nothing.data());
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, UsageError::Kind::no_program);
}

struct Misuse {
    Given given;
    const char* error;
};

class Misused : public testing::TestWithParam<Misuse> {};

TEST_P(Misused, NamesTheWordAndWhatWasExpected) {
    const auto parsed = parse(GetParam().given);
    EXPECT_FALSE(parsed.ok);
    EXPECT_EQ(parsed.error, GetParam().error);
}

#define OPTION_EXPECTED "an option from the help, or -- before a program of that name"
#define SIGNAL_EXPECTED "a signal, such as TERM, SIGUSR1, RTMIN+3 or a number from 1 to 64"
#define REWRITE_EXPECTED "FROM:TO, two signals; TO may be 'none'; CHLD is not allowed, nor KILL or STOP as FROM"
#define STOP_EXPECTED "signals separated by commas, such as TERM,QUIT; CHLD, KILL and STOP are not allowed"
#define REMAP_EXPECTED "CODE or CODE:NEW, numbers from 0 to 255"
#define DURATION_EXPECTED "a duration, such as 5, 2.5s, 250ms, 2m, 1h or infinity"

INSTANTIATE_TEST_SUITE_P(
    Words, Misused,
    testing::Values(
        Misuse{{{}}, "no program given: expected PROGRAM after the options"},
        Misuse{{{"--"}}, "no program given: expected PROGRAM after the options"},
        Misuse{{{"-v"}}, "no program given: expected PROGRAM after the options"},
        Misuse{{{"-x", "p"}}, "unknown option '-x': expected " OPTION_EXPECTED},
        Misuse{{{"-vx", "p"}}, "unknown option '-vx': expected " OPTION_EXPECTED},
        Misuse{{{"--verb", "p"}}, "unknown option '--verb': expected " OPTION_EXPECTED},
        Misuse{{{"--Verbose", "p"}}, "unknown option '--Verbose': expected " OPTION_EXPECTED},
        Misuse{{{"--=x", "p"}}, "unknown option '--=x': expected " OPTION_EXPECTED},
        Misuse{{{"--a\nb", "p"}}, "unknown option '--a?b': expected " OPTION_EXPECTED},
        Misuse{{{"--group=1", "p"}}, "option '--group=1' does not take a value"},
        Misuse{{{"-r"}}, "option '-r' needs a value: expected FROM:TO"},
        Misuse{{{"--remap-exit"}}, "option '--remap-exit' needs a value: expected CODE[:NEW]"},
        Misuse{{{"-r", "TERM", "p"}}, "bad value 'TERM' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rKILL:TERM", "p"}}, "bad value 'KILL:TERM' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rSTOP:TERM", "p"}}, "bad value 'STOP:TERM' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rCHLD:TERM", "p"}}, "bad value 'CHLD:TERM' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rTERM:CHLD", "p"}}, "bad value 'TERM:CHLD' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-r:", "p"}}, "bad value ':' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rTERM:", "p"}}, "bad value 'TERM:' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-rTERM:INT:HUP", "p"}}, "bad value 'TERM:INT:HUP' for --rewrite: expected " REWRITE_EXPECTED},
        Misuse{{{"-p", "NOPE", "p"}}, "bad value 'NOPE' for --parent-death: expected " SIGNAL_EXPECTED},
        Misuse{{{"--parent-death=", "p"}}, "bad value '' for --parent-death: expected " SIGNAL_EXPECTED},
        Misuse{{{"--kill-child=", "p"}}, "bad value '' for --kill-child: expected " SIGNAL_EXPECTED},
        Misuse{{{"-K0", "p"}}, "bad value '0' for --kill-child: expected " SIGNAL_EXPECTED},
        Misuse{{{"-e", "256", "p"}}, "bad value '256' for --remap-exit: expected " REMAP_EXPECTED},
        Misuse{{{"-e", "1:256", "p"}}, "bad value '1:256' for --remap-exit: expected " REMAP_EXPECTED},
        Misuse{{{"-e", "", "p"}}, "bad value '' for --remap-exit: expected " REMAP_EXPECTED},
        Misuse{{{"-t", "1d", "p"}}, "bad value '1d' for --grace: expected " DURATION_EXPECTED},
        Misuse{{{"--kill-after=", "p"}}, "bad value '' for --kill-after: expected " DURATION_EXPECTED},
        Misuse{{{"-T", "-1", "p"}}, "bad value '-1' for --timeout: expected " DURATION_EXPECTED},
        Misuse{{{"--stop-signals"}}, "option '--stop-signals' needs a value: expected LIST"},
        Misuse{{{"--stop-signals=", "p"}}, "bad value '' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"--stop-signals=TERM,,INT", "p"}},
               "bad value 'TERM,,INT' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"--stop-signals=TERM,", "p"}}, "bad value 'TERM,' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"--stop-signals=none", "p"}}, "bad value 'none' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"--stop-signals=TERM,CHLD", "p"}},
               "bad value 'TERM,CHLD' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"--stop-signals=KILL", "p"}}, "bad value 'KILL' for --stop-signals: expected " STOP_EXPECTED},
        Misuse{{{"p"}, {"CPPINIT_STOP_SIGNALS=STOP,INT"}},
               "bad value 'STOP,INT' for CPPINIT_STOP_SIGNALS: expected " STOP_EXPECTED},
        Misuse{{{"--leftovers=kill", "p"}}, "bad value 'kill' for --leftovers: expected terminate, wait or leave"},
        Misuse{{{"p"}, {"CPPINIT_STOP_DELAY=-1"}},
               "bad value '-1' for CPPINIT_STOP_DELAY: expected " DURATION_EXPECTED},
        Misuse{{{"p"}, {"CPPINIT_QUIET=maybe"}},
               "bad value 'maybe' for CPPINIT_QUIET: expected 1, true, yes, 0, false or no"},
        Misuse{{{"p"}, {"CPPINIT_VERBOSE=3"}},
               "bad value '3' for CPPINIT_VERBOSE: expected 0, 1, 2, true, yes, false or no"},
        Misuse{{{"p"}, {"CPPINIT_REWRITE=TERM:INT,,HUP:0"}},
               "bad value '' for CPPINIT_REWRITE: expected " REWRITE_EXPECTED},
        Misuse{{{"p"}, {"CPPINIT_PARENT_DEATH=none"}},
               "bad value 'none' for CPPINIT_PARENT_DEATH: expected " SIGNAL_EXPECTED}));

TEST(Environment, SetsWhatTheLongOptionsSet) {
    const auto parsed = parse({{"x"},
                               {"PATH=/bin", "CPPINIT_SINGLE_CHILD=1", "CPPINIT_REWRITE=TERM:QUIT,HUP:none",
                                "CPPINIT_SUBREAPER=YES", "CPPINIT_PARENT_DEATH=SIGTERM", "CPPINIT_KILL_CHILD=INT",
                                "CPPINIT_REMAP_EXIT=143,130:1", "CPPINIT_VERBOSE=2"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, Scope::main_child);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTERM), SIGQUIT);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGHUP), std::nullopt);
    EXPECT_EQ(parsed.options.subreaper, Subreaper::required);
    EXPECT_EQ(parsed.options.parent_death_signal, SIGTERM);
    EXPECT_EQ(parsed.options.kill_child_signal, SIGINT);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(143), 0);
    EXPECT_EQ(parsed.options.policy.exit_remap.apply(130), 1);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::details);
}

TEST(Environment, ASwitchThatIsOffChangesNothing) {
    const auto parsed = parse({{"x"}, {"CPPINIT_SUBREAPER=0", "CPPINIT_QUIET=no", "CPPINIT_SINGLE_CHILD=False"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.subreaper, Subreaper::tried);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    EXPECT_EQ(parsed.options.policy.scope, Scope::group);
}

TEST(Environment, AnOptionWithAnOptionalValueIsAlsoASwitch) {
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_KILL_CHILD=1"}}).options.kill_child_signal, SIGKILL);
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_KILL_CHILD=yes"}}).options.kill_child_signal, SIGKILL);
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_KILL_CHILD=0"}}).options.kill_child_signal, std::nullopt);
    EXPECT_EQ(parse({{"x"}, {"CPPINIT_KILL_CHILD=TERM"}}).options.kill_child_signal, SIGTERM);
}

TEST(Environment, AnEmptyVariableCountsAsNotSet) {
    const auto parsed = parse({{"x"},
                               {"CPPINIT_GRACE=", "CPPINIT_REWRITE=", "CPPINIT_KILL_CHILD=", "CPPINIT_REPORT=",
                                "CPPINIT_QUIET=", "CPPINIT_VERBOSE=", "CPPINIT_LEFTOVERS=", "CPPINIT_PARENT_DEATH="}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.grace, core::Policy{}.grace);
    EXPECT_FALSE(parsed.options.kill_child_signal);
    EXPECT_EQ(parsed.report, std::nullopt);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
}

TEST(Environment, SetsTheOptionsOfShutdown) {
    const auto parsed = parse({{"x"},
                               {"CPPINIT_ALL=1", "CPPINIT_STOP_DELAY=1", "CPPINIT_KILL_AFTER=2",
                                "CPPINIT_LEFTOVERS=leave", "CPPINIT_GRACE=300ms"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, Scope::everything);
    EXPECT_EQ(parsed.options.policy.stop_delay, 1000);
    EXPECT_EQ(parsed.options.policy.kill_after, 2000);
    EXPECT_EQ(parsed.options.policy.leftovers, core::Leftovers::leave);
    EXPECT_EQ(parsed.options.policy.grace, 300);
}

TEST(Environment, TheCommandLineWins) {
    const auto parsed = parse({{"-g", "-rTERM:INT", "-q", "-p", "HUP", "x"},
                               {"CPPINIT_SINGLE_CHILD=1", "CPPINIT_REWRITE=TERM:QUIT,USR1:USR2", "CPPINIT_VERBOSE=1",
                                "CPPINIT_PARENT_DEATH=TERM"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.policy.scope, Scope::group);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGTERM), SIGINT);
    EXPECT_EQ(parsed.options.policy.rewrites.apply(SIGUSR1), SIGUSR2);
    EXPECT_EQ(parsed.options.verbosity, Verbosity::errors);
    EXPECT_EQ(parsed.options.parent_death_signal, SIGHUP);
}

TEST(Environment, VariablesThatAreNotOptionsAreIgnored) {
    // Kubernetes names such variables after services; pages and unknown names set nothing.
    const auto parsed =
        parse({{"x"},
               {"CPPINIT_SERVICE_HOST=10.0.0.1", "CPPINIT_PORT=tcp://10.0.0.1:80", "CPPINIT_HELP=1", "CPPINIT_PS=1",
                "CPPINIT_VERSION=9", "CPPINIT_", "CPPINIT_QUIETX=1", "cppinit_quiet=1", "CPPINIT_QUIET"}});
    ASSERT_TRUE(parsed.ok) << parsed.error;
    EXPECT_EQ(parsed.options.verbosity, Verbosity::warnings);
    EXPECT_EQ(parsed.options.page, std::nullopt);
}

}  // namespace
