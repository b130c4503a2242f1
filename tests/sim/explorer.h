#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "sim/simulation.h"

/// Goes through the schedules of a world.
namespace sim {

/// An event, and at which of cppinit's calls it happens: before it, or while cppinit sleeps in it.
struct Scheduled {
    std::size_t call;
    bool is_asleep;
    Event event;
};
using Schedule = std::vector<Scheduled>;

/// A schedule that breaks a promise.
struct Finding {
    std::string promise;
    Schedule schedule;
};

struct Exploration {
    std::size_t runs = 0;
    std::size_t states = 0;
    std::size_t calls = 0;
    /// Of the processor.
    double seconds = 0;
    /// Every schedule within the bounds was covered.
    bool is_complete = false;
    std::optional<Finding> finding;
};

/// All schedules, each state once. Ends early after this many seconds.
[[nodiscard]] Exploration explore(const World& world, double max_seconds);

/// The same world, in which more happens.
[[nodiscard]] World enlarged(World world);

/// Random schedules for this long.
[[nodiscard]] Exploration wander(const World& world, std::uint64_t seed, double seconds);

/// Leaves out every event without which the same promise is still broken.
[[nodiscard]] Finding shrink(const World& world, Finding finding);

/// What happens in a schedule, in words.
[[nodiscard]] std::vector<std::string> story(const World& world, const Schedule& schedule);

}  // namespace sim
