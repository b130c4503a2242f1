#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <optional>

#include "core/text.h"

namespace os {
namespace {

/// The child's stack is not what lies unused below the parent's frames, as with vfork(2): the parent's frames are still
/// in use, and what the child leaves below them depends on the compiler and misleads its sanitizers. A static array
/// needs no call that could fail, and only those of its pages that are touched take memory. With the path right above
/// the first frames that is mostly one page.
struct ChildMemory {
    /// Several times what is needed, also with the sanitizers. It counts for RLIMIT_DATA, which can be 64 KB.
    char stack[16 * 1024];
    char path[PATH_MAX];
};
alignas(16) ChildMemory child_memory;

/// What the child reads, and where it leaves word of a failure. It lives on cppinit's stack, which the child shares.
struct Request {
    const core::Options& options;
    char** envp;
    const InheritedSignals& inherited;
    const Terminal& terminal;
    pid_t parent;
    std::optional<SpawnFailure> failure;
};

/// The value of a variable; null where it is not set.
const char* value_of(char** envp, std::string_view assignment) {
    for (char** entry = envp; *entry != nullptr; ++entry) {
        if (const auto value = core::after_prefix(*entry, assignment)) return value->data();
    }
    return nullptr;
}

/// The paths that a program's name can stand for, one after the other: the name itself where it has a slash, else the
/// name in each folder of PATH, of which an empty one is the working directory.
class Candidates {
  public:
    Candidates(std::string_view name, char** envp) : name_(name) {
        // The default is execvp(3)'s where PATH is not set.
        const char* path = value_of(envp, "PATH=");
        search_path_ = path != nullptr ? path : "/usr/local/bin:/bin:/usr/bin";
        restart();
    }

    void restart() {
        name_alone_ = name_.find('/') != std::string_view::npos;
        folders_ = name_alone_ ? std::nullopt : std::optional(search_path_);
    }

    /// Null at the end. The text is good until the next call.
    const char* next() {
        while (name_alone_ || folders_) {
            std::string_view folder;
            if (folders_) {
                const auto sides = core::split(*folders_, ':');
                folder = sides ? sides->left : *folders_;
                folders_ = sides ? std::optional(sides->right) : std::nullopt;
            }
            name_alone_ = false;
            // A path that is too long cannot exist (path_resolution(7)).
            if (folder.size() + name_.size() + 2 > sizeof child_memory.path) continue;
            core::TextWriter path(child_memory.path, sizeof child_memory.path);
            path.add(folder);
            if (!folder.empty()) path.add("/");
            return path.add(name_).c_string();
        }
        return nullptr;
    }

  private:
    std::string_view name_;
    std::string_view search_path_;
    std::optional<std::string_view> folders_;
    bool name_alone_ = false;
};

bool means_not_here(int error) {
    return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

/// A zero byte in its beginning tells a program for another machine from a script, as shells do.
bool is_text(const char* path) {
    char beginning[128];
    const auto file = sys::open(path, O_RDONLY);
    const auto size = file ? sys::read(file->number(), beginning, sizeof beginning) : std::unexpected(file.error());
    return size && std::string_view(beginning, *size).find('\0') == std::string_view::npos;
}

/// A script without "#!": execvp(3) hands it to the shell. The word before PROGRAM is cppinit's own and makes room for
/// the shell's name, so that argv is never copied. Returns where there is no shell.
void execute_by_shell(const char* path, char** program, char** envp) {
    static char shell[] = "/bin/sh";
    char** arguments = program - 1;
    char* const name = program[0];
    arguments[0] = shell;
    arguments[1] = const_cast<char*>(path);
    (void)sys::execve(shell, arguments, envp);
    program[0] = name;
}

/// Does not return where one of the candidates can be executed.
SpawnFailure execute(char** program, char** envp) {
    sys::Error error{ENOENT};
    if (*program[0] == '\0') return {SpawnFailure::Stage::lookup, error};
    Candidates candidates(program[0], envp);
    while (const char* path = candidates.next()) {
        const sys::Error answer = sys::execve(path, program, envp);
        if (answer.number == ENOEXEC) {
            if (is_text(path)) execute_by_shell(path, program, envp);
            return {SpawnFailure::Stage::exec, answer};
        }
        // As execvp does: a file that may not be executed is remembered while another folder may hold a better one.
        if (answer.number == EACCES) {
            // It is also said of a folder that may not be searched: nothing was found there.
            if (sys::exists(path)) error = answer;
        } else if (!means_not_here(answer.number)) {
            return {SpawnFailure::Stage::exec, answer};
        }
    }
    if (!means_not_here(error.number)) return {SpawnFailure::Stage::exec, error};

    // ENOENT is also what execve(2) says of a file whose interpreter does not exist.
    candidates.restart();
    while (const char* path = candidates.next()) {
        if (sys::exists(path)) return {SpawnFailure::Stage::interpreter, error};
    }
    return {SpawnFailure::Stage::lookup, error};
}

/// A service manager's LISTEN_PID says whom the passed sockets are for (sd_listen_fds(3)): who was given them through
/// cppinit is the main child.
void retarget_listen_pid(char** envp, pid_t from, char* assignment, std::size_t capacity) {
    constexpr std::string_view variable = "LISTEN_PID=";
    for (char** entry = envp; *entry != nullptr; ++entry) {
        const auto value = core::after_prefix(*entry, variable);
        if (!value || core::parse_number(*value, INT_MAX) != from) continue;
        core::TextWriter text(assignment, capacity);
        (void)text.add(variable).add(sys::getpid()).c_string();
        *entry = assignment;
    }
}

void discard_pending(core::SignalSet signals) {
    while (sys::sigtimedwait(signals, 0)) {
    }
}

/// What happens between the vfork and the exec. Everything the main child is to inherit exactly is set back here, in
/// the child, so that cppinit itself is never without its full mask.
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
        // cppinit may have died before the kernel was told.
        if (sys::getppid() != request.parent) (void)sys::kill(sys::getpid(), *signal);
    }

    char listen_pid[sizeof "LISTEN_PID=" + 10];
    retarget_listen_pid(request.envp, request.parent, listen_pid, sizeof listen_pid);

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
    request->failure = become_main_child(*request);
    return core::own_failure_code;
}

}  // namespace

std::expected<pid_t, SpawnFailure> spawn(const core::Options& options, char** envp, const InheritedSignals& inherited,
                                         const Terminal& terminal, pid_t own_pid) {
    Request request{options, envp, inherited, terminal, own_pid, std::nullopt};
    const auto child = sys::clone_vfork(run_child, &request, child_memory.stack);
    if (!child) return std::unexpected(SpawnFailure{SpawnFailure::Stage::fork, child.error()});
    if (request.failure) {
        (void)sys::wait4(*child, 0);
        (void)terminal.reclaim_from(*child);
        return std::unexpected(*request.failure);
    }
    return *child;
}

}  // namespace os
