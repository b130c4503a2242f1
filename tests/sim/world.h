#pragma once

#include <string>
#include <vector>

#include "core/signals.h"

/// What there is in a world, and what may happen in it.
namespace sim {

using core::SignalSet;

/// Something that happens in the world, cppinit apart.
struct Event {
    enum class Kind : std::uint8_t {
        /// A process acts on the signals that it was sent. It does so in the end, but nobody knows when.
        acts,
        /// `number` is its exit code.
        exits,
        forks,
        execs,
        first_thread_ends,
        leads_session,
        leads_group,
        reads_terminal,
        /// Somebody outside sends the signal `number` to the process.
        is_sent,
        /// The same to cppinit, to its group, or by a key of the terminal to the foreground.
        cppinit_is_sent,
        group_is_sent,
        key,
        /// The shell's `fg` and `bg` of the job that cppinit is, stopped or not.
        shell_fg,
        shell_bg,
        /// The neighbour is a cppinit, and gives the foreground to its own program, from cppinit's if that has it;
        /// takes it back; and reaps its program, which has ended.
        neighbour_lends,
        neighbour_takes_back,
        neighbour_reaps,
        /// A process that has nothing to do with cppinit appears, with the first free number, and leads a group.
        stranger_appears,
        guest_enters,
        /// Other writers fill the pipe that cppinit's log goes to, or its reader empties it.
        log_fills,
        log_drains,
        /// cppinit's parent, or only the thread that started cppinit, ends.
        parent_ends,
        parent_thread_ends,
        /// The machine is busy with other things for `number` milliseconds.
        time_passes,
        /// The call fails with the errno `number`.
        call_fails,
        /// Nothing else can happen, and cppinit sleeps for ever: an engine stops the container, step by step.
        closing,
    };

    Kind kind;
    /// The id of the process; 0: none.
    int process = 0;
    int number = 0;

    bool operator==(const Event&) const = default;
};

enum class Who : std::uint8_t { nobody, main_child, descendant, anyone_under, stranger, neighbour, cppinit };

/// What may happen in a world, and how often.
struct Chance {
    Event::Kind kind;
    Who who = Who::nobody;
    int number = 0;
    int times = 9;
};

/// A process that exists once the main child has called exec.
struct Member {
    /// The member that is its parent, from 1; 0: the main child, -1: it was adopted by cppinit.
    int parent = 0;
    bool leads_group = false;
    bool leads_session = false;
    SignalSet caught;
    SignalSet ignored;
    bool is_stopped = false;
    bool is_hidden = false;
    bool is_hung = false;
    bool has_thread = false;
};

struct World {
    std::string name;
    /// cppinit's own options. The program follows, unless there is none (--pause).
    std::vector<std::string> options;
    std::vector<Chance> chances;
    /// How many of them happen, and how many calls fail, at most.
    int events = 2;
    int faults = 0;
    bool is_pid_1 = false;
    bool has_terminal = false;
    bool has_neighbour = false;
    /// It is a cppinit too.
    bool neighbour_has_program = false;
    int strangers = 0;
    /// The last of them has a child, which leads a session.
    bool stranger_has_child = false;
    std::vector<Member> members;
    SignalSet main_child_catches;
    bool main_child_has_thread = false;
    /// The mask that cppinit and its program inherit.
    SignalSet inherited_mask;
    /// A child from before exec, that has ended: its SIGCHLD came before cppinit's time.
    bool has_inherited_zombie = false;
    /// One that lives.
    bool has_inherited_child = false;
    /// Both with another exit signal than SIGCHLD (clone(2)), so that only a wait with __WALL finds them.
    bool inherited_are_clones = false;
    /// A file with the name of the report is there before.
    bool has_old_report = false;
    bool has_proc = true;
    bool has_children_lists = true;
    bool has_pidfd_signals = true;
    bool stderr_is_closed = false;
    /// A pipe of a kernel before 6.4: no RWF_NOWAIT.
    bool stderr_is_old_pipe = false;
    /// An emulator carries out clone as fork(2): the child has a copy of the memory, and cppinit does not sleep.
    bool clone_is_fork = false;
    /// A filter refuses to tell the time (EPERM).
    bool clock_is_refused = false;
    /// So many waits fail (EPERM) before the first one that does not.
    int refused_waits = 0;
    /// The first member forks and ends, once for so many calls of cppinit, from the end of the grace on; 0: it does
    /// not.
    int calls_for_relay = 0;
    /// What execve answers, and the exit code that it leads to.
    int exec_error = 0;
    int exec_failure_code = 127;
};

}  // namespace sim
