#include "core/lifecycle.h"

#include <algorithm>

namespace core {
namespace {

// What forks while it is being killed is looked for again this often, and cppinit leaves without what cannot be killed
// (uninterruptible sleep) after this long.
constexpr Milliseconds round_interval = 10;
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

// ---- while the main child lives ----

/// The first stop signal that is forwarded starts the clock of --kill-after.
void forward_stop(const Policy& policy, int signal, Milliseconds now, Step& next) {
    State& state = next.state;
    if (state.phase != Phase::stopping) state.kill_at = after(now, policy.kill_after);
    state.phase = Phase::stopping;
    (signal == SIGTERM ? state.reached.term : state.reached.other) = {signal, target_of(policy.scope), now};
    next.actions.add(send(target_of(policy.scope), signal));
}

void take_stop_signal(const Policy& policy, int signal, Milliseconds now, Step& next) {
    State& state = next.state;
    state.stop_requested = true;
    if (state.phase == Phase::running && policy.stop_delay > 0) {
        state.phase = Phase::delaying;
        state.held_signal = signal;
        state.delay_until = after(now, policy.stop_delay);
        return;
    }
    // Who asks a second time does not want to wait.
    if (state.phase == Phase::delaying) forward_stop(policy, state.held_signal, now, next);
    forward_stop(policy, signal, now, next);
}

void take_signal_alive(const Policy& policy, const Event& event, Step& next) {
    // A shell's `fg` gives the foreground to cppinit's group and sends CONT.
    if (event.number == SIGCONT) next.actions.add({Action::Kind::lend_foreground});
    const int signal = policy.rewrites.apply(event.number);
    if (is_stop_signal(signal)) return take_stop_signal(policy, signal, event.now, next);
    if (signal != Rewrites::drop) next.actions.add(send(target_of(policy.scope), signal));
}

/// The signal of the terminal that killed the main child, and that no one but its group was sent; 0: none.
int interrupt_of(const WaitStatus& status, const Reached& reached) {
    const bool is_interrupt =
        status.kind == WaitStatus::Kind::killed && (status.number == SIGINT || status.number == SIGQUIT);
    // What was forwarded had been sent to cppinit.
    const bool was_forwarded = reached.other && reached.other->signal == status.number;
    return is_interrupt && !was_forwarded ? status.number : 0;
}

void take_end_of_main_child(const Policy& policy, const Event& event, Step& next) {
    State& state = next.state;
    state.exit_code = policy.exit_remap.apply(event.status.exit_code());
    if (policy.leftovers == Leftovers::wait && !state.stop_requested) {
        // What it left may go on using the terminal.
        state.phase = Phase::waiting;
        return;
    }
    next.actions.add({Action::Kind::take_foreground, Target::everything, interrupt_of(event.status, state.reached)});
    const int farewell = policy.ends_group ? policy.rewrites.apply(SIGTERM) : Rewrites::drop;
    if (farewell != Rewrites::drop) next.actions.add(send(Target::group_leftovers, farewell));
    if (policy.leftovers == Leftovers::leave) return finish(state);
    // Whether anything is left is not known yet: others_left or nothing_left follows.
    state.phase = Phase::ending;
    state.end_by = after(event.now, policy.grace);
}

void take_change_of_main_child(const Policy& policy, const Event& event, Step& next) {
    if (event.status.ended()) return take_end_of_main_child(policy, event, next);
    // Nobody waits for PID 1 to stop, and nobody could continue what is below it. And who has a KILL to send in time
    // must be there then.
    if (policy.owns_namespace || deadline(next.state) != never) return;
    next.actions.add({Action::Kind::stop, Target::everything, event.status.number});
}

void take_time_alive(const Policy& policy, Milliseconds now, Step& next) {
    State& state = next.state;
    if (state.phase == Phase::delaying && now >= state.delay_until) {
        forward_stop(policy, state.held_signal, now, next);
    } else if (state.phase == Phase::stopping && now >= state.kill_at) {
        state.kill_at = never;
        // The main child may have left its group, and it is the one that must not survive this.
        if (policy.scope != Scope::main_child) next.actions.add(send(target_of(policy.scope), SIGKILL));
        next.actions.add(send(Target::main_child, SIGKILL));
    }
}

/// running, delaying and stopping.
void alive(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: return take_signal_alive(policy, event, next);
        case Event::Kind::main_child_changed: return take_change_of_main_child(policy, event, next);
        case Event::Kind::continued:
            // Whatever the scope: the terminal has stopped the whole group.
            next.actions.add({Action::Kind::lend_foreground});
            next.actions.add(send(Target::group, SIGCONT));
            return;
        case Event::Kind::others_left: return;
        case Event::Kind::nothing_left:
            // Somebody else reaped the main child, which the kernel does not allow. Better an end than to wait for
            // ever.
            next.state.exit_code = own_failure_code;
            return finish(next.state);
        case Event::Kind::time_passed: return take_time_alive(policy, event.now, next);
    }
}

// ---- once it has ended ----

void start_killing(Milliseconds now, Step& next) {
    next.state.phase = Phase::killing;
    next.state.asked_to_end = true;
    next.state.end_by = after(now, patience);
    next.state.next_round = after(now, round_interval);
    next.actions.add(send(Target::everything, SIGKILL));
    next.actions.add({Action::Kind::count});
}

/// A stop signal found cppinit waiting or pausing: the end begins, if anything is there to end.
void start_ending(const Policy& policy, Milliseconds now, Step& next) {
    next.state.phase = Phase::ending;
    next.state.stop_requested = true;
    next.state.end_by = after(now, policy.grace);
    next.actions.add({Action::Kind::count});
}

void waiting(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: {
            const int signal = policy.rewrites.apply(event.number);
            if (is_stop_signal(signal)) return start_ending(policy, event.now, next);
            if (signal != Rewrites::drop) next.actions.add(send(Target::everything, signal));
            return;
        }
        case Event::Kind::nothing_left: return finish(next.state);
        case Event::Kind::main_child_changed:
        case Event::Kind::continued:
        case Event::Kind::others_left:
        case Event::Kind::time_passed: return;
    }
}

void ask_to_end(Step& next) {
    if (next.state.asked_to_end) return;
    next.state.asked_to_end = true;
    next.actions.add({Action::Kind::terminate});
    next.actions.add({Action::Kind::count});
}

void take_time_ending(const Policy& policy, Milliseconds now, Step& next) {
    if (now >= next.state.end_by) return start_killing(now, next);
    if (now < next.state.kill_at) return;
    if (policy.scope == Scope::everything) return start_killing(now, next);
    if (policy.scope == Scope::main_child) {
        next.state.kill_at = never;
        return;
    }
    // In rounds, as in the killing phase: what forks while it is being killed is killed too.
    if (next.state.kill_until == never) next.state.kill_until = after(now, patience);
    next.state.kill_at = now < next.state.kill_until ? after(now, round_interval) : never;
    next.actions.add(send(Target::group_leftovers, SIGKILL));
}

void ending(const Policy& policy, const Event& event, Step& next) {
    switch (event.kind) {
        case Event::Kind::signal_arrived:
            if (!is_stop_signal(policy.rewrites.apply(event.number))) return;
            if (next.state.stop_requested) return start_killing(event.now, next);
            next.state.stop_requested = true;
            return;
        case Event::Kind::others_left: return ask_to_end(next);
        case Event::Kind::nothing_left:
            // What entered the namespace from outside is nobody's child in it: it is asked to end and not waited for.
            if (policy.owns_namespace && !next.state.asked_to_end) next.actions.add({Action::Kind::terminate});
            return finish(next.state);
        case Event::Kind::time_passed: return take_time_ending(policy, event.now, next);
        case Event::Kind::main_child_changed:
        case Event::Kind::continued: return;
    }
}

/// A round comes only once the dead are reaped: walking among thousands of zombies again and again would delay their
/// reaping.
void killing(const Event& event, Step& next) {
    const bool round_is_due = event.now >= next.state.next_round;
    switch (event.kind) {
        case Event::Kind::nothing_left: return finish(next.state);
        case Event::Kind::others_left:
            if (!round_is_due) return;
            next.state.next_round = after(event.now, round_interval);
            next.actions.add(send(Target::everything, SIGKILL));
            return;
        case Event::Kind::time_passed:
            if (event.now >= next.state.end_by) return finish(next.state);
            if (round_is_due) next.actions.add({Action::Kind::count});
            return;
        case Event::Kind::signal_arrived:
        case Event::Kind::main_child_changed:
        case Event::Kind::continued: return;
    }
}

void pausing(const Policy& policy, const Event& event, Step& next) {
    if (event.kind != Event::Kind::signal_arrived || !is_stop_signal(policy.rewrites.apply(event.number))) return;
    if (policy.leftovers == Leftovers::leave) return finish(next.state);
    start_ending(policy, event.now, next);
}

}  // namespace

State first_state(const Policy& policy) {
    State state;
    if (policy.pause) state.phase = Phase::pausing;
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
        case Phase::killing: killing(event, next); break;
        case Phase::pausing: pausing(policy, event, next); break;
        case Phase::done: break;
    }
    return next;
}

bool is_timed(const Policy& policy, const State& state, const Event& event) {
    switch (event.kind) {
        case Event::Kind::signal_arrived: return is_stop_signal(policy.rewrites.apply(event.number));
        case Event::Kind::main_child_changed: return event.status.ended();
        case Event::Kind::others_left: return state.phase == Phase::killing;
        case Event::Kind::time_passed: return true;
        case Event::Kind::continued:
        case Event::Kind::nothing_left: break;
    }
    return false;
}

Milliseconds deadline(const State& state) {
    switch (state.phase) {
        case Phase::delaying: return state.delay_until;
        case Phase::stopping: return state.kill_at;
        case Phase::ending: return std::min(state.end_by, state.kill_at);
        case Phase::killing: return std::min(state.end_by, state.next_round);
        case Phase::running:
        case Phase::waiting:
        case Phase::pausing:
        case Phase::done: break;
    }
    return never;
}

}  // namespace core
