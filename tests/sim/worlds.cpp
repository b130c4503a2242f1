#include "sim/worlds.h"

#include <errno.h>
#include <signal.h>

namespace sim {
namespace {

using enum Who;
using Kind = Event::Kind;

constexpr int real_time = 35;
constexpr auto term = SignalSet::of({SIGTERM});

// ---- what may happen ----

Chance exits(Who who, int times = 9) {
    return {Kind::exits, who, 3, times};
}
Chance forks(Who who, int times) {
    return {Kind::forks, who, 0, times};
}
/// Once.
Chance does(Who who, Kind kind, int times = 1) {
    return {kind, who, 0, times};
}
Chance gets(Who who, int signal) {
    return {Kind::is_sent, who, signal, 1};
}
/// To cppinit.
Chance arrives(int signal, int times = 1) {
    return {Kind::cppinit_is_sent, nobody, signal, times};
}
Chance arrives_at_group(int signal) {
    return {Kind::group_is_sent, nobody, signal, 1};
}
Chance key(int signal) {
    return {Kind::key, nobody, signal, 1};
}
/// By itself.
Chance happens(Kind kind, int times = 1) {
    return {kind, nobody, 0, times};
}
Chance passes(int milliseconds, int times) {
    return {Kind::time_passes, nobody, milliseconds, times};
}

// ---- families ----

const Member handles_term{.caught = term};
/// A member that handles TERM, and its child, in a session of its own.
const std::vector<Member> two_generations{handles_term, {.parent = 1, .leads_session = true}};

/// One row for each world: what differs from a world in which cppinit is a subreaper without options, the program has
/// no children, and two events happen.
const std::vector<World> all_worlds{
    // ---- reaping, exit codes and signals ----
    {.name = "orphans", .chances = {exits(anyone_under), forks(anyone_under, 2)}, .members = {{.parent = -1}}},
    {.name = "a child from before exec",
     .chances = {exits(anyone_under)},
     .events = 3,
     .has_inherited_zombie = true,
     .has_inherited_child = true},
    {.name = "clones from before exec",
     .chances = {exits(anyone_under), forks(descendant, 1)},
     .has_inherited_zombie = true,
     .has_inherited_child = true,
     .inherited_are_clones = true},
    {.name = "signals",
     .chances = {arrives(SIGTERM, 2), arrives(SIGUSR1, 2), arrives(real_time, 2), exits(anyone_under)},
     .members = {{}},
     .main_child_catches = term},
    {.name = "signals to cppinit's group",
     .chances = {arrives_at_group(SIGTERM), arrives_at_group(SIGUSR1), arrives(SIGTERM), exits(main_child)},
     .has_neighbour = true,
     .inherited_mask = SignalSet::of({SIGUSR1})},
    {.name = "a main child that is stopped",
     .chances = {arrives(SIGTERM, 2), gets(main_child, SIGSTOP), does(descendant, Kind::leads_session),
                 does(descendant, Kind::leads_group), exits(anyone_under)},
     .members = {{}}},
    {.name = "kill-after",
     .options = {"--kill-after=200ms"},
     .chances = {arrives(SIGTERM, 2), exits(anyone_under), forks(anyone_under, 1)},
     .members = {handles_term},
     .main_child_catches = term},
    {.name = "a time limit",
     .options = {"--timeout=1"},
     .chances = {arrives(SIGTERM), exits(anyone_under), passes(700, 2)},
     .members = {{}},
     .main_child_catches = term},

    {.name = "an end in time",
     .options = {"--timeout=1"},
     .chances = {arrives(SIGUSR1), exits(main_child), passes(1000, 1)},
     .events = 3,
     .members = {{.parent = -1}}},
    {.name = "a time limit and kill-after",
     .options = {"--timeout=1", "--kill-after=300ms"},
     .chances = {arrives(SIGTERM), exits(anyone_under), forks(descendant, 1)},
     .members = {handles_term},
     .main_child_catches = term},
    {.name = "a time limit for the main child",
     .options = {"--timeout=1", "--single-child", "--report=report"},
     .chances = {arrives(SIGTERM), gets(main_child, SIGSTOP)},
     .members = {handles_term},
     .main_child_catches = term},
    {.name = "a time limit for everything",
     .options = {"--timeout=1", "--all"},
     .chances = {arrives(SIGTERM), exits(main_child)},
     .events = 1,
     .members = {{.leads_session = true, .caught = term}},
     .main_child_catches = term},
    {.name = "a time limit by another signal",
     .options = {"--timeout=1", "--rewrite=TERM:USR1"},
     .chances = {arrives(SIGTERM), exits(anyone_under)},
     .members = {{}}},

    // ---- the shutdown ----
    {.name = "leftovers of a subreaper",
     .chances = {exits(anyone_under), forks(descendant, 1)},
     .members = two_generations},
    {.name = "leftovers of PID 1",
     .chances = {exits(anyone_under), forks(descendant, 1), happens(Kind::guest_enters)},
     .events = 1,
     .is_pid_1 = true,
     .members = two_generations},
    {.name = "leftovers without lists of children",
     .chances = {exits(anyone_under), forks(descendant, 1), arrives(SIGTERM)},
     .strangers = 1,
     .members = two_generations,
     .has_children_lists = false},
    {.name = "leftovers without /proc",
     .chances = {exits(anyone_under), forks(descendant, 1), arrives(SIGTERM)},
     .members = {handles_term},
     .has_proc = false},
    {.name = "hidden leftovers",
     .chances = {exits(anyone_under)},
     .members = {{.caught = term, .is_hidden = true}, {.parent = 1}}},
    {.name = "stopped leftovers",
     .chances = {exits(main_child), gets(descendant, SIGSTOP), gets(descendant, SIGCONT), arrives(SIGTERM)},
     .members = {{.is_stopped = true}, {}}},
    {.name = "threads",
     .chances = {does(anyone_under, Kind::first_thread_ends), exits(anyone_under)},
     .members = {{.caught = term, .has_thread = true}, {.parent = 1, .leads_session = true}},
     .main_child_has_thread = true},
    {.name = "a program that calls exec",
     .options = {"--kill-after=200ms"},
     .chances = {does(anyone_under, Kind::execs, 2), arrives(SIGTERM), exits(anyone_under)},
     .members = {handles_term},
     .main_child_catches = term},
    {.name = "a leftover that hangs",
     .chances = {exits(anyone_under), arrives(SIGTERM, 2)},
     .events = 1,
     .members = {{.is_hung = true}, {}}},
    {.name = "waiting for leftovers",
     .options = {"--leftovers=wait"},
     .chances = {exits(anyone_under), forks(descendant, 1), arrives(SIGTERM)},
     .members = {{}, {}}},
    {.name = "everything is forwarded to",
     .options = {"--all"},
     .chances = {arrives(SIGHUP), exits(anyone_under), happens(Kind::stranger_appears)},
     .events = 1,
     .members = {{}, {.parent = 1}},
     .main_child_catches = SignalSet::of({SIGHUP})},
    {.name = "a pause",
     .options = {"--pause"},
     .chances = {exits(anyone_under), forks(anyone_under, 2), arrives(SIGTERM, 2)},
     .has_inherited_zombie = true,
     .has_inherited_child = true},

    // ---- numbers that are given to others ----
    {.name = "a recycled number",
     .chances = {exits(anyone_under, 2), happens(Kind::stranger_appears)},
     .events = 3,
     .members = {{.leads_session = true, .ignored = SignalSet::of({SIGCHLD, SIGTERM})}, {.parent = 1}}},
    {.name = "a group's number",
     .options = {"--kill-after=200ms", "--grace=250ms"},
     .chances = {arrives(SIGTERM), happens(Kind::stranger_appears)},
     .members = {{.leads_session = true, .caught = term}}},
    {.name = "recycled numbers without /proc",
     .chances = {exits(anyone_under, 2), happens(Kind::stranger_appears)},
     .members = {{.leads_session = true}},
     .has_proc = false},
    {.name = "a chain of parents",
     .chances = {exits(main_child, 1), exits(stranger, 1), forks(descendant, 1)},
     .events = 3,
     .strangers = 1,
     .stranger_has_child = true,
     .members = {{.leads_session = true}},
     .has_children_lists = false},
    {.name = "a relay",
     .options = {"--grace=200ms"},
     .chances = {exits(main_child, 1)},
     .events = 1,
     .members = {handles_term},
     .calls_for_relay = 6},

    // ---- cppinit's parent, and cppinit's own end ----
    {.name = "the parent's end",
     .options = {"--parent-death=HUP"},
     .chances = {happens(Kind::parent_ends), happens(Kind::parent_thread_ends), exits(anyone_under)},
     .events = 3,
     .main_child_catches = SignalSet::of({SIGHUP})},
    {.name = "cppinit's end", .options = {"--kill-child=TERM"}, .chances = {gets(cppinit, SIGKILL), exits(main_child)}},

    // ---- the start ----
    {.name = "a program that is not there",
     .chances = {arrives(SIGTERM), exits(anyone_under)},
     .has_inherited_child = true,
     .exec_error = ENOENT},
    {.name = "a program that is not there, under an emulator",
     .chances = {arrives(SIGTERM), exits(anyone_under)},
     .clone_is_fork = true,
     .exec_error = ENOENT},
    {.name = "an emulator",
     .chances = {arrives(SIGTERM), gets(main_child, SIGKILL), exits(anyone_under)},
     .clone_is_fork = true},
    {.name = "a child that is killed before exec",
     .chances = {gets(main_child, SIGTERM), gets(main_child, SIGKILL), arrives(SIGTERM)}},

    // ---- the terminal ----
    {.name = "keys",
     .options = {"--kill-child"},
     .chances = {key(SIGINT), key(SIGTSTP), arrives(SIGTERM), arrives(SIGCONT)},
     .has_terminal = true},
    {.name = "a job that is stopped again",
     .chances = {gets(main_child, SIGSTOP), arrives(SIGCONT, 2), key(SIGTSTP)},
     .events = 4,
     .has_terminal = true},
    {.name = "a shell's fg and bg",
     .chances = {key(SIGTSTP), happens(Kind::shell_fg, 2), happens(Kind::shell_bg),
                 does(main_child, Kind::reads_terminal)},
     .events = 4,
     .has_terminal = true},
    {.name = "a neighbour",
     .chances = {does(neighbour, Kind::reads_terminal), exits(main_child), does(main_child, Kind::reads_terminal)},
     .events = 3,
     .has_terminal = true,
     .has_neighbour = true},

    {.name = "programs that take turns",
     .chances = {does(main_child, Kind::reads_terminal), happens(Kind::neighbour_lends, 2),
                 happens(Kind::neighbour_takes_back), happens(Kind::neighbour_reaps)},
     .events = 4,
     .has_terminal = true,
     .has_neighbour = true,
     .neighbour_has_program = true},

    // ---- calls that fail ----
    {.name = "a call that fails",
     .chances = {exits(main_child), arrives(SIGTERM)},
     .events = 1,
     .faults = 1,
     .members = {{}, {.parent = 1, .leads_session = true}}},
    {.name = "a call that fails at the start",
     .options = {"--subreaper", "--parent-death=HUP", "--kill-child=TERM", "--report=report"},
     .chances = {exits(main_child), arrives(SIGTERM)},
     .events = 1,
     .faults = 1},
    {.name = "a call that fails under an emulator",
     .chances = {exits(main_child), arrives(SIGTERM)},
     .events = 1,
     .faults = 1,
     .clone_is_fork = true},
    {.name = "a call that fails as PID 1",
     .options = {"--grace=250ms"},
     .chances = {exits(main_child), happens(Kind::guest_enters)},
     .events = 1,
     .faults = 1,
     .is_pid_1 = true,
     .members = {handles_term}},
    {.name = "a call that fails without lists of children",
     .options = {"--all"},
     .chances = {exits(main_child), arrives(SIGTERM)},
     .events = 1,
     .faults = 1,
     .members = {{.leads_session = true}},
     .has_children_lists = false},
    {.name = "a call that fails at the terminal",
     .chances = {key(SIGTSTP), does(main_child, Kind::reads_terminal), exits(main_child)},
     .events = 1,
     .faults = 1,
     .has_terminal = true},
    {.name = "a call that fails for a line of the log",
     .options = {"-vv"},
     .chances = {arrives(SIGUSR1), exits(main_child)},
     .events = 1,
     .faults = 1,
     .main_child_catches = SignalSet::of({SIGUSR1}),
     .stderr_is_old_pipe = true},
    {.name = "a clock that is refused",
     .options = {"--kill-after=200ms"},
     .chances = {arrives(SIGTERM, 2), exits(anyone_under)},
     .members = {{.parent = -1}},
     .main_child_catches = term,
     .clock_is_refused = true},
    {.name = "waits that are refused", .chances = {exits(main_child, 1)}, .events = 1, .refused_waits = 500},

    // ---- the log and the report ----
    {.name = "a log that nobody reads",
     .options = {"-vv"},
     .chances = {arrives(SIGPIPE), arrives(SIGUSR1), exits(anyone_under)},
     .events = 3,
     .members = {{.parent = -1}},
     .main_child_catches = SignalSet::of({SIGUSR1, SIGPIPE}),
     .stderr_is_closed = true},
    {.name = "a log that is full",
     .options = {"-vv"},
     .chances = {happens(Kind::log_fills, 2), happens(Kind::log_drains), exits(anyone_under)},
     .events = 3,
     .members = {{.parent = -1}},
     .stderr_is_old_pipe = true},
    {.name = "a report",
     .options = {"--report=report"},
     .chances = {exits(anyone_under), gets(main_child, SIGKILL), arrives(SIGTERM), arrives(SIGUSR1, 2)},
     .events = 3,
     .members = {{.parent = -1}},
     .main_child_catches = SignalSet::of({SIGUSR1})},
    {.name = "a report that is not finished",
     .options = {"--report=report"},
     .chances = {exits(main_child), gets(cppinit, SIGKILL)},
     .has_old_report = true},
    {.name = "a report that cannot be written",
     .options = {"--report=report"},
     .chances = {exits(main_child), arrives(SIGTERM)},
     .events = 1,
     .faults = 1,
     .has_old_report = true},
};

}  // namespace

const std::vector<World>& worlds() {
    return all_worlds;
}

}  // namespace sim
