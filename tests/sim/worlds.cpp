#include "sim/worlds.h"

#include <errno.h>
#include <signal.h>

namespace sim {
namespace {

using Kind = Event::Kind;

constexpr int real_time = 35;

std::vector<World> make_worlds() {
    const std::string program = "/bin/program";
    std::vector<World> all;
    const auto add = [&all](World world) { all.push_back(std::move(world)); };

    // ---- reaping, exit codes and signals ----

    add({.name = "orphans",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}, {Kind::forks, Who::anyone_under, 0, 2}},
         .events = 2,
         .members = {{.parent = -1}}});
    add({.name = "a child from before exec",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}},
         .events = 3,
         .has_inherited_zombie = true,
         .has_inherited_child = true});
    add({.name = "signals",
         .arguments = {program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 2},
                     {Kind::cppinit_is_sent, Who::nobody, SIGUSR1, 2},
                     {Kind::cppinit_is_sent, Who::nobody, real_time, 2},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .members = {{}},
         .main_child_catches = SignalSet::of({SIGTERM})});
    add({.name = "signals to cppinit's group",
         .arguments = {program},
         .chances = {{Kind::group_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::group_is_sent, Who::nobody, SIGUSR1, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::exits, Who::main_child, 3}},
         .events = 2,
         .has_neighbour = true,
         .inherited_mask = SignalSet::of({SIGUSR1})});
    add({.name = "a main child that is stopped",
         .arguments = {program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 2},
                     {Kind::is_sent, Who::main_child, SIGSTOP, 1},
                     {Kind::leads_session, Who::descendant, 0, 1},
                     {Kind::leads_group, Who::descendant, 0, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .members = {{}}});
    add({.name = "kill-after",
         .arguments = {"--kill-after=200ms", program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 2},
                     {Kind::exits, Who::anyone_under, 3},
                     {Kind::forks, Who::anyone_under, 0, 1}},
         .events = 2,
         .members = {{.caught = SignalSet::of({SIGTERM})}},
         .main_child_catches = SignalSet::of({SIGTERM})});
    add({.name = "a time limit",
         .arguments = {"--timeout=1", program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::exits, Who::anyone_under, 3},
                     {Kind::time_passes, Who::nobody, 700, 2}},
         .events = 2,
         .members = {{}},
         .main_child_catches = SignalSet::of({SIGTERM})});

    // ---- the shutdown ----

    const std::vector<Chance> shutdown{{Kind::exits, Who::anyone_under, 3},
                                       {Kind::forks, Who::descendant, 0, 1},
                                       {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}};
    const std::vector<Member> family{{.caught = SignalSet::of({SIGTERM})}, {.parent = 1, .leads_session = true}};
    add({.name = "leftovers of a subreaper",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}, {Kind::forks, Who::descendant, 0, 1}},
         .events = 2,
         .members = family});
    add({.name = "leftovers of PID 1",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3},
                     {Kind::forks, Who::descendant, 0, 1},
                     {Kind::guest_enters, Who::nobody, 0, 1}},
         .events = 1,
         .is_pid_1 = true,
         .members = family});
    add({.name = "leftovers without lists of children",
         .arguments = {program},
         .chances = shutdown,
         .events = 2,
         .strangers = 1,
         .members = family,
         .has_children_lists = false});
    add({.name = "leftovers without /proc",
         .arguments = {program},
         .chances = shutdown,
         .events = 2,
         .members = {{.caught = SignalSet::of({SIGTERM})}},
         .has_proc = false});
    add({.name = "hidden leftovers",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .members = {{.caught = SignalSet::of({SIGTERM}), .is_hidden = true}, {.parent = 1}}});
    add({.name = "stopped leftovers",
         .arguments = {program},
         .chances = {{Kind::exits, Who::main_child, 3},
                     {Kind::is_sent, Who::descendant, SIGSTOP, 1},
                     {Kind::is_sent, Who::descendant, SIGCONT, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}},
         .events = 2,
         .members = {{.is_stopped = true}, {}}});
    add({.name = "threads",
         .arguments = {program},
         .chances = {{Kind::first_thread_ends, Who::anyone_under, 0, 1}, {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .members = {{.caught = SignalSet::of({SIGTERM}), .has_thread = true}, {.parent = 1, .leads_session = true}},
         .main_child_has_thread = true});
    add({.name = "a program that calls exec",
         .arguments = {"--kill-after=200ms", program},
         .chances = {{Kind::execs, Who::anyone_under, 0, 2},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .members = {{.caught = SignalSet::of({SIGTERM})}},
         .main_child_catches = SignalSet::of({SIGTERM})});
    add({.name = "a leftover that hangs",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}, {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 2}},
         .events = 1,
         .members = {{.is_hung = true}, {}}});
    add({.name = "waiting for leftovers",
         .arguments = {"--leftovers=wait", program},
         .chances = shutdown,
         .events = 2,
         .members = {{}, {}}});
    add({.name = "everything is forwarded to",
         .arguments = {"--all", program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGHUP, 1},
                     {Kind::exits, Who::anyone_under, 3},
                     {Kind::stranger_appears, Who::nobody, 0, 1}},
         .events = 1,
         .members = {{}, {.parent = 1}},
         .main_child_catches = SignalSet::of({SIGHUP})});
    add({.name = "a pause",
         .arguments = {"--pause"},
         .chances = {{Kind::exits, Who::anyone_under, 3},
                     {Kind::forks, Who::anyone_under, 0, 2},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 2}},
         .events = 2,
         .has_inherited_zombie = true,
         .has_inherited_child = true});

    // ---- numbers that are given to others ----

    add({.name = "a recycled number",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3, 2}, {Kind::stranger_appears, Who::nobody, 0, 1}},
         .events = 3,
         .members = {{.leads_session = true, .ignored = SignalSet::of({SIGCHLD, SIGTERM})}, {.parent = 1}}});
    add({.name = "a group's number",
         .arguments = {"--kill-after=200ms", "--grace=250ms", program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}, {Kind::stranger_appears, Who::nobody, 0, 1}},
         .events = 2,
         .members = {{.leads_session = true, .caught = SignalSet::of({SIGTERM})}}});
    add({.name = "recycled numbers without /proc",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3, 2}, {Kind::stranger_appears, Who::nobody, 0, 1}},
         .events = 2,
         .members = {{.leads_session = true}},
         .has_proc = false});
    add({.name = "a chain of parents",
         .arguments = {program},
         .chances = {{Kind::exits, Who::main_child, 3, 1},
                     {Kind::exits, Who::stranger, 0, 1},
                     {Kind::forks, Who::descendant, 0, 1}},
         .events = 3,
         .strangers = 1,
         .stranger_has_child = true,
         .members = {{.leads_session = true}},
         .has_children_lists = false});
    add({.name = "a relay",
         .arguments = {"--grace=200ms", program},
         .chances = {{Kind::exits, Who::main_child, 3, 1}},
         .events = 1,
         .members = {{.caught = SignalSet::of({SIGTERM})}},
         .calls_for_relay = 8});

    // ---- cppinit's parent, and cppinit's own end ----

    add({.name = "the parent's end",
         .arguments = {"--parent-death=HUP", program},
         .chances = {{Kind::parent_ends, Who::nobody, 0, 1},
                     {Kind::parent_thread_ends, Who::nobody, 0, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 3,
         .main_child_catches = SignalSet::of({SIGHUP})});
    add({.name = "cppinit's end",
         .arguments = {"--kill-child=TERM", program},
         .chances = {{Kind::is_sent, Who::cppinit, SIGKILL, 1}, {Kind::exits, Who::main_child, 3}},
         .events = 2});

    // ---- the start ----

    add({.name = "a program that is not there",
         .arguments = {program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}, {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .has_inherited_child = true,
         .exec_error = ENOENT});

    add({.name = "a program that is not there, under an emulator",
         .arguments = {program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}, {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .clone_is_fork = true,
         .exec_error = ENOENT});
    add({.name = "an emulator",
         .arguments = {program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::is_sent, Who::main_child, SIGKILL, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 2,
         .clone_is_fork = true});
    add({.name = "a child that is killed before exec",
         .arguments = {program},
         .chances = {{Kind::is_sent, Who::main_child, SIGTERM, 1},
                     {Kind::is_sent, Who::main_child, SIGKILL, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}},
         .events = 2});

    // ---- the terminal ----

    add({.name = "keys",
         .arguments = {"--kill-child", program},
         .chances = {{Kind::key, Who::nobody, SIGINT, 1},
                     {Kind::key, Who::nobody, SIGTSTP, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGCONT, 1}},
         .events = 2,
         .has_terminal = true});
    add({.name = "a job that is stopped again",
         .arguments = {program},
         .chances = {{Kind::is_sent, Who::main_child, SIGSTOP, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGCONT, 2},
                     {Kind::key, Who::nobody, SIGTSTP, 1}},
         .events = 4,
         .has_terminal = true});
    add({.name = "a neighbour",
         .arguments = {program},
         .chances = {{Kind::reads_terminal, Who::neighbour, 0, 1},
                     {Kind::exits, Who::main_child, 3},
                     {Kind::reads_terminal, Who::main_child, 0, 1}},
         .events = 3,
         .has_terminal = true,
         .has_neighbour = true});

    // ---- calls that fail ----

    add({.name = "a call that fails",
         .arguments = {program},
         .chances = {{Kind::exits, Who::anyone_under, 3}, {Kind::cppinit_is_sent, Who::nobody, SIGTERM, 1}},
         .events = 1,
         .faults = 1,
         .members = {{}, {.parent = 1, .leads_session = true}}});
    add({.name = "waits that are refused",
         .arguments = {program},
         .chances = {{Kind::exits, Who::main_child, 3, 1}},
         .events = 1,
         .refused_waits = 500});
    add({.name = "a log that nobody reads",
         .arguments = {"-vv", program},
         .chances = {{Kind::cppinit_is_sent, Who::nobody, SIGPIPE, 1},
                     {Kind::cppinit_is_sent, Who::nobody, SIGUSR1, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 3,
         .members = {{.parent = -1}},
         .main_child_catches = SignalSet::of({SIGUSR1, SIGPIPE}),
         .stderr_is_closed = true});
    add({.name = "a log that is full",
         .arguments = {"-vv", program},
         .chances = {{Kind::log_fills, Who::nobody, 0, 2},
                     {Kind::log_drains, Who::nobody, 0, 1},
                     {Kind::exits, Who::anyone_under, 3}},
         .events = 3,
         .members = {{.parent = -1}},
         .stderr_is_old_pipe = true});
    return all;
}

}  // namespace

const std::vector<World>& worlds() {
    static const std::vector<World> all = make_worlds();
    return all;
}

}  // namespace sim
