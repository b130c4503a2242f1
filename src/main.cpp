#include <unistd.h>

#include <optional>

#include "core/child_environment.h"
#include "core/pages.h"
#include "os/inbox.h"
#include "os/log.h"
#include "os/memory_cgroup.h"
#include "os/output.h"
#include "os/parent.h"
#include "os/ps.h"
#include "os/report_file.h"
#include "os/self.h"
#include "os/spawn.h"
#include "os/supervise.h"
#include "os/terminal.h"

namespace {

bool write_to_stdout(std::string_view part) {
    return os::write_all(STDOUT_FILENO, part).has_value();
}

/// Each function logs one thing that can go wrong before the main child runs, and returns the exit code for it: that of
/// the program whose name cppinit was started under.
class Failure {
  public:
    Failure(os::Log& log, const core::Persona& persona) : log_(log), persona_(persona) {}

    [[nodiscard]] int usage(const core::UsageError& error) const {
        core::Line line;
        core::describe(error, line);
        line.add("\nTry '").add(log_.name()).add(persona_.is_own ? " --help'" : " -h'");
        return fail({.event = line.c_string()}, persona_.failure_code);
    }

    [[nodiscard]] int system(const char* what, const sys::Error& error) const {
        return fail({.event = what, .error = error.number}, persona_.failure_code);
    }

    [[nodiscard]] int spawn(std::string_view program, const os::SpawnFailure& failure) const {
        using Stage = os::SpawnFailure::Stage;
        if (failure.stage == Stage::fork) return system("cannot make a process", failure.error);
        const int code = failure.stage == Stage::lookup ? persona_.not_found_code : persona_.not_executable_code;
        const char* const what =
            failure.stage == Stage::interpreter ? "cannot execute the interpreter of" : "cannot execute";
        return fail({.event = what, .name = program, .error = failure.error.number}, code);
    }

  private:
    [[nodiscard]] int fail(const core::LogEntry& entry, int code) const {
        log_.write(core::Verbosity::errors, entry);
        return code;
    }

    os::Log& log_;
    const core::Persona& persona_;
};

/// As tini does: a person who did not ask for a subreaper may have forgotten to.
void warn_of_orphans(const core::Options& options, pid_t own_pid, os::Log& log) {
    if (own_pid == 1 || options.subreaper != core::Subreaper::declined) return;
    log.write(core::Verbosity::warnings, {.event = "orphans are not reaped: neither PID 1 nor -s"});
}

int print(os::Log& log, core::Page page, const core::Persona& persona) {
    bool is_written = false;
    if (page == core::Page::processes) {
        const auto printed = os::print_processes(write_to_stdout);
        if (!printed) return Failure(log, persona).system("cannot list /proc of this PID namespace", printed.error());
        is_written = *printed;
    } else {
        is_written = core::print_page(page, persona, log.name(), write_to_stdout);
    }
    if (is_written) return 0;
    log.write(core::Verbosity::errors, {.event = "cannot write to stdout"});
    return persona.failure_code;
}

}  // namespace

/// Not on the stack: its pages are there only once something is counted. The simulator, which starts cppinit again and
/// again, resets it (tests/sim).
constinit core::Report report_of_run;  // NOLINT(misc-use-internal-linkage)

int main(int, char** argv, char** envp) {
    // Block first: a signal that comes before the main child exists must wait, not kill cppinit or get lost.
    auto inbox = os::Inbox::open();
    const std::string_view name = core::file_name_of(argv);
    const core::Persona& persona = core::persona_of(name);
    os::Log log(core::Verbosity::warnings, name);
    const Failure failure(log, persona);
    if (!inbox) return failure.system("cannot block signals", inbox.error());

    auto options = core::parse(persona, argv, envp);
    if (!options) return failure.usage(options.error());
    if (const auto page = options->page) {
        // What is printed may be interrupted like any other program's output.
        (void)sys::sigprocmask(inbox->inherited().blocked);
        return print(log, *page, persona);
    }
    log.configure(options->verbosity, options->log_json);

    const pid_t own_pid = sys::getpid();
    options->policy.owns_namespace = own_pid == 1;
    if (auto ok = os::become_reaper(*options, own_pid); !ok) {
        return failure.system("cannot become a child subreaper", ok.error());
    }
    auto parent = os::Parent::watch(*options);
    if (!parent) return failure.system("cannot watch the parent", parent.error());
    warn_of_orphans(*options, own_pid, log);
    if (options->new_session) os::Terminal::give_up();
    auto terminal = os::Terminal::find();
    os::ReportFile report_file;
    report_file.prepare(options->report, log);
    const auto oom_kills = os::OomKills::before_run(options->report != nullptr, options->policy.owns_namespace);
    const auto write_report = [&](int exit_code) {
        report_of_run.exit_code = exit_code;
        if (options->report != nullptr) report_of_run.oom_kills = oom_kills.during_run();
        report_of_run.wall_ms = report_file.age_ms();
        report_of_run.dropped_log_lines = log.dropped();
        report_file.write(report_of_run, log);
        return exit_code;
    };
    std::optional<pid_t> main_child;
    if (options->program != nullptr) {
        report_of_run.program = *options->program;
        // A peer leaves its own variables in the environment.
        if (persona.is_own) core::remove_own_variables(envp);
        const auto spawned = os::spawn(*options, envp, inbox->inherited(), terminal, own_pid);
        if (!spawned) return write_report(failure.spawn(report_of_run.program, spawned.error()));
        main_child = report_of_run.pid = *spawned;
    }

    // From here on a failure would cost the whole container.
    os::let_go_of_files(own_pid == 1 || !persona.is_own, report_file.stream());
    os::Account account(*options, oom_kills, log, report_of_run);
    const os::Outcome outcome = os::supervise(*inbox, options->policy, own_pid, main_child, *parent, terminal, account);
    report_of_run.timed_out = outcome.timed_out;
    (void)write_report(outcome.exit_code);
    if (outcome.dies_of) os::die_of(*outcome.dies_of);
    return outcome.exit_code;
}
