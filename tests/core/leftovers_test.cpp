#include "core/leftovers.h"

#include <gtest/gtest.h>

namespace {

using core::ProcStat;
using core::Reached;
using core::SignalSet;
using core::SignalSets;
using core::StopReach;
using core::Target;

constexpr int main_group = 7;
constexpr SignalSets nothing_special{};

constexpr StopReach reach(int signal, Target target) {
    return {signal, target, 1000};
}

ProcStat process_in(int group, core::Milliseconds started_at = 0) {
    ProcStat process;
    process.pid = 5;
    process.group = group;
    process.started_at = started_at;
    return process;
}

bool reached_by_term(Target target, const ProcStat& process) {
    return core::was_reached({.term = reach(SIGTERM, target)}, main_group, process, nothing_special);
}

TEST(WasReached, MembersOfTheGroupByASignalToTheGroup) {
    for (const Target target : {Target::group, Target::group_leftovers}) {
        EXPECT_TRUE(reached_by_term(target, process_in(7)));
        EXPECT_FALSE(reached_by_term(target, process_in(8))) << "it has left the group (setsid)";
    }
}

TEST(WasReached, EveryProcessByASignalToEverything) {
    EXPECT_TRUE(reached_by_term(Target::everything, process_in(7)));
    EXPECT_TRUE(reached_by_term(Target::everything, process_in(8)));
}

TEST(WasReached, NoLeftoverByASignalToTheMainChild) {
    EXPECT_FALSE(reached_by_term(Target::main_child, process_in(7)));
}

TEST(WasReached, NoLeftoverIfNoStopSignalWasForwarded) {
    EXPECT_FALSE(core::was_reached({}, main_group, process_in(7), nothing_special));
}

TEST(WasReached, NoLeftoverByASignalToAGroupThatDoesNotExist) {
    const Reached reached{.term = reach(SIGTERM, Target::group)};
    EXPECT_FALSE(core::was_reached(reached, std::nullopt, process_in(0), nothing_special));
}

TEST(WasReached, NotAProcessThatStartedLater) {
    EXPECT_TRUE(reached_by_term(Target::group, process_in(7, 1000)));
    EXPECT_FALSE(reached_by_term(Target::group, process_in(7, 1010)));
}

TEST(WasReached, ByAnotherSignalUnlessItIsIgnored) {
    const Reached reached{.other = reach(SIGINT, Target::group)};
    EXPECT_TRUE(core::was_reached(reached, main_group, process_in(7), nothing_special));
    const SignalSets background_job{.ignored = SignalSet::of({SIGINT, SIGQUIT})};
    EXPECT_FALSE(core::was_reached(reached, main_group, process_in(7), background_job));
    EXPECT_FALSE(core::was_reached(reached, main_group, process_in(8), nothing_special));
}

TEST(WasReached, ByARealTimeSignalUnlessItIsIgnored) {
    const Reached reached{.other = reach(38, Target::everything)};
    EXPECT_TRUE(core::was_reached(reached, main_group, process_in(7), nothing_special));
    EXPECT_FALSE(core::was_reached(reached, main_group, process_in(7), SignalSets{.ignored = SignalSet::only(38)}));
}

TEST(WasReached, OnlyByTermIfTheIgnoredSignalsAreUnknown) {
    EXPECT_FALSE(core::was_reached({.other = reach(SIGINT, Target::group)}, main_group, process_in(7), std::nullopt));
    EXPECT_TRUE(core::was_reached({.term = reach(SIGTERM, Target::group)}, main_group, process_in(7), std::nullopt));
}

TEST(WasReached, ByTermWhateverElseCameWithIt) {
    const Reached reached{.term = reach(SIGTERM, Target::group), .other = reach(SIGINT, Target::main_child)};
    EXPECT_TRUE(core::was_reached(reached, main_group, process_in(7), nothing_special));
    const Reached reversed{.term = reach(SIGTERM, Target::main_child), .other = reach(SIGINT, Target::group)};
    EXPECT_TRUE(core::was_reached(reversed, main_group, process_in(7), nothing_special));
}

ProcStat shell_on_terminal() {
    ProcStat process;
    process.pid = process.group = process.session = 5;
    process.has_terminal = true;
    return process;
}

TEST(IsHungUp, AnInteractiveShell) {
    const SignalSets shell{.ignored = SignalSet::only(SIGTERM), .caught = SignalSet::only(SIGHUP)};
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), shell));
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), nothing_special));
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), std::nullopt)) << "gVisor";
}

TEST(IsHungUp, NotAProcessThatDoesNotLeadASessionWithATerminal) {
    ProcStat member = shell_on_terminal();
    member.session = 4;
    EXPECT_FALSE(core::is_hung_up(member, nothing_special));
    ProcStat daemon = shell_on_terminal();
    daemon.has_terminal = false;
    EXPECT_FALSE(core::is_hung_up(daemon, nothing_special));
}

TEST(IsHungUp, NotAProcessThatWouldDieDuringItsCleanUp) {
    const SignalSet term = SignalSet::only(SIGTERM);
    const SignalSet both = SignalSet::of({SIGTERM, SIGHUP});
    EXPECT_FALSE(core::is_hung_up(shell_on_terminal(), SignalSets{.caught = term}));
    EXPECT_FALSE(core::is_hung_up(shell_on_terminal(), SignalSets{.blocked = term})) << "sigwait(3)";
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), SignalSets{.caught = both}));
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), SignalSets{.blocked = both}));
    EXPECT_FALSE(core::is_hung_up(shell_on_terminal(), SignalSets{.blocked = SignalSet::all(), .caught = term}))
        << "dash that waits for a child";
    EXPECT_TRUE(core::is_hung_up(shell_on_terminal(), SignalSets{.ignored = SignalSet::only(SIGHUP), .caught = term}));
}

ProcStat guest(core::Milliseconds started_at, bool has_executed) {
    ProcStat process = process_in(0, started_at);
    process.parent = 0;
    process.has_executed = has_executed;
    return process;
}

TEST(IsEntering, AGuestInItsFirstTenthOfASecond) {
    EXPECT_TRUE(core::is_entering(guest(1000, true), 1000));
    EXPECT_TRUE(core::is_entering(guest(1000, true), 1099));
    EXPECT_FALSE(core::is_entering(guest(1000, true), 1100));
}

TEST(IsEntering, AGuestThatHasNotExecutedItsProgramForUpToASecond) {
    EXPECT_TRUE(core::is_entering(guest(1000, false), 1999));
    EXPECT_FALSE(core::is_entering(guest(1000, false), 2000));
}

TEST(IsGuest, NoProcessWithAParentInTheNamespace) {
    ProcStat process = guest(1000, false);
    EXPECT_TRUE(process.is_guest());
    process.parent = 1;
    EXPECT_FALSE(process.is_guest());
}

TEST(IsEntering, NoGuestIfTheTimeIsUnknown) {
    EXPECT_FALSE(core::is_entering(guest(1000, false), core::never));
}

}  // namespace
