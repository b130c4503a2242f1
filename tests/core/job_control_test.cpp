#include "core/job_control.h"

#include <gtest/gtest.h>

namespace {

using core::answer_to_stop;
using core::Foreground;
using core::StopAnswer;
using core::StoppedMainChild;

constexpr int job_stops[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP};

TEST(StoppedMainChild, StopsCppinitsWholeGroupAsTheTerminalWouldHaveDone) {
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
        for (const auto foreground : {Foreground::main_childs, Foreground::somebody_elses}) {
            EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = foreground}), StopAnswer::suspend_group);
        }
    }
    EXPECT_EQ(answer_to_stop({.signal = SIGTSTP, .foreground = Foreground::ours}), StopAnswer::suspend_group);
}

TEST(StoppedMainChild, StopsOnlyCppinitWhereTheTerminalHasStoppedTheRest) {
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
        EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = Foreground::main_childs, .group_has_received = true}),
                  StopAnswer::suspend_cppinit);
    }
}

TEST(StoppedMainChild, AStopThatSomebodySentIsTheShellsBusinessOnlyWhereCppinitIsTheWholeJob) {
    StoppedMainChild stopped{.signal = SIGSTOP, .foreground = Foreground::main_childs};
    EXPECT_EQ(answer_to_stop(stopped), StopAnswer::suspend_cppinit);
    stopped.group_has_received = true;
    EXPECT_EQ(answer_to_stop(stopped), StopAnswer::suspend_cppinit);
    stopped.cppinit_leads_session = true;
    EXPECT_EQ(answer_to_stop(stopped), StopAnswer::none) << "no shell is above it";
    stopped.cppinit_leads_session = stopped.cppinit_leads_group = false;
    EXPECT_EQ(answer_to_stop(stopped), StopAnswer::none) << "a script goes on";
}

TEST(StoppedMainChild, IsLentTheTerminalWhereCppinitsGroupHasIt) {
    for (const int signal : {SIGTTIN, SIGTTOU}) {
        EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = Foreground::ours}), StopAnswer::lend_and_continue);
        EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = Foreground::ours, .may_suspend = false}),
                  StopAnswer::lend_and_continue)
            << "cppinit itself need not sleep for that";
    }
}

TEST(StoppedMainChild, IsLeftAloneWhereCppinitMayNotSleepOrNobodyLooksAtAJob) {
    for (const int signal : job_stops) {
        EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = Foreground::main_childs, .may_suspend = false}),
                  StopAnswer::none);
        EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = Foreground::no_terminal}), StopAnswer::none);
    }
}

TEST(StoppedMainChild, IsLeftAloneWhereATracerHasStoppedIt) {
    for (const auto foreground : {Foreground::ours, Foreground::main_childs}) {
        for (const int signal : job_stops) {
            EXPECT_EQ(answer_to_stop({.signal = signal, .foreground = foreground, .is_traced = true}),
                      StopAnswer::none);
        }
        EXPECT_EQ(answer_to_stop({.signal = SIGTRAP, .foreground = foreground}), StopAnswer::none);
    }
}

TEST(StoppedMainChild, GoesOnWhereItWasContinuedOrWhereACtrlZHasNoEffect) {
    for (const int signal : job_stops) EXPECT_TRUE(core::goes_on(signal, true));
    EXPECT_TRUE(core::goes_on(SIGTSTP, false)) << "nobody could continue an orphaned group";
    for (const int signal : {SIGTTIN, SIGTTOU})
        EXPECT_FALSE(core::goes_on(signal, false)) << "it would be refused again";
}

TEST(NeighbourInTheGroup, IsAnsweredWhereItWasRefusedATerminalThatCanBeGiven) {
    using core::neighbour_wants_terminal;
    for (const int signal : {SIGTTIN, SIGTTOU}) {
        EXPECT_TRUE(neighbour_wants_terminal(signal, true, Foreground::ours));
        EXPECT_TRUE(neighbour_wants_terminal(signal, true, Foreground::main_childs));
        EXPECT_FALSE(neighbour_wants_terminal(signal, true, Foreground::somebody_elses));
        EXPECT_FALSE(neighbour_wants_terminal(signal, true, Foreground::no_terminal));
        EXPECT_FALSE(neighbour_wants_terminal(signal, false, Foreground::ours)) << "somebody sent it";
    }
    EXPECT_FALSE(neighbour_wants_terminal(SIGTSTP, true, Foreground::ours)) << "a Ctrl-Z";
}

}  // namespace
