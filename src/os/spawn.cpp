#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/child_environment.h"
#include "core/path_search.h"

namespace os {
namespace {

/// Unlike with vfork(2), the child has a stack of its own: it does not run on top of the parent's frames, which are
/// still in use (what would become of them depends on the compiler, and misleads its sanitizers). A static array needs
/// no call that could fail. Only the pages that are touched take memory, and cppinit gives them back once the program
/// runs. It does not begin with a page: this would move all variables to a page of their own, which costs a page fault
/// of each start.
struct ChildMemory {
    alignas(std::max_align_t) char stack[32 * 1024];
    char path[PATH_MAX];
};
ChildMemory child_memory;

/// Only whole pages: the others hold other variables, too.
void discard_child_memory() {
    const std::size_t page = sys::page_size();
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(&child_memory) % page;
    if (before >= sizeof child_memory) return;
    const std::size_t size = (sizeof child_memory - before) / page * page;
    (void)sys::discard_pages(child_memory.stack + before, size);
}

/// What the child reads, and where it writes a failure. It lives on cppinit's stack, which the child shares.
struct Request {
    const core::Options& options;
    char** envp;
    const InheritedSignals& inherited;
    const Terminal& terminal;
    pid_t parent;
    /// For a child that does not share cppinit's memory: see failure_from.
    const sys::Result<sys::Pipe>& pipe;
    /// The child has set it, so cppinit and the child share their memory.
    bool is_shared = false;
    std::optional<SpawnFailure> failure;
};

bool means_not_here(int error) {
    return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

/// Whether the file is a script and not a program for another machine: there is no zero byte near its beginning, which
/// is what shells look for too.
bool is_text(const char* path) {
    char beginning[128];
    const auto file = sys::open(path, O_RDONLY);
    const auto size = file ? sys::read(file->number(), beginning, sizeof beginning) : std::unexpected(file.error());
    return size && std::string_view(beginning, *size).find('\0') == std::string_view::npos;
}

/// A script without "#!": execvp(3) hands it to the shell. The word before PROGRAM is cppinit's own and makes room for
/// the shell's name, so that argv is never copied. Returns only if the shell cannot be executed.
void execute_by_shell(const char* path, char** program, char** envp) {
    static char shell[] = "/bin/sh";
    char** arguments = program - 1;
    char* const name = program[0];
    arguments[0] = shell;
    arguments[1] = const_cast<char*>(path);
    (void)sys::execve(shell, arguments, envp);
    program[0] = name;
}

/// Returns only if none of the candidates can be executed.
SpawnFailure execute(char** program, char** envp) {
    sys::Error error{ENOENT};
    if (*program[0] == '\0') return {SpawnFailure::Stage::lookup, error};
    core::PathSearch candidates(program[0], core::value_of(envp, "PATH"), child_memory.path);
    while (const char* path = candidates.next()) {
        const sys::Error answer = sys::execve(path, program, envp);
        if (answer.number == ENOEXEC) {
            if (is_text(path)) execute_by_shell(path, program, envp);
            return {SpawnFailure::Stage::exec, answer};
        }
        // As execvp does: go on after a file that may not be executed, and report it if no other folder has one that
        // may.
        if (answer.number == EACCES) {
            // The error can also mean that the folder may not be searched: then nothing was found there.
            if (sys::access(path)) error = answer;
        } else if (!means_not_here(answer.number)) {
            return {SpawnFailure::Stage::exec, answer};
        }
    }
    if (!means_not_here(error.number)) return {SpawnFailure::Stage::exec, error};

    // execve(2) also fails with ENOENT if the file exists and its interpreter does not.
    candidates.restart();
    while (const char* path = candidates.next()) {
        if (sys::access(path)) return {SpawnFailure::Stage::interpreter, error};
    }
    return {SpawnFailure::Stage::lookup, error};
}

void discard_pending(core::SignalSet signals) {
    while (sys::sigtimedwait(signals, 0)) {
    }
}

/// What the child does between clone and exec. It restores here what cppinit changed for itself and the program is to
/// inherit, so that cppinit itself is never without its full mask.
SpawnFailure become_main_child(const Request& request) {
    // A failure leaves the child in cppinit's group, where signals still reach it by its pid.
    (void)(request.options.new_session ? sys::setsid() : sys::setpgid());
    // Until here the child was in cppinit's group, and what was sent to that group is pending twice: here and in
    // cppinit, which forwards its own. Nobody knew the child's pid.
    discard_pending(core::SignalSet::all());
    if (request.options.new_session) {
        (void)sys::take_terminal(STDIN_FILENO);
    } else {
        request.terminal.give_to_caller();
    }

    if (const auto signal = request.options.kill_child_signal) {
        if (const auto ok = sys::set_parent_death_signal(*signal); !ok) return {SpawnFailure::Stage::fork, ok.error()};
        // cppinit may have died before this call.
        if (sys::getppid() != request.parent) (void)sys::kill(sys::getpid(), *signal);
    }

    core::EntriesForMainChild entries;
    core::name_main_child(request.envp, request.parent, sys::getpid(), entries);

    // A child that is stopped before exec would keep cppinit asleep in clone, with nobody to continue it.
    discard_pending(core::SignalSet::of({SIGTSTP, SIGTTIN, SIGTTOU}));
    if (request.inherited.sigchld_ignored) {
        if (const auto ok = sys::ignore_sigchld(true); !ok) return {SpawnFailure::Stage::fork, ok.error()};
    }
    // A program that no signal reaches is worse than none.
    if (const auto ok = sys::sigprocmask(request.inherited.blocked); !ok) {
        return {SpawnFailure::Stage::fork, ok.error()};
    }
    return execute(request.options.program, request.envp);
}

int run_child(void* argument) {
    auto* request = static_cast<Request*>(argument);
    request->is_shared = true;
    const SpawnFailure failure = become_main_child(*request);
    request->failure = failure;
    if (request->pipe) {
        const auto* bytes = reinterpret_cast<const char*>(&failure);
        (void)sys::write(request->pipe->write_end.number(), bytes, sizeof failure);
    }
    return core::own_failure_code;
}

/// Why the child failed, if it does not share cppinit's memory: qemu-user and valgrind implement clone with CLONE_VM
/// and CLONE_VFORK as fork(2), so the child gets a copy of the memory, and cppinit does not sleep until exec. cppinit
/// waits here instead: a failing child writes the reason into the pipe, and an exec that succeeds closes the pipe.
std::optional<SpawnFailure> failure_from(sys::Result<sys::Pipe> pipe) {
    // Without a pipe (EMFILE), only the child's exit code reports the failure.
    if (!pipe) return std::nullopt;
    {
        const sys::Descriptor closed_here = std::move(pipe->write_end);
    }
    SpawnFailure failure;
    const auto size = sys::read(pipe->read_end.number(), reinterpret_cast<char*>(&failure), sizeof failure);
    return size && *size == sizeof failure ? std::optional(failure) : std::nullopt;
}

}  // namespace

std::expected<pid_t, SpawnFailure> spawn(const core::Options& options, char** envp, const InheritedSignals& inherited,
                                         const Terminal& terminal, pid_t own_pid) {
    auto pipe = sys::pipe();
    Request request{options, envp, inherited, terminal, own_pid, pipe};
    const auto child = sys::clone_vfork(run_child, &request, child_memory.stack);
    if (!child) return std::unexpected(SpawnFailure{SpawnFailure::Stage::fork, child.error()});
    const auto failure = request.is_shared ? request.failure : failure_from(std::move(pipe));
    if (failure) {
        (void)sys::wait4(*child, 0);
        (void)terminal.reclaim_from(*child);
        return std::unexpected(*failure);
    }
    discard_child_memory();
    return *child;
}

}  // namespace os
