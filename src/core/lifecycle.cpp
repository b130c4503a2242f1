#include "core/lifecycle.h"

namespace core {
namespace {

Step forward(const Policy& policy, const State& state, int arrived) {
    Step next{state, {}};
    const int signal = policy.rewrites.apply(arrived);
    if (signal != Rewrites::drop) next.actions.add({policy.scope, signal});
    return next;
}

Step end(State state, int exit_code) {
    state.phase = Phase::done;
    state.exit_code = exit_code;
    return {state, {}};
}

Step running(const Policy& policy, const State& state, const Event& event) {
    switch (event.kind) {
        case Event::Kind::signal_arrived:
            return forward(policy, state, event.number);
        case Event::Kind::main_child_ended:
            return end(state, policy.exit_remap.apply(event.number));
        // Somebody else reaped the main child, which the kernel does not allow. Better an end than to wait for ever.
        case Event::Kind::nothing_left:
            return end(state, own_failure_code);
    }
    return {state, {}};
}

}  // namespace

Step step(const Policy& policy, const State& state, const Event& event) {
    switch (state.phase) {
        case Phase::running:
            return running(policy, state, event);
        case Phase::done:
            break;
    }
    return {state, {}};
}

}  // namespace core
