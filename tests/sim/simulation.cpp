#include "sim/simulation.h"

#include <errno.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/personas.h"
#include "core/report.h"
#include "sim/files.h"

/// src/main.cpp, under another name, and what it keeps from one start to the next.
int cppinit_main(int count, char** arguments, char** environment);
extern core::Report report_of_run;

namespace sim {

Simulation* current = nullptr;

namespace {

using Kind = Event::Kind;

// Between two events of the world cppinit makes at most so many calls; a walk among a few processes takes some hundred.
constexpr std::size_t max_calls_without_event = 600;
constexpr std::size_t max_processes = 11;
// A process that forks and ends is killed before it has done so this often.
constexpr int max_relay_moves = 100;

constexpr SignalSet stop_signals = SignalSet::of({SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU});
constexpr SignalSet terminal_stops = SignalSet::of({SIGTSTP, SIGTTIN, SIGTTOU});

/// The words of a command line, as main gets them.
class Words {
  public:
    explicit Words(const std::vector<std::string>& options) : words_(options) {
        words_.insert(words_.begin(), "cppinit");
        if (std::ranges::find(options, "--pause") == options.end()) words_.emplace_back(program_path);
        for (std::string& word : words_) pointers_.push_back(word.data());
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char** pointers() { return pointers_.data(); }
    [[nodiscard]] int count() const { return static_cast<int>(words_.size()); }

  private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

core::Options parse(Words& words) {
    char* no_variables[] = {nullptr};
    return *core::parse(core::persona_of("cppinit"), words.pointers(), no_variables);
}

}  // namespace

Simulation::Simulation(const World& a_world, Chooser& chooser, bool keeps_log)
    : world(a_world),
      chooser_(chooser),
      keeps_log_(keeps_log),
      events_left_(a_world.events),
      faults_left_(a_world.faults) {
    for (const Chance& chance : world.chances) chances_left_.push_back(chance.times);
}

std::string Simulation::name_of_signal(int signal) {
    return std::string(std::string_view(core::SignalName(signal)));
}

void Simulation::add_stranger() {
    const pid_t pid = kernel.fork(1).pid;
    kernel.set_disposition(pid, SIGCHLD, Kernel::Disposition::by_default);
    (void)kernel.setsid(pid);
}

void Simulation::build_world() {
    if (world.is_pid_1) {
        cppinit_ = kernel.add_process(1, Kernel::outside).pid;
    } else {
        // Its children are reaped by the kernel, so that their numbers are free at once.
        kernel.add_process(1, Kernel::outside).ignored.add(SIGCHLD);
        shell_ = kernel.add_process(2, 1).pid;
        if (world.has_terminal) (void)kernel.take_terminal(shell_);
        cppinit_ = kernel.fork(shell_).pid;
        const bool shell_has_thread = std::ranges::any_of(
            world.chances, [](const Chance& chance) { return chance.kind == Kind::parent_thread_ends; });
        if (shell_has_thread) kernel.start_thread(shell_);
        (void)kernel.setpgid(cppinit_, 0, 0);
        if (world.has_neighbour) {
            const pid_t neighbour = kernel.fork(shell_).pid;
            (void)kernel.setpgid(shell_, neighbour, cppinit_);
            kernel.find(neighbour)->is_cppinit = world.neighbour_has_program;
            if (world.neighbour_has_program) {
                neighbours_program_ = kernel.fork(neighbour).pid;
                (void)kernel.setpgid(neighbours_program_, 0, 0);
                kernel.exec(neighbours_program_);
                has_neighbours_program_ = true;
            }
        }
    }
    if (world.has_terminal && world.is_pid_1) (void)kernel.take_terminal(cppinit_);
    if (world.has_terminal) kernel.foreground = cppinit_;
    for (int count = 0; count < world.strangers; ++count) {
        add_stranger();
    }
    if (world.stranger_has_child) (void)kernel.setsid(kernel.fork(kernel.processes().back().pid).pid);
    self_ = cppinit_;
    const int exit_signal = world.inherited_are_clones ? SIGUSR1 : SIGCHLD;
    const pid_t zombie = world.has_inherited_zombie ? kernel.fork(cppinit_, exit_signal).pid : 0;
    if (world.has_inherited_child) kernel.fork(cppinit_, exit_signal);
    kernel.exec(cppinit_);
    if (zombie != 0) kernel.exit(zombie, 0);
    kernel.set_blocked(cppinit_, world.inherited_mask);
    // What came before the mask met its default action (docs/DESIGN.md).
    kernel.find(cppinit_)->pending.clear();
    kernel.find(cppinit_)->is_cppinit = true;
    if (world.has_old_report) make_file(report_path, old_report);
    // Older than cppinit's first look at the clock.
    kernel.now += 1000;
}

void Simulation::run() {
    current = this;
    close_all_files();
    report_of_run = {};
    build_world();
    kernel.watch(this);
    Words words(world.options);
    options_ = parse(words);
    char* environment[] = {nullptr};
    try {
        const int code = cppinit_main(words.count(), words.pointers(), environment);
        tell("cppinit exits with ", code);
        check_end(code);
    } catch (const CppinitEnded& ended) {
        tell("cppinit ends, status ", ended.wait_status);
        check_end_by(ended.wait_status);
    }
}

// ---- what can happen ----

bool Simulation::is_under(const Process& process) const {
    return process.pid != cppinit_ && (world.is_pid_1 || kernel.descends_from(process, cppinit_));
}

bool Simulation::is_who(const Process& process, Who who) const {
    switch (who) {
        case Who::nobody: return false;
        case Who::main_child: return process.pid == main_pid_;
        case Who::descendant: return process.pid != main_pid_ && is_under(process);
        case Who::anyone_under: return is_under(process);
        case Who::stranger: return process.pid > 2 && process.pid != cppinit_ && !is_under(process);
        case Who::neighbour:
            return process.parent == shell_ && process.pid != cppinit_ && process.group == kernel.find(cppinit_)->group;
        case Who::cppinit: return process.pid == cppinit_;
    }
    return false;
}

bool Simulation::is_enabled(const Chance& chance) const {
    const bool is_room = kernel.processes().size() < max_processes;
    if (chance.kind == Kind::stranger_appears || chance.kind == Kind::guest_enters) return is_room;
    if (chance.kind == Kind::parent_ends) return shell_ != 0 && kernel.find(shell_) != nullptr;
    if (chance.kind == Kind::parent_thread_ends) {
        const Process* const shell = kernel.find(shell_);
        return shell != nullptr && shell->other_thread != 0 && !shell->first_thread_has_ended;
    }
    if (chance.kind == Kind::shell_fg || chance.kind == Kind::shell_bg) {
        const bool is_stopped = kernel.find(cppinit_)->state == Process::State::stopped;
        return is_stopped || (chance.kind == Kind::shell_fg && kernel.foreground == shell_);
    }
    // Before the start, cppinit would find that the foreground is not its own to give.
    if (chance.kind == Kind::neighbour_lends) {
        return has_exec_ && has_neighbours_program_ && job_has_foreground();
    }
    if (chance.kind == Kind::neighbour_takes_back) return is_neighbours_turn();
    if (chance.kind == Kind::neighbour_reaps) return has_neighbours_program_;
    if (chance.kind == Kind::log_fills) return !log_is_full_;
    if (chance.kind == Kind::log_drains) return log_is_full_;
    if (chance.kind != Kind::key) return true;
    // A stop before exec leaves cppinit asleep in clone: docs/DESIGN.md, "Limits".
    const bool stops_child = stop_signals.contains(chance.number) && !has_exec_ && kernel.foreground == main_pid_;
    return kernel.foreground != 0 && (!stops_child || kernel.find(main_pid_)->blocked.contains(SIGTSTP));
}

bool Simulation::is_enabled_for(const Process& process, const Chance& chance) const {
    // Until exec the main child runs cppinit's code, and does nothing else.
    const bool is_program = process.pid != main_pid_ || has_exec_;
    if (process.dies_of || process.is_hung || !process.is_alive() || !is_who(process, chance.who)) return false;
    if (chance.kind == Kind::is_sent) return is_program || !stop_signals.contains(chance.number);
    if (process.state != Process::State::running || !is_program) return false;
    if (chance.kind == Kind::forks) return kernel.processes().size() < max_processes;
    if (chance.kind == Kind::first_thread_ends) return process.other_thread != 0 && !process.first_thread_has_ended;
    const bool leads = process.group == process.pid || process.session == process.pid;
    if (chance.kind == Kind::leads_session || chance.kind == Kind::leads_group) return !leads;
    if (chance.kind == Kind::reads_terminal) return kernel.has_terminal(process);
    return true;
}

std::vector<Event> Simulation::events_at(const Point& point) const {
    std::vector<Event> events;
    if (faults_left_ > 0 && point.call) {
        for (const int error : fault_of(*point.call).errors.all()) events.push_back({Kind::call_fails, 0, error});
    }
    if (point.is_blind) return events;
    for (const Process& process : kernel.processes()) {
        const bool is_scheduled = process.pid == self_ || process.pid == cppinit_;
        if (!is_scheduled && kernel.has_to_act(process)) events.push_back({Event::Kind::acts, process.id, 0});
    }
    if (events_left_ > 0) {
        for (std::size_t index = 0; index < world.chances.size(); ++index) {
            const Chance& chance = world.chances[index];
            if (chances_left_[index] == 0) continue;
            if (chance.who == Who::nobody) {
                if (is_enabled(chance)) events.push_back({chance.kind, 0, chance.number});
                continue;
            }
            for (const Process& process : kernel.processes()) {
                if (is_enabled_for(process, chance)) events.push_back({chance.kind, process.id, chance.number});
            }
        }
    }
    if (events.empty() && point.needs_event) events.push_back({Event::Kind::closing});
    return events;
}

bool Simulation::is_possible(const Event& event, const Point& point) const {
    const auto events = events_at(point);
    return std::ranges::find(events, event) != events.end();
}

std::uint64_t Simulation::hash(const Point& point) const {
    Hash hash;
    hash.add(seen_.value());
    hash.add(static_cast<std::uint64_t>(self_) << 32 | static_cast<std::uint64_t>(events_left_) << 16 |
             static_cast<std::uint64_t>(faults_left_) << 8 | static_cast<std::uint64_t>(closing_step_));
    hash.add(losses_);
    hash.add(std::uint64_t{point.is_asleep} << 1 | std::uint64_t{point.needs_event});
    hash.add(std::uint64_t{owes_foreground_} << 2 | std::uint64_t{log_is_full_} << 1 |
             std::uint64_t{must_wait_for_exec_});
    for (const int left : chances_left_) hash.add(static_cast<std::uint64_t>(left));
    for (int signal = 1; signal <= core::last_signal; ++signal) {
        const auto index = static_cast<std::size_t>(signal);
        const int sum = accepted_[index] << 8 | main_got_[index];
        if (sum != 0) hash.add(static_cast<std::uint64_t>(signal) << 16 | static_cast<std::uint64_t>(sum));
    }
    for (const int count : taken_) hash.add(static_cast<std::uint64_t>(count));
    hash.add(static_cast<std::uint64_t>(orphans_));
    for (const auto& [id, notes] : notes_) {
        hash.add(static_cast<std::uint64_t>(id) << 16 | static_cast<std::uint64_t>(notes.terms) << 9 |
                 std::uint64_t{notes.was_asked_to_end} << 8 | std::uint64_t{notes.is_answer_to_term} << 1 |
                 std::uint64_t{notes.is_behind_hidden});
        hash.add(notes.was_sent.bits());
    }
    kernel.hash(hash);
    hash_files(hash);
    return hash.value();
}

std::optional<int> Simulation::before(const Point& point) {
    if (++calls_since_event_ > max_calls_without_event) {
        throw Violation("cppinit spins: " + std::to_string(calls_since_event_) + " calls without an event");
    }
    if (point.is_blind && faults_left_ == 0) return std::nullopt;
    ++calls_;
    move_relay();
    const bool may_go_on = point.is_blind || point.call == Call::read || may_lose(Loss::exec_seen);
    if (must_wait_for_exec_ && is_cppinit() && !may_go_on) {
        throw Violation("cppinit goes on before its child has called exec");
    }
    see(static_cast<std::uint64_t>(*point.call));
    while (const auto event = chooser_.choose(*this, point)) {
        perform(*event, point);
        if (event->kind != Event::Kind::call_fails) continue;
        for (const Loss loss : fault_of(*point.call).losses.all()) losses_ |= 1U << static_cast<unsigned>(loss);
        return event->number;
    }
    return std::nullopt;
}

void Simulation::sleep_once(const char* call, Milliseconds deadline) {
    check_asleep();
    check_limit();
    Point point{.name = call, .call = {}, .needs_event = deadline == core::never, .is_asleep = true};
    // Time passes once everybody has done what was due.
    for (const Process& process : kernel.processes()) {
        if (process.pid != self_ && process.pid != cppinit_ && kernel.has_to_act(process)) point.needs_event = true;
    }
    if (const auto event = chooser_.choose(*this, point)) return perform(*event, point);
    kernel.now = deadline;
    calls_since_event_ = 0;
    tell("time passes: ", kernel.now % 1'000'000, " ms");
    check_limit();
}

// ---- what happens ----

std::string Simulation::describe(const Process& process) const {
    std::string text = process.pid == main_pid_          ? "the main child"
                       : process.pid == cppinit_         ? "cppinit"
                       : is_who(process, Who::neighbour) ? "a neighbour"
                       : is_under(process)               ? "a descendant"
                                                         : "a stranger";
    return text + " (" + std::to_string(process.pid) + ")";
}

std::string Simulation::describe(const Event& event) const {
    const Process* const process = const_cast<Kernel&>(kernel).find_id(event.process);
    const std::string who = process != nullptr ? describe(*process) : "somebody";
    switch (event.kind) {
        case Kind::acts: return who + " acts on its signals";
        case Kind::exits: return who + " exits with " + std::to_string(event.number);
        case Kind::forks: return who + " forks";
        case Kind::execs: return who + " calls exec";
        case Kind::first_thread_ends: return "the first thread ends of " + who;
        case Kind::leads_session: return who + " calls setsid";
        case Kind::leads_group: return who + " calls setpgid";
        case Kind::reads_terminal: return who + " reads from the terminal";
        case Kind::is_sent: return "somebody sends " + name_of_signal(event.number) + " to " + who;
        case Kind::cppinit_is_sent: return "somebody sends " + name_of_signal(event.number) + " to cppinit";
        case Kind::group_is_sent: return "somebody sends " + name_of_signal(event.number) + " to cppinit's group";
        case Kind::key: return "a key sends " + name_of_signal(event.number) + " to the foreground";
        case Kind::shell_fg: return "the shell's fg";
        case Kind::shell_bg: return "the shell's bg";
        case Kind::neighbour_lends: return "the neighbour gives the foreground to its program";
        case Kind::neighbour_takes_back: return "the neighbour takes the foreground back";
        case Kind::neighbour_reaps: return "the neighbour reaps its program";
        case Kind::stranger_appears: return "a stranger appears";
        case Kind::guest_enters: return "a guest enters";
        case Kind::log_fills: return "others fill the pipe of the log";
        case Kind::log_drains: return "somebody reads the log";
        case Kind::parent_ends: return "cppinit's parent ends";
        case Kind::parent_thread_ends: return "the parent's thread ends that started cppinit";
        case Kind::time_passes: return std::to_string(event.number) + " ms pass";
        case Kind::call_fails: return "the call fails with errno " + std::to_string(event.number);
        case Kind::closing: return "the container is stopped";
    }
    return "";
}

void Simulation::send_to_cppinit(int signal, int code) {
    note_accepted(signal);
    kernel.send(Kernel::nobody, *kernel.find(cppinit_), signal, code);
}

void Simulation::perform(const Event& event, const Point& point) {
    if (keeps_log_)
        log_.push_back(std::string(point.is_asleep ? "asleep in " : "before ") + point.name + ": " + describe(event));
    calls_since_event_ = 0;
    const Process* const process = kernel.find_id(event.process);
    const pid_t pid = process != nullptr ? process->pid : 0;
    if (event.kind == Kind::call_fails) {
        --faults_left_;
    } else if (event.kind != Kind::acts && event.kind != Kind::closing) {
        --events_left_;
        for (std::size_t index = 0; index < world.chances.size(); ++index) {
            const Chance& chance = world.chances[index];
            const bool is_for = process == nullptr ? chance.who == Who::nobody : is_who(*process, chance.who);
            if (chance.kind != event.kind || chance.number != event.number || !is_for || chances_left_[index] == 0) {
                continue;
            }
            --chances_left_[index];
            break;
        }
    }
    switch (event.kind) {
        case Kind::acts: kernel.act(pid); break;
        case Kind::exits: kernel.exit(pid, event.number << 8); break;
        case Kind::forks: kernel.fork(pid); break;
        case Kind::execs: kernel.exec(pid); break;
        case Kind::first_thread_ends: kernel.end_first_thread(pid); break;
        case Kind::log_fills: log_is_full_ = true; break;
        case Kind::log_drains: log_is_full_ = false; break;
        case Kind::leads_session: (void)kernel.setsid(pid); break;
        case Kind::leads_group: (void)kernel.setpgid(pid, 0, 0); break;
        case Kind::reads_terminal:
            if (is_who(*kernel.find(pid), Who::neighbour) && kernel.find(pid)->group != kernel.foreground) {
                note_accepted(SIGTTIN);
                owes_foreground_ = false;
            }
            (void)kernel.read_terminal(pid);
            break;
        case Kind::is_sent: kernel.send(Kernel::nobody, *kernel.find(pid), event.number, SI_USER); break;
        case Kind::cppinit_is_sent:
            send_to_cppinit(event.number, SI_USER);
            if (event.number == SIGCONT) note_continued();
            break;
        case Kind::group_is_sent: {
            note_accepted(event.number);
            (void)kernel.kill(1, -kernel.find(cppinit_)->group, event.number);
            break;
        }
        case Kind::key:
            if (kernel.foreground == kernel.find(cppinit_)->group) note_accepted(event.number);
            // A stop key takes back the CONT by which cppinit knows that it was continued (kernel/signal.c,
            // prepare_signal): known, and nothing is lost, because a CONT follows the TERM too.
            if (stop_signals.contains(event.number)) has_older_term_ = false;
            if (stop_signals.contains(event.number) && kernel.find(cppinit_)->has_pending(SIGCONT)) {
                owes_foreground_ = false;
            }
            // cppinit infers it from the main child's end.
            if (event.number == SIGINT) ++requests_;
            kernel.send_to_foreground(event.number);
            break;
        // bash sends CONT even to a job that runs.
        case Kind::shell_fg:
        case Kind::shell_bg:
            kernel.foreground = event.kind == Kind::shell_fg ? kernel.find(cppinit_)->group : shell_;
            (void)kernel.kill(shell_, -kernel.find(cppinit_)->group, SIGCONT);
            note_continued();
            break;
        case Kind::neighbour_lends:
            kernel.foreground = neighbours_program_;
            owes_foreground_ = false;
            break;
        case Kind::neighbour_takes_back: kernel.foreground = kernel.find(cppinit_)->group; break;
        case Kind::neighbour_reaps: {
            Waited waited;
            const pid_t neighbour = kernel.find(neighbours_program_)->parent;
            has_neighbours_program_ = false;
            kernel.exit(neighbours_program_, 0);
            (void)kernel.wait(neighbour, {.kind = WaitFor::Kind::pid, .number = neighbours_program_}, waited);
            break;
        }
        case Kind::stranger_appears: add_stranger(); break;
        case Kind::guest_enters: guests_.push_back(kernel.add_process(kernel.next_pid(), Kernel::outside).id); break;
        case Kind::parent_ends:
            if (has_asked_for_parent_) note_accepted(options_.parent_death_signal.value_or(0));
            kernel.exit(shell_, 0);
            break;
        case Kind::parent_thread_ends: kernel.end_first_thread(shell_); break;
        case Kind::time_passes:
            kernel.now += event.number;
            delayed_ms_ += event.number;
            break;
        case Kind::call_fails: break;
        case Kind::closing: close_step(); break;
    }
    if (const Process* const main = main_child(); main != nullptr && !main->is_alive() && !main_status_) {
        main_status_ = main->wait_status;
        main_ended_at_ = kernel.now;
    }
    stay_alive();
}

void Simulation::move_relay() {
    if (world.calls_for_relay == 0 || !main_is_reaped_ || kernel.now < main_ended_at_ + options_.policy.grace) return;
    const Process* const relay = kernel.find_id(relay_);
    if (calls_ % static_cast<std::size_t>(world.calls_for_relay) != 0 || relay == nullptr || !relay->is_alive() ||
        relay->dies_of)
        return;
    const pid_t pid = relay->pid;
    const Process& next = kernel.fork(pid);
    relay_ = next.id;
    tell("the relay goes on as ", next.pid);
    kernel.exit(pid, 0);
    if (++relay_moves_ > max_relay_moves) throw Violation("a process that forks and ends survives the KILL");
}

/// Nothing can happen, and cppinit sleeps for ever. It must end when it is stopped as engines do, whatever came before.
void Simulation::close_step() {
    Process* const main = kernel.find(main_pid_);
    Process& cppinit = *kernel.find(cppinit_);
    if (cppinit.state == Process::State::stopped) {
        // As a shell does.
        tell("CONT to cppinit's group");
        (void)kernel.kill(1, -cppinit.group, SIGCONT);
        return note_continued();
    }
    switch (closing_step_++) {
        case 0:
        case 2:
            // A request of its own.
            kernel.now += 500;
            tell("TERM to cppinit");
            return send_to_cppinit(SIGTERM, SI_USER);
        case 1:
            tell("KILL to the main child");
            if (main != nullptr) kernel.send(Kernel::nobody, *main, SIGKILL, SI_USER);
            return;
        default: throw Violation("cppinit sleeps for ever");
    }
}

/// Those that are on a processor act on their signals at once. An exception ends what they do.
void Simulation::stay_alive() {
    for (const pid_t pid : {self_, cppinit_}) {
        if (kernel.find(pid) != nullptr && kernel.has_to_act(*kernel.find(pid))) kernel.act(pid);
    }
    const Process* const child = self_ != cppinit_ ? kernel.find(self_) : nullptr;
    if (self_ != cppinit_ && (child == nullptr || !child->is_alive())) {
        if (child != nullptr) {
            main_status_ = child->wait_status;
            main_ended_at_ = kernel.now;
        }
        throw ChildEnded{};
    }
    const Process* const cppinit = kernel.find(cppinit_);
    if (self_ == cppinit_ && (cppinit == nullptr || !cppinit->is_alive())) {
        throw CppinitEnded{cppinit == nullptr ? SIGKILL : cppinit->wait_status};
    }
}

void Simulation::act() {
    stay_alive();
    while (kernel.find(self_)->state == Process::State::stopped) {
        if (self_ != cppinit_) {
            if (!may_lose(Loss::job)) throw Violation("the child is stopped before exec, and nobody can continue it");
            tell("somebody continues the child");
            kernel.send(Kernel::nobody, *kernel.find(self_), SIGCONT, SI_USER);
            continue;
        }
        tell("cppinit is stopped");
        const Point point{.name = "stop", .call = {}, .needs_event = true, .is_asleep = true};
        if (const auto event = chooser_.choose(*this, point)) perform(*event, point);
        has_older_term_ = kernel.find(self_)->has_pending(SIGTERM);
    }
}

// ---- the start of the main child ----

pid_t Simulation::clone(int (*child)(void*), void* argument) {
    was_lender_ = owes_foreground_ = kernel.foreground == kernel.find(cppinit_)->group && world.has_terminal;
    const pid_t pid = self_ = main_pid_ = kernel.fork(cppinit_).pid;
    main_id_ = kernel.find(pid)->id;
    started_at_ = kernel.now;
    tell("clone returns ", pid);
    if (world.clone_is_fork) {
        // What the child is given lies on cppinit's stack, and only the child writes there now.
        std::array<char, 128> memory;
        std::memcpy(memory.data(), argument, memory.size());
        run_child(child, argument);
        std::memcpy(argument, memory.data(), memory.size());
        must_wait_for_exec_ = true;
    } else {
        run_child(child, argument);
    }
    self_ = cppinit_;
    stay_alive();
    return pid;
}

void Simulation::run_child(int (*child)(void*), void* argument) {
    try {
        const int code = child(argument);
        kernel.exit(std::exchange(main_pid_, 0), code << 8);
    } catch (const ExecHappened&) {
    } catch (const ChildEnded&) {
    }
}

void Simulation::exec() {
    kernel.exec(self_);
    Process& main = *kernel.find(self_);
    main.caught = world.main_child_catches;
    if (world.main_child_has_thread) kernel.start_thread(self_);
    if (main.blocked.bits() != world.inherited_mask.bits()) {
        throw Violation("the program starts with another signal mask than cppinit");
    }
    if (main.group != main.pid && !may_lose(Loss::group))
        throw Violation("the program starts without a group of its own");
    for (const auto& entry : main.pending) ++main_got_[static_cast<std::size_t>(entry.signal)];
    has_exec_ = true;
    tell("the main child calls exec");
    make_members();
    throw ExecHappened{};
}

void Simulation::make_members() {
    std::vector<pid_t> pids{main_pid_};
    for (const Member& member : world.members) {
        const pid_t parent = member.parent < 0 ? cppinit_ : pids[static_cast<std::size_t>(member.parent)];
        Process& process = kernel.fork(parent);
        process.blocked = {};
        process.ignored = member.ignored;
        process.caught = member.caught;
        process.is_hidden = member.is_hidden;
        process.is_hung = member.is_hung;
        if (member.is_stopped) process.state = Process::State::stopped;
        if (member.has_thread) kernel.start_thread(process.pid);
        if (member.leads_session) (void)kernel.setsid(process.pid);
        if (member.leads_group) (void)kernel.setpgid(process.pid, 0, 0);
        pids.push_back(process.pid);
    }
    if (pids.size() > 1) relay_ = kernel.find(pids[1])->id;
}

}  // namespace sim
