#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/options.h"
#include "sim/faults.h"
#include "sim/kernel.h"
#include "sim/world.h"

/// The real cppinit, from the first statement of `main` to its last, on the model of the kernel. `sys` (tests/sim/
/// sys.cpp) comes here with each system call; the world may move before it, and the chooser says whether it does.
namespace sim {

/// A broken promise.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// The chooser has seen the rest already.
struct Abandoned {};

class Simulation;

/// Where the world may move.
struct Point {
    const char* name;
    /// None: cppinit sleeps, or is stopped.
    std::optional<Call> call;
    /// The call neither sees the world nor changes what others see of it, so that it does not matter whether an event
    /// comes before it: it may only fail.
    bool is_blind = false;
    /// Without an event, cppinit would sleep for ever.
    bool needs_event = false;
    /// cppinit is asleep.
    bool is_asleep = false;
};

class Chooser {
  public:
    virtual ~Chooser() = default;
    /// None: the call is carried out, or the sleep is over. Throws Abandoned.
    virtual std::optional<Event> choose(const Simulation& simulation, const Point& point) = 0;
};

class Simulation : private Kernel::Watcher {
  public:
    Simulation(const World& world, Chooser& chooser, bool keeps_log = false);

    /// Throws Violation or Abandoned.
    void run();

    /// In the order in which a reader would think of them.
    [[nodiscard]] std::vector<Event> events_at(const Point& point) const;
    [[nodiscard]] bool is_possible(const Event& event, const Point& point) const;
    /// Two simulations with the same hash at a point have the same future: cppinit has seen the same, and the world is
    /// the same.
    [[nodiscard]] std::uint64_t hash(const Point& point) const;
    [[nodiscard]] std::size_t calls() const { return calls_; }
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    // ---- for sys ----

    /// Each call comes here first. An errno: it fails.
    [[nodiscard]] std::optional<int> before(Call call) {
        return before(Point{.name = fault_of(call).name, .call = call});
    }
    [[nodiscard]] std::optional<int> before_blind(Call call) {
        return before(Point{.name = fault_of(call).name, .call = call, .is_blind = true});
    }
    /// cppinit sleeps until the condition holds (true) or the time has come (false).
    template <class Condition>
    bool sleep(const char* call, std::optional<long> timeout_ms, Condition wakes) {
        const Milliseconds deadline = timeout_ms ? kernel.now + *timeout_ms : core::never;
        while (!wakes()) {
            if (kernel.now >= deadline) return false;
            sleep_once(call, deadline);
        }
        return true;
    }
    /// What cppinit sees is what its state depends on.
    void see(std::uint64_t what) { seen_.add(what); }
    void see(const std::string& what) { seen_.add(what); }
    /// A line of the story.
    template <class... Parts>
    void tell(const Parts&... parts) {
        if (!keeps_log_) return;
        std::string line;
        ((line += text_of(parts)), ...);
        log_.push_back("    " + line);
    }
    /// The caller, cppinit or its child before exec.
    [[nodiscard]] pid_t self() const { return self_; }
    [[nodiscard]] bool is_cppinit() const { return self_ == cppinit_; }
    pid_t clone(int (*child)(void*), void* argument);
    /// Does not return.
    [[noreturn]] void exec();
    /// After a change of the mask.
    void act();
    void note_taken(int signal);
    [[nodiscard]] bool refuses_wait() { return waits_++ < world.refused_waits; }
    void note_parent_watched(int signal);
    void note_wait_failed() { wait_failed_ = true; }
    void note_wait_succeeded() { wait_failed_ = false; }
    void note_waited_for(const Waited& waited);
    void note_waited_for_exec() { must_wait_for_exec_ = false; }
    [[nodiscard]] bool log_is_full() const { return log_is_full_; }
    void note_logged(std::string_view text) { logged_ += text; }
    void note_asked_for_parent() { has_asked_for_parent_ = is_cppinit() || has_asked_for_parent_; }
    [[nodiscard]] static std::string name_of_signal(int signal);

    Kernel kernel;
    const World& world;

  private:
    /// What is remembered of a process for the promises.
    struct Notes {
        int terms = 0;
        /// By cppinit.
        SignalSet was_sent;
        bool was_asked_to_end = false;
        bool is_answer_to_term = false;
        /// It comes to light when its parent ends.
        bool is_behind_hidden = false;
    };
    struct ExecHappened {};
    struct ChildEnded {};
    struct CppinitEnded {
        int wait_status;
    };

    static std::string text_of(const std::string& text) { return text; }
    static std::string text_of(const char* text) { return text; }
    template <class Number>
        requires std::is_arithmetic_v<Number>
    static std::string text_of(Number number) {
        return std::to_string(number);
    }

    [[nodiscard]] std::optional<int> before(const Point& point);
    void add_stranger();
    void build_world();
    void run_child(int (*child)(void*), void* argument);
    void sleep_once(const char* call, Milliseconds deadline);
    void perform(const Event& event, const Point& point);
    void close_step();
    void move_relay();
    void make_members();
    void stay_alive();
    [[nodiscard]] bool is_who(const Process& process, Who who) const;
    [[nodiscard]] bool is_enabled(const Chance& chance) const;
    [[nodiscard]] bool is_enabled_for(const Process& process, const Chance& chance) const;
    [[nodiscard]] std::string describe(const Event& event) const;
    [[nodiscard]] std::string describe(const Process& process) const;
    void send_to_cppinit(int signal, int code);
    void note_accepted(int signal);

    // ---- the promises ----

    void on_signal(pid_t sender, const Process& receiver, int signal) override;
    void on_fork(const Process& parent, Process& child) override;
    void check_term(const Process& receiver);
    void check_kill(const Process& receiver);
    void check_asleep();
    void check_limit() const;
    [[nodiscard]] Milliseconds limit_at() const;
    [[nodiscard]] Milliseconds patience_after_limit() const;
    [[nodiscard]] std::optional<bool> has_timed_out() const;
    void check_foreground() const;
    void check_stopped() const;
    void check_forwarded() const;
    void check_end(int exit_code) const;
    [[nodiscard]] int expected_exit_code(int exit_code) const;
    void check_end_by(int wait_status) const;
    void check_report(int exit_code) const;
    void check_gone() const;
    void check_terminal() const;
    /// The shell has left the foreground to cppinit's group or to the main child's.
    [[nodiscard]] bool job_has_foreground() const {
        return kernel.foreground == kernel.find(cppinit_)->group || kernel.foreground == main_pid_;
    }
    /// Its group, which may have died, has the foreground.
    [[nodiscard]] bool is_neighbours_turn() const {
        return kernel.foreground == neighbours_program_ && neighbours_program_ != main_pid_;
    }
    void note_continued();
    [[nodiscard]] const Process* main_child() const { return kernel.find(main_pid_); }
    [[nodiscard]] bool is_under(const Process& process) const;
    [[nodiscard]] bool may_lose(Loss promise) const { return (losses_ >> static_cast<unsigned>(promise) & 1) != 0; }

    Chooser& chooser_;
    const bool keeps_log_;
    std::vector<std::string> log_;
    core::Options options_;
    pid_t cppinit_ = 0;
    pid_t self_ = 0;
    pid_t shell_ = 0;
    /// The number may be another's when it has ended.
    pid_t neighbours_program_ = 0;
    bool has_neighbours_program_ = false;
    int events_left_;
    int faults_left_;
    /// The promises that the failed calls excuse, as bits.
    unsigned losses_ = 0;
    std::vector<int> chances_left_;
    int closing_step_ = 0;
    std::size_t calls_ = 0;
    std::size_t calls_since_event_ = 0;
    Hash seen_;

    /// 0: not started, or reaped.
    pid_t main_pid_ = 0;
    int main_id_ = 0;
    bool has_exec_ = false;
    Milliseconds started_at_ = 0;
    std::optional<int> main_status_;
    Milliseconds main_ended_at_ = core::never;
    bool main_is_reaped_ = false;
    std::array<int, core::last_signal + 1> accepted_{};
    std::array<int, core::last_signal + 1> main_got_{};
    /// By cppinit, while there is a main child.
    std::array<int, core::last_signal + 1> taken_{};
    int orphans_ = 0;
    std::optional<Milliseconds> first_stop_at_;
    std::optional<Milliseconds> last_request_at_;
    /// The stop signal that ended the waiting.
    std::optional<Milliseconds> ends_since_;
    int requests_ = 0;
    std::map<int, Notes> notes_;
    bool wait_failed_ = false;
    bool may_kill_ = false;
    bool was_lender_ = false;
    /// The main child is to have the foreground, if it runs.
    bool owes_foreground_ = false;
    int parent_signal_ = 0;
    bool has_asked_for_parent_ = false;
    std::vector<int> guests_;
    /// When cppinit was continued, a TERM was there that is still to be taken.
    bool has_older_term_ = false;
    int waits_ = 0;
    bool log_is_full_ = false;
    std::string logged_;
    bool must_wait_for_exec_ = false;
    Milliseconds delayed_ms_ = 0;
    int relay_ = 0;
    int relay_moves_ = 0;
};

/// The simulation that `sys` belongs to.
extern Simulation* current;

}  // namespace sim
