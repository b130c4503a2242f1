#include <unistd.h>

#include "core/options.h"
#include "os/inbox.h"
#include "os/log.h"
#include "os/self.h"
#include "os/spawn.h"
#include "os/supervise.h"
#include "os/terminal.h"

namespace {

bool write_to_stdout(std::string_view part) {
    while (!part.empty()) {
        const auto written = sys::write(STDOUT_FILENO, part.data(), part.size());
        if (!written) return false;
        part.remove_prefix(*written);
    }
    return true;
}

int print(os::Log& log, core::Page page) {
    if (core::print_page(page, write_to_stdout)) return 0;
    log.write(core::Verbosity::errors, core::Line().add("cannot write to stdout"));
    return core::own_failure_code;
}

int report_usage(os::Log& log, const core::UsageError& error) {
    core::Line line;
    core::describe(error, line);
    log.write(core::Verbosity::errors, line.add("\nTry 'cppinit --help'"));
    return core::own_failure_code;
}

int fatal(os::Log& log, const sys::Error& error) {
    core::Line line;
    log.write(core::Verbosity::errors, line.add(std::string_view(error.call)), error);
    return core::own_failure_code;
}

int report_spawn(os::Log& log, std::string_view program, const os::SpawnFailure& failure) {
    using Stage = os::SpawnFailure::Stage;
    if (failure.stage == Stage::fork) return fatal(log, failure.error);
    core::Line line;
    line.add("cannot execute ").add(core::Quoted{program});
    if (failure.stage == Stage::interpreter) line.add(", or the interpreter that it names");
    log.write(core::Verbosity::errors, line, failure.error);
    return failure.stage == Stage::lookup ? core::not_found_code : core::not_executable_code;
}

}  // namespace

int main(int, char** argv, char** envp) {
    os::Log log(core::Verbosity::warnings);
    // Block first: a signal that comes before the main child exists must wait, not kill cppinit or get lost.
    auto inbox = os::Inbox::open();
    if (!inbox) return fatal(log, inbox.error());

    auto options = core::parse(argv, envp);
    if (!options) return report_usage(log, options.error());
    if (options->page != core::Page::none) return print(log, options->page);
    log.set_verbosity(options->verbosity);

    const pid_t own_pid = sys::getpid();
    options->policy.owns_namespace = own_pid == 1;
    if (auto ok = os::become_reaper(*options, own_pid); !ok) return fatal(log, ok.error());
    if (auto ok = os::watch_parent(*options, own_pid); !ok) return fatal(log, ok.error());
    auto terminal = os::Terminal::find();
    pid_t main_child = 0;
    if (options->program != nullptr) {
        const auto spawned = os::spawn(*options, envp, inbox->inherited(), terminal, own_pid);
        if (!spawned) return report_spawn(log, *options->program, spawned.error());
        main_child = *spawned;
    }

    // From here on a failure would cost the whole container.
    os::let_go_of_files();
    const int exit_code = os::supervise(*inbox, options->policy, own_pid, main_child, terminal, log);
    (void)terminal.reclaim_from(main_child);
    return exit_code;
}
