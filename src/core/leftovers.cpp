#include "core/leftovers.h"

namespace core {
namespace {

bool covers(const StopReach& reach, std::optional<int> main_group, const ProcStat& process) {
    if (process.started_at > reach.at) return false;
    switch (reach.target) {
        case Target::everything: return true;
        case Target::group:
        case Target::group_leftovers: return process.group == main_group;
        case Target::main_child: break;
    }
    return false;
}

// How long a guest is left alone: from its start, and for as long as it has not executed its program. A busy machine
// makes the latter long. A guest that executes none is an ordinary one after that.
constexpr Milliseconds entry_time = 100;
constexpr Milliseconds max_entry_time = 1000;

}  // namespace

bool was_reached(const Reached& reached, std::optional<int> main_group, const ProcStat& process,
                 const std::optional<SignalSets>& signals) {
    if (reached.term && covers(*reached.term, main_group, process)) return true;
    return reached.other && covers(*reached.other, main_group, process) && signals &&
           !signals->ignored.contains(reached.other->signal);
}

bool is_hung_up(const ProcStat& process, const std::optional<SignalSets>& signals) {
    if (!process.leads_session_with_terminal()) return false;
    if (!signals) return true;
    const bool catches_term = signals->caught.contains(SIGTERM);
    const bool survives_hup = signals->caught.contains(SIGHUP) || signals->ignored.contains(SIGHUP);
    // A signal that is blocked may be fetched with sigwait(3), and counts as handled. Not so HUP in a program that has
    // a handler for TERM: dash blocks all signals for a moment whenever it waits for a child.
    const bool fetches_hup = signals->blocked.contains(SIGHUP) && !catches_term;
    const bool handles_term = catches_term || signals->blocked.contains(SIGTERM);
    const bool dies_in_clean_up = handles_term && !survives_hup && !fetches_hup;
    return !dies_in_clean_up;
}

bool is_entering(const ProcStat& process, Milliseconds now) {
    return now - process.started_at < (process.has_executed ? entry_time : max_entry_time);
}

}  // namespace core
