#include "sim/worlds.h"

#include <errno.h>
#include <signal.h>

namespace sim {
namespace {

using Kind = Event::Kind;

std::vector<World> make_worlds() {
    const std::string program = "/bin/program";
    std::vector<World> all;
    all.push_back({.name = "an orphan",
                   .arguments = {program},
                   .chances = {{Kind::exits, Who::anyone_under, 3}, {Kind::forks, Who::main_child, 0, 1}},
                   .events = 3,
                   .members = {{.parent = -1}}});
    return all;
}

}  // namespace

const std::vector<World>& worlds() {
    static const std::vector<World> all = make_worlds();
    return all;
}

}  // namespace sim
