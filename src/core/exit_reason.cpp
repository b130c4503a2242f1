#include "core/exit_reason.h"

#include "core/signals.h"

namespace core {
namespace {

const char* sender(Killer killer) {
    switch (killer) {
        case Killer::forwarding: return ", which cppinit forwarded";
        case Killer::deadline: return ", which cppinit sent when --kill-after expired";
        case Killer::other:
        case Killer::out_of_memory: break;
    }
    return ", which cppinit did not send";
}

void write_end_of_program(const Ending& ending, const WaitStatus& status, TextWriter& out) {
    if (status.kind == WaitStatus::Kind::exited) {
        out.add("the program exited with ").add(status.number);
    } else if (ending.killer == Killer::out_of_memory) {
        out.add("the kernel killed the program because memory ran out");
    } else {
        out.add("the program was killed by ").add(SignalName(status.number));
        // What cppinit sends once the time is over needs no other reason.
        if (!ending.timed_out || ending.killer == Killer::other) out.add(sender(ending.killer));
    }
}

}  // namespace

void write_exit_reason(const Ending& ending, TextWriter& out) {
    if (ending.is_pause) return (void)out.add("a stop signal ended --pause");
    if (!ending.main_child) return (void)out.add("it is not known how the program ended");
    if (ending.timed_out) out.add("the time limit expired, and ");
    write_end_of_program(ending, *ending.main_child, out);
    const int code = ending.timed_out ? timed_out_code : ending.main_child->exit_code();
    if (ending.exit_code != code) out.add(" (--remap-exit changes exit code ").add(code).add(")");
}

}  // namespace core
