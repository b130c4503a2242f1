#include "core/lifecycle.h"

#include <algorithm>

namespace core {
namespace {

// timeout(1) sends TERM twice within microseconds, and a preStop hook and the engine may both ask: signals that arrive
// within this time of the first are one request.
constexpr Milliseconds request_window = 500;

// A filter at the other end of the program's output needs this moment to read its end of file and to write the rest.
constexpr Milliseconds quiet_time = 100;

// How often cppinit looks whether guests are still there, and how often it kills what was forked meanwhile.
constexpr Milliseconds look_interval = 20;
constexpr Milliseconds newcomer_interval = 200;
constexpr Milliseconds round_interval = 10;
constexpr Milliseconds foreground_interval = 1000;

// cppinit leaves without what cannot be killed (uninterruptible sleep) when nothing has ended for this long.
constexpr Milliseconds patience = 1000;

constexpr Target target_of(Scope scope) {
    switch (scope) {
        case Scope::group: return Target::group;
        case Scope::main_child: return Target::main_child;
        case Scope::everything: break;
    }
    return Target::everything;
}

constexpr Action send(Target target, int signal) {
    return {Action::Kind::send, target, signal};
}

void finish(State& state) {
    state.phase = Phase::done;
}

// ---- stop requests ----

/// A stop signal arrived. Returns whether it begins a request of its own.
bool note_request(State& state, Milliseconds now) {
    if (state.requested_at && now < after(*state.requested_at, request_window)) return false;
    state.requested_at = now;
    return true;
}

/// A program that survived a stop signal for longer than one grace took it to mean something other than "end". The
/// request is then forgotten.
void forget_survived_request(const Policy& policy, Milliseconds now, State& state) {
    if (!state.program_asked_at || now <= after(*state.program_asked_at, policy.grace)) return;
    state.program_asked_at.reset();
    state.requested_at.reset();
    state.reached.other.reset();
    // An INT that somebody sent long ago is not the one that ends the program now.
    state.interrupts_forwarded = state.interrupts_forwarded.without(SignalSet::only(SIGINT));
}

// ---- while the main child lives ----

void note_reach(const Policy& policy, int signal, Milliseconds now, State& state) {
    (signal == SIGTERM ? state.reached.term : state.reached.other) = StopReach{signal, target_of(policy.scope), now};
}

/// The first stop signal that is forwarded starts the clock of --kill-after.
void forward_stop(const Policy& policy, int signal, Milliseconds now, Action::Origin origin, Step& next) {
    State& state = next.state;
    if (state.phase != Phase::stopping) state.kill_at = after(now, policy.kill_after);
    state.phase = Phase::stopping;
    state.program_asked_at = now;
    note_reach(policy, signal, now, state);
    next.actions.add({Action::Kind::send, target_of(policy.scope), signal, origin, true});
}

void forward_held(const Policy& policy, Milliseconds now, Step& next) {
    const HeldSignals held = next.state.held;
    next.state.held = {};
    next.state.delay_until = never;
    for (const int signal : held.all()) forward_stop(policy, signal, now, Action::Origin::held, next);
}

void on_stop_signal(const Policy& policy, int signal, Milliseconds now, Step& next) {
    State& state = next.state;
    const bool is_new_request = note_request(state, now);
    if (state.phase == Phase::running && policy.stop_delay > 0) {
        state.phase = Phase::delaying;
        state.delay_until = after(now, policy.stop_delay);
    }
    if (state.phase == Phase::delaying) {
        const bool is_first = state.held.all().empty();
        if (is_first || (!is_new_request && !state.held.is_full())) return state.held.add(signal);
        // Whoever asks a second time does not want to wait.
        forward_held(policy, now, next);
    }
    forward_stop(policy, signal, now, Action::Origin::event, next);
}

void note_interrupt(const Event& event, int signal, State& state) {
    if (signal != SIGINT && signal != SIGQUIT && signal != SIGHUP) return;
    state.interrupts_forwarded.add(signal);
    if (event.is_of_terminal && event.number == signal) state.interrupts_from_terminal.add(signal);
}

void on_signal_alive(const Policy& policy, const Event& event, Step& next) {
    // A shell's `fg` gives the foreground to cppinit's group and sends CONT.
    if (event.number == SIGCONT) next.actions.add({Action::Kind::lend_foreground});
    const auto signal = policy.rewrites.apply(event.number);
    if (!signal) return;
    note_interrupt(event, *signal, next.state);
    if (policy.is_stop(event.number)) return on_stop_signal(policy, *signal, event.now, next);
    if (*signal == SIGTERM) note_reach(policy, *signal, event.now, next.state);
    // A terminal that has hung up is gone for a stopped program too, which nobody would continue.
    const bool is_hangup = event.number == SIGHUP && event.is_of_terminal;
    next.actions.add({Action::Kind::send, target_of(policy.scope), *signal, Action::Origin::event, is_hangup});
}

/// What the terminal's Ctrl-C or Ctrl-\, or its hangup, means for the rest. Returns the signal that the others in
/// cppinit's group are still to get.
std::optional<int> on_terminal_signal(const Policy& policy, const Event& event, State& state) {
    const auto signal = terminal_signal_in(event.status);
    if (!signal) return std::nullopt;
    const bool was_sent_to_program = event.is_of_terminal && !state.interrupts_forwarded.contains(*signal);
    const bool is_of_terminal = was_sent_to_program || state.interrupts_from_terminal.contains(*signal);
    const bool is_killed = event.status.kind == WaitStatus::Kind::killed;
    const bool code_is_unchanged = state.exit_code == event.status.exit_code();
    const bool is_interrupt = *signal != SIGHUP;
    if (is_of_terminal && is_interrupt && is_killed && code_is_unchanged && !policy.owns_namespace)
        state.dies_of = signal;
    if (!was_sent_to_program) return std::nullopt;
    // The terminal's INT went to the main child's group, and not to cppinit: it is a stop request all the same.
    if (*signal == SIGINT) {
        state.requested_at = event.now;
        state.reached.other = {SIGINT, Target::group, event.now};
    }
    return signal;
}

void on_end_of_main_child(const Policy& policy, const Event& event, Step& next) {
    State& state = next.state;
    state.exit_code = policy.exit_remap.apply(state.timed_out ? timed_out_code : event.status.exit_code());
    forget_survived_request(policy, event.now, state);
    const auto signal = on_terminal_signal(policy, event, state);
    const bool waits = policy.leftovers == Leftovers::wait && !state.requested_at && !state.timed_out;
    // While cppinit waits, leftovers of the main child's group may go on using the terminal.
    next.actions.add({waits ? Action::Kind::take_free_foreground : Action::Kind::take_foreground});
    if (signal) next.actions.add({Action::Kind::tell_own_group, Target::everything, *signal});
    if (waits) {
        state.phase = Phase::waiting;
        return;
    }
    const auto farewell = policy.ends_group ? policy.rewrites.apply(SIGTERM) : std::nullopt;
    if (farewell) next.actions.add(send(Target::group_leftovers, *farewell));
    if (policy.leftovers == Leftovers::leave) return finish(state);
    // Whether anything is left is not known yet: children_remain or no_children follows.
    state.phase = Phase::ending;
    state.terminate_at = after(event.now, std::min(quiet_time, policy.grace));
    state.end_by = after(event.now, policy.grace);
}

void on_change_of_main_child(const Policy& policy, const Event& event, Step& next) {
    if (event.status.ended()) return on_end_of_main_child(policy, event, next);
    // Nobody waits for PID 1 to stop, and nobody could continue what is below it. And cppinit must be awake to send a
    // signal that is due. --timeout does not count: a suspended job may stay suspended.
    const bool has_signal_to_send = next.state.delay_until != never || next.state.kill_at != never;
    next.actions.add({.kind = Action::Kind::answer_stop,
                      .signal = event.status.number,
                      .may_suspend = !policy.owns_namespace && !has_signal_to_send});
}

/// Whether the program is to end already. A TERM that it survived counts for good, as it does for leftovers, so that it
/// is not sent twice; another stop signal counts for one grace, or as long as --kill-after is to follow it.
bool is_being_stopped(const State& state) {
    return state.phase == Phase::stopping && (state.requested_at || state.reached.term || state.kill_at != never);
}

/// --timeout has expired: what TERM would do, without a delay, and with a KILL that is sure to follow.
void expire(const Policy& policy, Milliseconds now, Step& next) {
    State& state = next.state;
    state.limit_at = never;
    state.timed_out = true;
    next.actions.add({Action::Kind::report_limit});
    forget_survived_request(policy, now, state);
    const auto signal = policy.rewrites.apply(SIGTERM);
    if (state.phase == Phase::delaying) {
        forward_held(policy, now, next);
    } else if (!is_being_stopped(state) && signal) {
        forward_stop(policy, *signal, now, Action::Origin::cppinit, next);
    }
    state.phase = Phase::stopping;
    const Milliseconds patience_with_program = policy.kill_after != never ? policy.kill_after : policy.grace;
    state.kill_at = std::min(state.kill_at, after(now, patience_with_program));
}

void on_time_alive(const Policy& policy, Milliseconds now, Step& next) {
    State& state = next.state;
    if (now >= state.limit_at) return expire(policy, now, next);
    if (state.phase == Phase::delaying && now >= state.delay_until) {
        forward_held(policy, now, next);
    } else if (state.phase == Phase::stopping && now >= state.kill_at) {
        state.kill_at = never;
        state.program_asked_at = now;
        // The main child may have left its group, and it is the one that must not survive this.
        if (policy.scope != Scope::main_child) next.actions.add(send(target_of(policy.scope), SIGKILL));
        next.actions.add(send(Target::main_child, SIGKILL));
    }
}

/// running, delaying and stopping.
void alive(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: return on_signal_alive(policy, event, next);
        case Event::Kind::main_child_changed: return on_change_of_main_child(policy, event, next);
        case Event::Kind::continued:
            // Whatever the scope: the terminal has stopped the whole group.
            next.actions.add({Action::Kind::lend_foreground});
            next.actions.add(send(Target::group, SIGCONT));
            return;
        case Event::Kind::no_children:
            // Somebody else reaped the main child, which the kernel does not allow. It is better to end than to wait
            // for ever.
            next.state.exit_code = own_failure_code;
            return finish(next.state);
        case Event::Kind::time_passed: return on_time_alive(policy, event.now, next);
        case Event::Kind::children_remain:
        case Event::Kind::guests_remain:
        case Event::Kind::nobody_remains:
        case Event::Kind::foreground_is_kept: return;
    }
}

// ---- once it has ended ----

void start_killing(Milliseconds now, Step& next) {
    next.state.phase = Phase::killing;
    next.state.asked_to_end = true;
    next.state.end_by = after(now, patience);
    next.state.next_look = after(now, round_interval);
    next.actions.add(send(Target::everything, SIGKILL));
    next.actions.add({Action::Kind::reap_again});
}

/// A stop signal found cppinit waiting or pausing: the end begins, if there is anything to end.
void start_ending(const Policy& policy, Milliseconds now, Step& next) {
    next.state.phase = Phase::ending;
    next.state.requested_at = now;
    next.state.terminate_at = now;
    next.state.end_by = after(now, policy.grace);
    next.state.next_look = never;
    next.actions.add({Action::Kind::take_foreground});
    next.actions.add({Action::Kind::reap_again});
}

void look_for_free_foreground(Step& next) {
    next.state.next_look = never;
    next.actions.add({Action::Kind::take_free_foreground});
}

void waiting(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: {
            if (policy.is_stop(event.number)) return start_ending(policy, event.now, next);
            const auto signal = policy.rewrites.apply(event.number);
            if (!signal) return;
            next.actions.add({Action::Kind::send, Target::everything, *signal, Action::Origin::event});
            // By a Ctrl-Z the shell is to see the job stopped, though only cppinit is left of it.
            if (event.is_of_terminal && signal == SIGTSTP) {
                next.actions.add(
                    {.kind = Action::Kind::answer_stop, .signal = *signal, .may_suspend = !policy.owns_namespace});
            }
            return;
        }
        case Event::Kind::continued: next.actions.add(send(Target::everything, SIGCONT)); return;
        case Event::Kind::children_remain: return look_for_free_foreground(next);
        case Event::Kind::foreground_is_kept: next.state.next_look = after(event.now, foreground_interval); return;
        case Event::Kind::time_passed:
            if (event.now >= next.state.next_look) look_for_free_foreground(next);
            return;
        case Event::Kind::no_children: return finish(next.state);
        case Event::Kind::main_child_changed:
        case Event::Kind::guests_remain:
        case Event::Kind::nobody_remains: return;
    }
}

/// Leftovers are asked once. Guests can come at any time: as PID 1 cppinit looks again for those that were not asked.
void ask_to_end(const Policy& policy, Milliseconds now, Milliseconds look_again_in, Step& next) {
    State& state = next.state;
    if (policy.owns_namespace) state.next_look = after(now, look_again_in);
    if (state.asked_to_end && !policy.owns_namespace) return;
    next.actions.add({Action::Kind::terminate});
    // Some end at once.
    if (!state.asked_to_end) next.actions.add({Action::Kind::reap_again});
    state.asked_to_end = true;
}

void on_time_ending(const Policy& policy, Milliseconds now, Step& next) {
    State& state = next.state;
    if (now >= state.end_by) return start_killing(now, next);
    if (now >= state.terminate_at && !state.asked_to_end) ask_to_end(policy, now, newcomer_interval, next);
    if (now >= state.next_look) {
        state.next_look = never;
        next.actions.add({Action::Kind::reap_again});
    }
    if (now < state.kill_at) return;
    if (policy.scope == Scope::everything) return start_killing(now, next);
    if (policy.scope == Scope::main_child) {
        state.kill_at = never;
        return;
    }
    // In rounds, as in the killing phase: what forks while it is being killed is killed too.
    if (state.kill_until == never) state.kill_until = after(now, patience);
    state.kill_at = now < state.kill_until ? after(now, round_interval) : never;
    next.actions.add(send(Target::group_leftovers, SIGKILL));
}

void on_remaining(const Policy& policy, const Event& event, Step& next) {
    State& state = next.state;
    const bool is_about_guests = event.kind == Event::Kind::guests_remain;
    if (is_about_guests) state.next_look = after(event.now, look_interval);
    if (event.now < state.terminate_at) return;
    // While children end, cppinit is woken up often. It looks for newcomers not each time, but only if the next look
    // was due: on_time_ending has then reset it.
    const bool may_have_newcomers = is_about_guests || state.next_look == never;
    if (state.asked_to_end && !may_have_newcomers) return;
    ask_to_end(policy, event.now, is_about_guests ? look_interval : newcomer_interval, next);
}

/// Children have ended, and guests are nobody's children: as PID 1 these have to be looked for.
void look_for_guests(const Policy& policy, Step& next) {
    if (!policy.owns_namespace) return finish(next.state);
    next.actions.add({Action::Kind::look_for_guests});
}

void ending(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: {
            if (!policy.is_stop(event.number)) return;
            const bool was_requested = next.state.requested_at.has_value();
            if (note_request(next.state, event.now) && was_requested) start_killing(event.now, next);
            return;
        }
        case Event::Kind::children_remain:
        case Event::Kind::guests_remain: return on_remaining(policy, event, next);
        case Event::Kind::no_children: return look_for_guests(policy, next);
        case Event::Kind::nobody_remains: return finish(next.state);
        case Event::Kind::time_passed: return on_time_ending(policy, event.now, next);
        case Event::Kind::main_child_changed:
        case Event::Kind::foreground_is_kept:
        case Event::Kind::continued: return;
    }
}

/// A round comes only once the dead are reaped: walking among thousands of zombies again and again would delay their
/// reaping.
void killing(const Policy& policy, const Event& event, Step& next) {
    State& state = next.state;
    const bool round_is_due = event.now >= state.next_look;
    switch (event.kind) {
        case Event::Kind::no_children: return look_for_guests(policy, next);
        case Event::Kind::nobody_remains: return finish(state);
        case Event::Kind::children_remain:
        case Event::Kind::guests_remain:
            if (!round_is_due) return;
            state.next_look = after(event.now, round_interval);
            next.actions.add(send(Target::everything, SIGKILL));
            return;
        case Event::Kind::time_passed:
            if (event.has_progressed) state.end_by = after(event.now, patience);
            if (event.now >= state.end_by) {
                next.actions.add({Action::Kind::report_remaining});
                return finish(state);
            }
            if (round_is_due) next.actions.add({Action::Kind::reap_again});
            return;
        case Event::Kind::signal_arrived:
        case Event::Kind::main_child_changed:
        case Event::Kind::foreground_is_kept:
        case Event::Kind::continued: return;
    }
}

void pausing(const Policy& policy, const Event& event, Step& next) {
    if (event.kind != Event::Kind::signal_arrived || !policy.is_stop(event.number)) return;
    if (policy.leftovers == Leftovers::leave) return finish(next.state);
    start_ending(policy, event.now, next);
}

}  // namespace

State first_state(const Policy& policy, Milliseconds now) {
    State state;
    if (policy.pause) {
        state.phase = Phase::pausing;
    } else {
        state.limit_at = after(now, policy.timeout);
    }
    return state;
}

Step step(const Policy& policy, const State& state, const Event& event) {
    Step next{state, {}};
    switch (state.phase) {
        case Phase::running:
        case Phase::delaying:
        case Phase::stopping: alive(policy, event, next); break;
        case Phase::waiting: waiting(policy, event, next); break;
        case Phase::ending: ending(policy, event, next); break;
        case Phase::killing: killing(policy, event, next); break;
        case Phase::pausing: pausing(policy, event, next); break;
        case Phase::done: break;
    }
    return next;
}

bool needs_clock(const Policy& policy, const State& state, const Event& event) {
    switch (event.kind) {
        case Event::Kind::signal_arrived:
            return policy.is_stop(event.number) || policy.rewrites.apply(event.number) == SIGTERM;
        case Event::Kind::main_child_changed: return event.status.ended();
        case Event::Kind::children_remain:
        case Event::Kind::guests_remain: return state.phase == Phase::ending || state.phase == Phase::killing;
        case Event::Kind::foreground_is_kept: return true;
        case Event::Kind::time_passed:
        case Event::Kind::continued:
        case Event::Kind::no_children:
        case Event::Kind::nobody_remains: break;
    }
    return false;
}

std::optional<int> terminal_signal_in(const WaitStatus& status) {
    if (!status.ended()) return std::nullopt;
    const int code = status.exit_code();
    // Shells exit with these when the signal ended them.
    if (code == 128 + SIGINT) return SIGINT;
    if (code == 128 + SIGHUP) return SIGHUP;
    if (status.kind == WaitStatus::Kind::killed && status.number == SIGQUIT) return SIGQUIT;
    return std::nullopt;
}

Milliseconds deadline(const State& state) {
    switch (state.phase) {
        case Phase::running:
        case Phase::delaying:
        case Phase::stopping: return std::min({state.limit_at, state.delay_until, state.kill_at});
        case Phase::ending: {
            const Milliseconds terminate_at = state.asked_to_end ? never : state.terminate_at;
            return std::min({state.end_by, state.kill_at, terminate_at, state.next_look});
        }
        case Phase::killing: return std::min(state.end_by, state.next_look);
        case Phase::waiting: return state.next_look;
        case Phase::pausing:
        case Phase::done: break;
    }
    return never;
}

}  // namespace core
