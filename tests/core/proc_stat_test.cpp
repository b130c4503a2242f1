#include "core/proc_stat.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using core::parse_signal_sets;
using core::parse_stat;
using core::ProcStat;

// Its flags are those of most processes: PF_RANDOMIZE.
constexpr unsigned ordinary_flags = 0x40'0000;

std::string stat_line(const std::string& name, unsigned flags = ordinary_flags) {
    return "4242 (" + name + ") S 17 99 98 0 -1 " + std::to_string(flags) +
           " 100 0 0 0 1 2 3 4 20 0 1 0 123456 1000 200 18446744073709551615 1 1 0 0 0 0 "
           "65536 "
           "16386 134217728 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

TEST(ParseStat, ReadsTheFieldsThatProc5Numbers) {
    const auto stat = parse_stat(stat_line("sh"));
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->pid, 4242);
    EXPECT_EQ(stat->parent, 17);
    EXPECT_EQ(stat->group, 99);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->threads, 1);
    EXPECT_EQ(stat->started_at, 1234560);
    EXPECT_EQ(stat->session, 98);
    EXPECT_FALSE(stat->has_terminal);
    EXPECT_FALSE(stat->is_kernel_thread);
    EXPECT_TRUE(stat->has_executed);
}

TEST(ParseStat, ReadsTheKernelsFlags) {
    // As Linux 6.1 shows a kworker: PF_WQ_WORKER, PF_FORKNOEXEC, PF_NOFREEZE, PF_KTHREAD and PF_NO_SETAFFINITY.
    const auto kernel_thread = parse_stat(stat_line("kworker/0:0", 69238880));
    ASSERT_TRUE(kernel_thread);
    EXPECT_TRUE(kernel_thread->is_kernel_thread);
    EXPECT_FALSE(kernel_thread->can_be_ended());

    const auto forked = parse_stat(stat_line("runc:[2:INIT]", ordinary_flags | 0x40));
    ASSERT_TRUE(forked);
    EXPECT_FALSE(forked->has_executed);
    EXPECT_FALSE(forked->is_kernel_thread);
    EXPECT_TRUE(forked->can_be_ended());
}

TEST(ParseStat, IsNotMisledByNames) {
    for (const char* name : {"", ") R 1 1", "a b", "((", ") S 1 2 3 ", "a\nb", "x) Z 1"}) {
        const auto stat = parse_stat(stat_line(name));
        ASSERT_TRUE(stat) << name;
        EXPECT_EQ(stat->parent, 17) << name;
        EXPECT_EQ(core::name_in(stat_line(name)), name);
    }
}

TEST(NameIn, IsEmptyWhereThereIsNone) {
    for (const char* line : {"", "4242", "4242 (sh", ")("}) EXPECT_EQ(core::name_in(line), "") << line;
}

TEST(ParseStat, RefusesWhatIsCut) {
    const std::string line = stat_line("sh");
    EXPECT_FALSE(parse_stat(""));
    EXPECT_FALSE(parse_stat("4242"));
    EXPECT_FALSE(parse_stat("4242 (sh"));
    EXPECT_FALSE(parse_stat("4242 (sh) "));
    EXPECT_FALSE(parse_stat(line.substr(0, 55)));
    EXPECT_FALSE(parse_stat("0 (sh" + line.substr(line.find(')')))) << "nobody has this number";
    EXPECT_FALSE(parse_stat("x (sh) S 1 2 3"));
}

TEST(ProcStat, KnowsTheLeaderOfASessionWithATerminal) {
    const auto terminal = parse_stat("98 (sh) S 17 98 98 34816 98 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0");
    ASSERT_TRUE(terminal);
    EXPECT_TRUE(terminal->leads_session_with_terminal());
    const auto member = parse_stat("99 (sh) S 98 99 98 34816 98 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0");
    ASSERT_TRUE(member);
    EXPECT_FALSE(member->leads_session_with_terminal());
    const auto without = parse_stat("98 (sh) S 17 98 98 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0");
    ASSERT_TRUE(without);
    EXPECT_FALSE(without->leads_session_with_terminal());
}

TEST(ProcStat, OneWhoseFirstThreadHasEndedIsNotDead) {
    EXPECT_TRUE((ProcStat{.state = 'Z', .threads = 1}).is_dead());
    EXPECT_FALSE((ProcStat{.state = 'Z', .threads = 2}).is_dead());
    EXPECT_FALSE((ProcStat{.state = 'D', .threads = 1}).is_dead());
    EXPECT_FALSE(ProcStat{}.is_dead()) << "one that /proc does not show";
}

TEST(ProcStat, ATracedProcessIsNotStopped) {
    EXPECT_TRUE((ProcStat{.state = 'T'}).is_stopped());
    EXPECT_FALSE((ProcStat{.state = 't'}).is_stopped());
}

TEST(ParseSignalSets, ReadsWhatIsBlockedIgnoredAndCaught) {
    const auto sets = parse_signal_sets(
        "Name:\tbash\nPid:\t7\nSigPnd:\t0000000000000000\nSigBlk:\t8000000000000000\nSigIgn:\t0000000000384004\n"
        "SigCgt:\t000000004b813efb\nCapInh:\t0000000000000000\n");
    ASSERT_TRUE(sets);
    EXPECT_EQ(sets->blocked, core::SignalSet::only(64));
    EXPECT_EQ(sets->ignored, core::SignalSet::of({SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU}));
    EXPECT_TRUE(sets->caught.contains(SIGHUP));
    EXPECT_FALSE(sets->caught.contains(SIGTERM));
}

TEST(ParseSignalSets, IsNoneWhereTheStatusDoesNotSay) {
    EXPECT_FALSE(parse_signal_sets(""));
    EXPECT_FALSE(parse_signal_sets("Name:\tsh\nPid:\t7\n")) << "gVisor";
    EXPECT_FALSE(parse_signal_sets("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t00000000")) << "cut";
    EXPECT_FALSE(
        parse_signal_sets("SigBlk:\t0000000000000000\nSigIgn:\t000000000000000x\nSigCgt:\t0000000000000000\n"));
}

TEST(ParseTracer, ReadsWhoTraces) {
    EXPECT_EQ(core::parse_tracer("Name:\tsh\nPPid:\t1\nTracerPid:\t42\nUid:\t0\n"), 42);
    EXPECT_EQ(core::parse_tracer("PPid:\t1\nTracerPid:\t0\n"), 0);
    EXPECT_EQ(core::parse_tracer("Name:\tTracerPid\n"), std::nullopt);
}

TEST(OwnNamespace, IsRecognizedByTheNumbersInTheStatus) {
    using core::is_status_in_own_namespace;
    EXPECT_TRUE(is_status_in_own_namespace("Name:\tcppinit\nTgid:\t7\nPid:\t7\nNSpid:\t7\n", 7));
    EXPECT_TRUE(is_status_in_own_namespace("Name:\tcppinit\nPid:\t7\n", 7)) << "before Linux 4.1";
    EXPECT_FALSE(is_status_in_own_namespace("Name:\tcppinit\nPid:\t70\nNSpid:\t70\t7\n", 7));
    EXPECT_FALSE(is_status_in_own_namespace("Name:\tcppinit\nPid:\t7\nNSpid:\t7\t7\n", 7)) << "the same by chance";
    EXPECT_FALSE(is_status_in_own_namespace("", 7));
}

}  // namespace
