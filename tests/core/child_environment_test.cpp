#include "core/child_environment.h"

#include <gtest/gtest.h>

#include "command_line.h"

namespace {

using Entries = std::vector<std::string>;

Entries entries_of(testing_support::Words& environment) {
    Entries entries;
    for (char** entry = environment.data(); *entry != nullptr; ++entry) entries.emplace_back(*entry);
    return entries;
}

Entries without_own(const Entries& entries) {
    testing_support::Words environment(entries);
    core::remove_own_variables(environment.data());
    return entries_of(environment);
}

/// cppinit is process 7 and starts process 4194304.
Entries for_main_child(const Entries& entries) {
    testing_support::Words environment(entries);
    core::EntriesForMainChild room;
    core::name_main_child(environment.data(), 7, 4194304, room);
    return entries_of(environment);
}

TEST(ChildEnvironment, FindsTheFirstEntryOfAVariable) {
    testing_support::Words environment(Entries{"PATHS=x", "PATH", "PATH=/a=b", "PATH=/c", "EMPTY="});
    EXPECT_EQ(core::value_of(environment.data(), "PATH"), "/a=b");
    EXPECT_EQ(core::value_of(environment.data(), "EMPTY"), "");
    EXPECT_EQ(core::value_of(environment.data(), "HOME"), std::nullopt);
}

TEST(ChildEnvironment, LacksTheVariablesOfCppinitAndKeepsTheOrderOfTheRest) {
    EXPECT_EQ(without_own({"CPPINIT_GRACE=1s", "B=2", "CPPINIT_REWRITE=", "A=1", "CPPINIT_PAUSE=1"}),
              (Entries{"B=2", "A=1"}));
    EXPECT_EQ(without_own({"CPPINIT_VERBOSE=1"}), Entries{});
    EXPECT_EQ(without_own({}), Entries{});
}

TEST(ChildEnvironment, KeepsVariablesThatCppinitDoesNotRead) {
    const Entries entries{"CPPINIT_SERVICE_HOST=10.0.0.1",
                          "CPPINIT_=",
                          "CPPINIT_HELP=1",
                          "CPPINIT_PS=1",
                          "CPPINIT_GRACE",
                          "cppinit_grace=1s",
                          "CPPINIT_GRACES=1s",
                          "TINI_SUBREAPER=1"};
    EXPECT_EQ(without_own(entries), entries);
}

TEST(ChildEnvironment, NamesTheMainChildWhereItNamedCppinit) {
    EXPECT_EQ(for_main_child({"LISTEN_FDS=2", "LISTEN_PID=7", "WATCHDOG_PID=7", "WATCHDOG_USEC=5", "LISTEN_PID=7"}),
              (Entries{"LISTEN_FDS=2", "LISTEN_PID=4194304", "WATCHDOG_PID=4194304", "WATCHDOG_USEC=5",
                       "LISTEN_PID=4194304"}));
}

TEST(ChildEnvironment, LacksThePidfdThatNamedCppinit) {
    EXPECT_EQ(for_main_child({"LISTEN_PIDFDID=3", "LISTEN_PID=7", "LISTEN_FDNAMES=a"}),
              (Entries{"LISTEN_PID=4194304", "LISTEN_FDNAMES=a"}));
    EXPECT_EQ(for_main_child({"WATCHDOG_PID=7", "LISTEN_PIDFDID=3"}), (Entries{"WATCHDOG_PID=4194304"}));
}

TEST(ChildEnvironment, KeepsVariablesThatNameAnotherProcess) {
    const Entries entries{
        "LISTEN_PID=77", "LISTEN_PIDFDID=3", "WATCHDOG_PID=", "WATCHDOG_PID=7x", "LISTEN_PIDS=7", "LISTEN_PID"};
    EXPECT_EQ(for_main_child(entries), entries);
}

}  // namespace
