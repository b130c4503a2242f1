// The system calls of cppinit (os/sys.h) on the model of the kernel, in place of src/os/sys.cpp.
#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>

#include "sim/files.h"
#include "sim/simulation.h"

namespace sys {
namespace {

using sim::Call;
using sim::current;

std::unexpected<Error> failed(int error) {
    current->see(static_cast<std::uint64_t>(error));
    return std::unexpected(Error{error});
}

Result<void> checked(int error) {
    if (error != 0) return failed(error);
    current->see(0);
    return {};
}

template <class T>
Result<T> seen(T value) {
    current->see(static_cast<std::uint64_t>(value));
    return value;
}

sim::Kernel& kernel() {
    return current->kernel;
}

sim::Process& self() {
    return *kernel().find(current->self());
}

std::string call_with_target(const char* call, pid_t target, int signal) {
    std::string text = std::string(call) + "(" + std::to_string(target);
    return text + ", " + (signal == 0 ? "0" : sim::Simulation::name_of_signal(signal)) + ")";
}

Result<Waited> wait(Call call, const sim::WaitFor& which, int options) {
    const char* const name = sim::fault_of(call).name;
    if (const auto error = current->before(call)) {
        current->note_wait_failed();
        current->tell(name, " fails");
        return failed(*error);
    }
    if (current->refuses_wait()) {
        current->note_wait_failed();
        return failed(EPERM);
    }
    sim::Waited waited;
    int error = kernel().wait(current->self(), which, waited);
    if (error == 0 && waited.pid == 0 && (options & WNOHANG) == 0) {
        current->sleep(name, std::nullopt, [&] {
            error = kernel().wait(current->self(), which, waited);
            return error != 0 || waited.pid != 0;
        });
    }
    current->note_wait_succeeded();
    if (error != 0) return failed(error);
    current->see(static_cast<std::uint64_t>(waited.pid) << 32 | static_cast<std::uint64_t>(waited.status));
    if (waited.pid != 0 && !which.leaves_it) {
        current->tell(name, " finds ", waited.pid, ", status ", waited.status);
        current->note_waited_for(waited);
    }
    return Waited{waited.pid, waited.status};
}

sim::WaitFor wait_for(pid_t which, int options) {
    using Kind = sim::WaitFor::Kind;
    return {.kind = which == -1 ? Kind::any : Kind::pid, .number = which, .stopped = (options & WUNTRACED) != 0};
}

Result<void> send_by_kill(pid_t target, int signal) {
    if (signal != 0) current->tell(call_with_target("kill", target, signal));
    const auto result = checked(kernel().kill(current->self(), target, signal));
    current->act();
    return result;
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

// ---- signals ----

Result<core::SignalSet> sigprocmask(core::SignalSet blocked) {
    const auto before = self().blocked;
    // Two limits (docs/DESIGN.md): what comes before the first mask meets its default action, and a key that comes
    // after the child's last look stops it before exec.
    const bool is_open = current->calls() > 0 && current->is_cppinit();
    const auto error = is_open ? current->before(Call::sigprocmask) : current->before_blind(Call::sigprocmask);
    if (error) return failed(*error);
    kernel().set_blocked(current->self(), blocked);
    current->act();
    return before;
}

Result<bool> ignore_sigchld(bool ignore) {
    if (const auto error = current->before_blind(Call::sigaction)) return failed(*error);
    const bool before = self().ignored.contains(SIGCHLD);
    using Disposition = sim::Kernel::Disposition;
    kernel().set_disposition(current->self(), SIGCHLD, ignore ? Disposition::ignored : Disposition::by_default);
    return before;
}

Result<void> set_default_action(int signal) {
    if (const auto error = current->before_blind(Call::sigaction)) return failed(*error);
    kernel().set_disposition(current->self(), signal, sim::Kernel::Disposition::by_default);
    return {};
}

Result<siginfo_t> sigtimedwait(core::SignalSet set, std::optional<long> timeout_ms) {
    if (const auto error = current->before(timeout_ms == 0 ? Call::sigtimedwait_at_once : Call::sigtimedwait))
        return failed(*error);
    // While stop signals are unblocked, one that arrives stops cppinit before the call.
    current->act();
    std::optional<sim::PendingSignal> taken = sim::take_thread_signal(set);
    if (!taken) taken = kernel().take(current->self(), set);
    if (!taken && timeout_ms != 0) {
        current->sleep("sigtimedwait", timeout_ms, [&] {
            taken = kernel().take(current->self(), set);
            return taken.has_value();
        });
    }
    if (!taken) return failed(EAGAIN);
    siginfo_t info = {};
    info.si_signo = taken->signal;
    info.si_code = taken->code;
    info.si_pid = taken->sender;
    current->see(static_cast<std::uint64_t>(taken->signal) << 8 | static_cast<std::uint64_t>(taken->code & 0xff));
    current->note_taken(taken->signal);
    current->tell("sigtimedwait returns ", sim::Simulation::name_of_signal(taken->signal));
    return info;
}

Result<void> kill(pid_t target, int signal) {
    if (const auto error = current->before(Call::kill)) return failed(*error);
    return send_by_kill(target, signal);
}

Result<void> tgkill(pid_t process, pid_t thread, int signal) {
    if (const auto error = current->before(Call::tgkill)) return failed(*error);
    if (process != thread) return failed(ESRCH);
    return checked(kernel().kill(current->self(), process, signal));
}

Result<void> sigqueueinfo(pid_t target, const siginfo_t& info) {
    if (const auto error = current->before(Call::sigqueueinfo)) return failed(*error);
    return send_by_kill(target, info.si_signo);
}

Result<void> pidfd_send_signal(int handle, int signal) {
    if (const auto error = current->before(Call::pidfd_send_signal)) return failed(*error);
    if (!current->world.has_pidfd_signals) return failed(ENOSYS);
    sim::Process* const process = kernel().find_id(sim::process_of(handle));
    if (process == nullptr) return failed(ESRCH);
    current->tell(call_with_target("pidfd_send_signal", process->pid, signal));
    kernel().send(current->self(), *process, signal, SI_USER);
    return checked(0);
}

// ---- processes ----

Result<Waited> wait4(pid_t which, int options, core::Usage*) {
    return wait((options & WNOHANG) != 0 ? Call::wait4_at_once : Call::wait4, wait_for(which, options), options);
}

Result<Waited> waitid(pid_t which, int options) {
    return wait(Call::waitid, wait_for(which, options), options);
}

Result<Waited> wait_for_stopped() {
    return wait(Call::waitid, {.ended = false, .stopped = true}, WNOHANG);
}

Result<pid_t> find_ended(idtype_t kind, pid_t id) {
    using Kind = sim::WaitFor::Kind;
    const Kind wanted = kind == P_ALL ? Kind::any : kind == P_PID ? Kind::pid : Kind::group;
    const auto waited = wait(Call::waitid, {.kind = wanted, .number = id, .leaves_it = true}, WNOHANG);
    if (!waited) return std::unexpected(waited.error());
    return waited->pid;
}

Result<pid_t> clone_vfork(int (*child)(void*), void* argument, std::span<char>) {
    if (const auto error = current->before(Call::clone)) return failed(*error);
    // CLONE_VM without CLONE_FILES: the child has a copy of the table of descriptors.
    const auto descriptors = sim::descriptors();
    const pid_t pid = current->clone(child, argument);
    sim::descriptors() = descriptors;
    return seen(pid);
}

Error execve(const char* path, char**, char**) {
    if (const auto error = current->before(Call::execve)) return {*error};
    const int error = std::string_view(path) != sim::program_path ? ENOENT : current->world.exec_error;
    if (error == 0) current->exec();
    return {error};
}

pid_t getpid() {
    return current->self();
}

pid_t getppid() {
    (void)current->before(Call::getppid);
    current->note_asked_for_parent();
    return *seen(self().parent);
}

pid_t getpgrp() {
    return self().group;
}

Result<pid_t> getpgid(pid_t pid) {
    if (const auto error = current->before(Call::getpgid)) return failed(*error);
    const sim::Process* const process = kernel().find(pid);
    if (process == nullptr) return failed(ESRCH);
    return seen(process->group);
}

Result<void> setpgid() {
    if (const auto error = current->before(Call::setpgid)) return failed(*error);
    return checked(kernel().setpgid(current->self(), 0, 0));
}

Result<void> setsid() {
    if (const auto error = current->before(Call::setsid)) return failed(*error);
    return checked(kernel().setsid(current->self()));
}

pid_t getsid() {
    return self().session;
}

Result<void> set_child_subreaper() {
    if (const auto error = current->before_blind(Call::prctl)) return failed(*error);
    self().is_subreaper = true;
    return {};
}

Result<void> set_parent_death_signal(int signal) {
    if (const auto error = current->before(Call::prctl)) return failed(*error);
    self().parent_death_signal = signal;
    if (current->is_cppinit()) current->note_parent_watched(signal);
    return checked(0);
}

Result<void> forbid_core_files() {
    if (const auto error = current->before_blind(Call::prctl)) return failed(*error);
    return {};
}

// ---- files ----

Result<Descriptor> open(const char* path, int flags) {
    if (const auto error = current->before(Call::open)) return failed(*error);
    const auto opened = sim::open_file(path, flags);
    if (!opened) return failed(opened.error());
    return Descriptor(*seen(*opened));
}

Result<Descriptor> openat(const Descriptor& directory, const char* path, int) {
    if (const auto error = current->before(Call::openat)) return failed(*error);
    const auto opened = sim::open_file_of(directory.number(), path);
    if (!opened) return failed(opened.error());
    return Descriptor(*seen(*opened));
}

Result<Pipe> pipe() {
    if (const auto error = current->before_blind(Call::pipe)) return failed(*error);
    const auto [read_end, write_end] = sim::open_pipe();
    return Pipe{Descriptor(read_end), Descriptor(write_end)};
}

Result<std::size_t> read(int descriptor, char* buffer, std::size_t size) {
    if (const auto error = current->before(Call::read)) return failed(*error);
    if (sim::is_kind(descriptor, sim::File::Kind::terminal)) return failed(kernel().read_terminal(current->self()));
    if (sim::is_kind(descriptor, sim::File::Kind::pipe_read_end)) current->note_waited_for_exec();
    const auto text = sim::read_file(descriptor, size);
    if (!text) return failed(text.error());
    current->see(*text);
    std::memcpy(buffer, text->data(), text->size());
    return text->size();
}

Result<std::size_t> write(int descriptor, const char* bytes, std::size_t size) {
    const bool is_own_stderr = sim::is_kind(descriptor, sim::File::Kind::own_stderr);
    if (descriptor != STDERR_FILENO && !is_own_stderr) {
        if (const auto error = current->before(Call::write)) return failed(*error);
        return seen(sim::write_file(descriptor, {bytes, size}));
    }
    const bool is_shared = current->world.stderr_is_old_pipe;
    if (const auto error = is_shared ? current->before(Call::write) : current->before_blind(Call::write)) {
        return failed(*error);
    }
    if (is_shared && current->log_is_full()) {
        if (!is_own_stderr) throw sim::Violation("a log line stops cppinit until somebody reads the log");
        return failed(EAGAIN);
    }
    if (current->world.stderr_is_closed) {
        // write(2), EPIPE; the signal is for the thread (fs/pipe.c: send_sig to current).
        sim::add_thread_signal(SIGPIPE);
        return failed(EPIPE);
    }
    current->note_logged({bytes, size});
    return size;
}

Result<std::size_t> write_nowait(int descriptor, const char* bytes, std::size_t size) {
    if (const auto error = current->before_blind(Call::write_nowait)) return failed(*error);
    // Pipes know RWF_NOWAIT since Linux 6.4.
    if (current->world.stderr_is_old_pipe) return failed(EOPNOTSUPP);
    return write(descriptor, bytes, size);
}

Result<bool> poll_for_writing(int, int timeout_ms) {
    const bool is_shared = current->world.stderr_is_old_pipe;
    if (const auto error = is_shared ? current->before(Call::poll) : current->before_blind(Call::poll)) {
        return failed(*error);
    }
    if (!is_shared) return true;
    if (!current->log_is_full() || timeout_ms == 0) return seen(!current->log_is_full());
    return seen(current->sleep("poll", timeout_ms, [] { return !current->log_is_full(); }));
}

Result<void> access(const char* path) {
    if (const auto error = current->before_blind(Call::access)) return failed(*error);
    const bool exists = std::string_view(path) == sim::program_path && current->world.exec_error != ENOENT;
    return exists ? Result<void>{} : failed(ENOENT);
}

Result<unsigned> lstat_mode(const char* path) {
    if (const auto error = current->before_blind(Call::lstat)) return failed(*error);
    if (!sim::content_of(path)) return failed(ENOENT);
    return S_IFREG;
}

Result<void> rename(const char* from, const char* to) {
    if (const auto error = current->before(Call::rename)) return failed(*error);
    current->tell("rename(", from, ", ", to, ")");
    return checked(sim::rename_file(from, to));
}

void unlink(const char* path) {
    sim::remove_file(path);
}

Result<void> chdir(const char*) {
    if (const auto error = current->before_blind(Call::chdir)) return failed(*error);
    return {};
}

Result<std::size_t> getcwd(char* buffer, std::size_t size) {
    if (const auto error = current->before_blind(Call::getcwd)) return failed(*error);
    buffer[sim::working_directory.copy(buffer, size - 1)] = '\0';
    return sim::working_directory.size() + 1;
}

Result<void> close_range(unsigned first, unsigned) {
    if (const auto error = current->before_blind(Call::close_range)) return failed(*error);
    std::erase_if(sim::descriptors(), [first](const auto& entry) { return entry.first >= static_cast<int>(first); });
    return {};
}

void close(int descriptor) {
    sim::descriptors().erase(descriptor);
}

Result<std::uint64_t> descriptor_limit() {
    if (const auto error = current->before_blind(Call::prlimit)) return failed(*error);
    return 1024;
}

Result<std::size_t> getdents(int directory, char* buffer, std::size_t) {
    if (const auto error = current->before(Call::getdents)) return failed(*error);
    const std::string entries = sim::read_directory(directory);
    current->see(entries);
    std::memcpy(buffer, entries.data(), entries.size());
    return entries.size();
}

Result<void> lseek(int descriptor) {
    if (const auto error = current->before_blind(Call::lseek)) return failed(*error);
    const bool is_pipe = current->world.stderr_is_closed || current->world.stderr_is_old_pipe;
    const bool is_file = descriptor != STDERR_FILENO || !is_pipe;
    return is_file ? Result<void>{} : failed(ESPIPE);
}

// ---- memory ----

namespace {

/// Mappings that were given back, by size. A schedule needs dozens of them.
std::multimap<std::size_t, void*> free_mappings;
// What is kept in them is ordered by pid or comes one after the other, and there are few processes.
constexpr std::size_t used_size = 4096;

}  // namespace

Mapping::~Mapping() {
    if (address_ == nullptr) return;
    std::memset(address_, 0, std::min(size_, used_size));
    free_mappings.emplace(size_, address_);
}

Result<Mapping> map_memory(std::size_t size) {
    if (const auto error = current->before_blind(Call::mmap)) return failed(*error);
    if (const auto found = free_mappings.find(size); found != free_mappings.end()) {
        void* const memory = found->second;
        free_mappings.erase(found);
        return Mapping(memory, size);
    }
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return failed(ENOMEM);
    return Mapping(memory, size);
}

std::size_t page_size() {
    return 4096;
}

Result<void> discard_pages(void*, std::size_t) {
    if (const auto error = current->before_blind(Call::madvise)) return failed(*error);
    return {};
}

// ---- time ----

Result<core::Milliseconds> clock_gettime(clockid_t) {
    if (current->world.clock_is_refused) return failed(EPERM);
    return seen(kernel().now);
}

void sleep(long duration_ms) {
    current->sleep("poll", duration_ms, [] { return false; });
}

// ---- terminals ----

Result<pid_t> tcgetpgrp(int terminal) {
    if (const auto error = current->before(Call::tcgetpgrp)) return failed(*error);
    if (!sim::is_own_terminal(terminal) || !kernel().has_terminal(self())) return failed(ENOTTY);
    return seen(kernel().foreground);
}

bool isatty(int descriptor) {
    if (const auto error = current->before_blind(Call::isatty)) return false;
    return current->world.has_terminal && descriptor <= STDERR_FILENO;
}

Result<void> tcsetpgrp(int, pid_t group) {
    if (const auto error = current->before(Call::tcsetpgrp)) return failed(*error);
    current->tell("tcsetpgrp(", group, ")");
    const auto result = checked(kernel().tcsetpgrp(current->self(), group));
    current->act();
    return result;
}

Result<void> give_up_terminal(int) {
    if (const auto error = current->before_blind(Call::ioctl)) return failed(*error);
    return checked(kernel().give_up_terminal(current->self()));
}

Result<void> take_terminal(int) {
    if (const auto error = current->before_blind(Call::ioctl)) return failed(*error);
    return checked(kernel().take_terminal(current->self()));
}

}  // namespace sys
