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
    // A signal that is blocked may be fetched with sigwait(3), and counts as handled.
    const SignalSet handled(signals->caught.bits() | signals->blocked.bits());
    const bool dies_in_clean_up =
        handled.contains(SIGTERM) && !handled.contains(SIGHUP) && !signals->ignored.contains(SIGHUP);
    return !dies_in_clean_up;
}

}  // namespace core
