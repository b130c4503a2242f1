#include "core/job_control.h"

#include <gtest/gtest.h>

// Row by row, the table of docs/DESIGN.md, chapter "The terminal".

namespace {

using core::Foreground;
using core::StopAnswer;
using core::StoppedMainChild;

constexpr int job_stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
constexpr int refusals[] = {SIGTTIN, SIGTTOU};
constexpr Foreground all_foregrounds[] = {Foreground::no_terminal,   Foreground::unreachable, Foreground::ours,
                                          Foreground::main_childs,   Foreground::dead_groups, Foreground::neighbours,
                                          Foreground::somebody_elses};
constexpr Foreground of_others[] = {Foreground::main_childs, Foreground::somebody_elses};

TEST(AnswerToStop, TheWholeJobStopsWithTheMainChild) {
    for (const int signal : job_stops) {
        for (const Foreground foreground : of_others) {
            EXPECT_EQ(core::answer_to_stop({.signal = signal, .foreground = foreground}), StopAnswer::suspend_group);
        }
    }
    // Somebody has sent it: the terminal stops nobody in these cases.
    for (const Foreground foreground : {Foreground::ours, Foreground::dead_groups, Foreground::neighbours}) {
        EXPECT_EQ(core::answer_to_stop({.signal = SIGTSTP, .foreground = foreground}), StopAnswer::suspend_group);
    }
}

TEST(AnswerToStop, OnlyCppinitStopsWhereTheTerminalHasStoppedItsGroup) {
    for (const int signal : job_stops) {
        EXPECT_EQ(core::answer_to_stop(
                      {.signal = signal, .foreground = Foreground::somebody_elses, .group_has_received = true}),
                  StopAnswer::suspend_cppinit);
    }
}

TEST(AnswerToStop, AStopStopsOnlyACppinitThatIsTheWholeJob) {
    for (const Foreground foreground : of_others) {
        StoppedMainChild stopped{.signal = SIGSTOP, .foreground = foreground};
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::suspend_cppinit);
        stopped.cppinit_leads_group = false;
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::none) << "a script goes on";
        stopped.cppinit_leads_group = true;
        stopped.cppinit_leads_session = true;
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::none) << "no shell is above it";
    }
}

TEST(AnswerToStop, WhoeverIsRefusedTheTerminalIsLentItIfTheJobHasIt) {
    for (const int signal : refusals) {
        for (const Foreground foreground : {Foreground::ours, Foreground::dead_groups, Foreground::neighbours}) {
            StoppedMainChild stopped{.signal = signal, .foreground = foreground};
            EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::lend_and_continue);
            stopped.may_suspend = false;
            EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::lend_and_continue);
        }
    }
}

TEST(AnswerToStop, WhoeverWasRefusedATerminalThatHasHungUpGoesOn) {
    for (const int signal : refusals) {
        StoppedMainChild stopped{.signal = signal, .foreground = Foreground::no_terminal};
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::continue_it);
        stopped.may_suspend = false;
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::continue_it);
        stopped.foreground = Foreground::unreachable;
        EXPECT_EQ(core::answer_to_stop(stopped), StopAnswer::none) << "it may be refused again, for ever";
    }
}

TEST(AnswerToStop, WithoutATerminalThereIsNoJob) {
    for (const Foreground foreground : {Foreground::no_terminal, Foreground::unreachable}) {
        for (const int signal : {SIGTSTP, SIGSTOP}) {
            EXPECT_EQ(core::answer_to_stop({.signal = signal, .foreground = foreground}), StopAnswer::none);
        }
    }
}

TEST(AnswerToStop, CppinitStaysAwakeWhereTheLifecycleNeedsIt) {
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP}) {
        for (const Foreground foreground : of_others) {
            EXPECT_EQ(core::answer_to_stop({.signal = signal, .foreground = foreground, .may_suspend = false}),
                      StopAnswer::none);
        }
    }
}

TEST(AnswerToStop, APtraceStopIsNotAJobs) {
    for (const int signal : {SIGUSR1, SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP}) {
        for (const Foreground foreground : all_foregrounds) {
            EXPECT_EQ(core::answer_to_stop({.signal = signal, .foreground = foreground, .is_traced_by_cppinit = true}),
                      StopAnswer::none);
        }
    }
    // Whatever /proc says about the tracer, or without /proc.
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        if (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU || signal == SIGSTOP) continue;
        EXPECT_EQ(core::answer_to_stop({.signal = signal, .foreground = Foreground::main_childs}), StopAnswer::none);
    }
}

TEST(IsMainChilds, WhetherItHasTheForegroundOrHasDiedWithIt) {
    EXPECT_TRUE(core::is_main_childs(Foreground::main_childs));
    EXPECT_TRUE(core::is_main_childs(Foreground::dead_groups));
    for (const Foreground foreground : {Foreground::no_terminal, Foreground::unreachable, Foreground::ours,
                                        Foreground::neighbours, Foreground::somebody_elses}) {
        EXPECT_FALSE(core::is_main_childs(foreground));
    }
}

TEST(NeighbourWantsTerminal, IsTheTerminalsRefusalOfIt) {
    for (const int signal : refusals) {
        EXPECT_TRUE(core::neighbour_wants_terminal(signal, true));
        EXPECT_FALSE(core::neighbour_wants_terminal(signal, false)) << "somebody has sent it";
    }
    EXPECT_FALSE(core::neighbour_wants_terminal(SIGTSTP, true)) << "a key";
}

TEST(CanBeGivenToNeighbour, WhereTheJobHasIt) {
    for (const Foreground foreground :
         {Foreground::ours, Foreground::main_childs, Foreground::dead_groups, Foreground::neighbours}) {
        EXPECT_TRUE(core::can_be_given_to_neighbour(foreground));
    }
    for (const Foreground foreground : {Foreground::no_terminal, Foreground::unreachable, Foreground::somebody_elses}) {
        EXPECT_FALSE(core::can_be_given_to_neighbour(foreground));
    }
}

TEST(GoesOnUnsuspended, OnlyAfterAKeyThatHasNobodyToStop) {
    EXPECT_TRUE(core::goes_on_unsuspended(SIGTSTP));
    for (const int signal : refusals) EXPECT_FALSE(core::goes_on_unsuspended(signal)) << "it would be refused again";
    EXPECT_FALSE(core::goes_on_unsuspended(SIGSTOP));
}

}  // namespace
