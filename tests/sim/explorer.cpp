#include "sim/explorer.h"

#include <ctime>

namespace sim {
namespace {

/// Of the processor: how much is explored does not depend on what else the machine does.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return static_cast<double>(std::clock() - begin_) / static_cast<double>(CLOCKS_PER_SEC);
    }

  private:
    std::clock_t begin_ = std::clock();
};

/// Depth first: cppinit is started anew for each schedule, and the choices of the last one are repeated up to the last
/// one that has an alternative.
class DepthFirst : public Chooser {
  public:
    std::optional<Event> choose(const Simulation& simulation, const Point& point) override {
        if (depth_ == path_.size()) {
            extend(simulation, point);
        } else if (depth_ + 1 == path_.size() && path_[depth_].state != simulation.hash(point)) {
            // cppinit and the model have no other source of choice.
            throw std::logic_error("a schedule does not repeat itself");
        }
        const Branch& branch = path_[depth_++];
        return branch.options[branch.taken];
    }

    /// False: there is no other schedule.
    [[nodiscard]] bool go_on() {
        depth_ = 0;
        while (!path_.empty() && ++path_.back().taken == path_.back().options.size()) path_.pop_back();
        return !path_.empty();
    }

    [[nodiscard]] std::size_t states() const { return known_.size(); }
    [[nodiscard]] Schedule schedule() const {
        Schedule events;
        for (std::size_t index = 0; index < depth_; ++index) {
            const Branch& branch = path_[index];
            if (const auto& event = branch.options[branch.taken])
                events.push_back({branch.call, branch.is_asleep, *event});
        }
        return events;
    }

  private:
    struct Branch {
        std::vector<std::optional<Event>> options;
        std::size_t taken;
        std::size_t call;
        bool is_asleep;
        std::uint64_t state;
    };

    void extend(const Simulation& simulation, const Point& point) {
        const std::uint64_t state = simulation.hash(point);
        if (!known_.insert(state).second) throw Abandoned{};
        Branch branch{{}, 0, simulation.calls(), point.is_asleep, state};
        if (!point.needs_event) branch.options.emplace_back(std::nullopt);
        for (const Event& event : simulation.events_at(point)) branch.options.emplace_back(event);
        path_.push_back(std::move(branch));
    }

    std::vector<Branch> path_;
    std::size_t depth_ = 0;
    std::unordered_set<std::uint64_t> known_;
};

class Random : public Chooser {
  public:
    explicit Random(std::uint64_t seed) : random_(seed) {}

    std::optional<Event> choose(const Simulation& simulation, const Point& point) override {
        // While cppinit works, most calls find the world as it was.
        constexpr unsigned one_in = 24;
        if (!point.is_asleep && random_() % one_in != 0) return std::nullopt;
        const auto events = simulation.events_at(point);
        const std::size_t count = events.size() + (point.needs_event ? 0 : 1);
        const std::size_t index = random_() % count;
        if (index == events.size()) return std::nullopt;
        schedule_.push_back({simulation.calls(), point.is_asleep, events[index]});
        return events[index];
    }

    [[nodiscard]] const Schedule& schedule() const { return schedule_; }

  private:
    std::mt19937_64 random_;
    Schedule schedule_;
};

/// Carries a schedule out. What cannot happen any more is left out, and what must happen happens.
class Replay : public Chooser {
  public:
    explicit Replay(const Schedule& schedule) : schedule_(schedule) {}

    std::optional<Event> choose(const Simulation& simulation, const Point& point) override {
        for (; next_ < schedule_.size() && is_due(simulation, point); ++next_) {
            if (simulation.is_possible(schedule_[next_].event, point)) return schedule_[next_++].event;
            // It may become possible later in the same sleep.
            if (schedule_[next_].call == simulation.calls() && point.needs_event) break;
        }
        if (!point.needs_event) return std::nullopt;
        return simulation.events_at(point).front();
    }

  private:
    [[nodiscard]] bool is_due(const Simulation& simulation, const Point& point) const {
        const Scheduled& next = schedule_[next_];
        return next.call < simulation.calls() || (next.call == simulation.calls() && next.is_asleep == point.is_asleep);
    }

    const Schedule& schedule_;
    std::size_t next_ = 0;
};

std::optional<std::string> broken_by(const World& world, const Schedule& schedule) {
    Replay replay(schedule);
    try {
        Simulation(world, replay).run();
    } catch (const Violation& violation) {
        return violation.what();
    } catch (const Abandoned&) {
    }
    return std::nullopt;
}

/// The kind of promise: the message without its numbers.
std::string kind_of(const std::string& promise) {
    std::string kind;
    for (const char byte : promise) {
        if (byte < '0' || byte > '9') kind += byte;
    }
    return kind;
}

}  // namespace

Exploration explore(const World& world, double max_seconds) {
    const Stopwatch watch;
    Exploration result;
    DepthFirst chooser;
    do {
        ++result.runs;
        Simulation simulation(world, chooser);
        try {
            simulation.run();
        } catch (const Violation& violation) {
            result.finding = Finding{violation.what(), chooser.schedule()};
        } catch (const Abandoned&) {
        }
        result.calls += simulation.calls();
        result.states = chooser.states();
        result.seconds = watch.seconds();
        if (result.finding || watch.seconds() > max_seconds) return result;
    } while (chooser.go_on());
    result.is_complete = true;
    return result;
}

World enlarged(World world) {
    constexpr int more_events = 4;
    constexpr int more_times = 2;
    world.events += more_events;
    for (Chance& chance : world.chances) chance.times += more_times;
    return world;
}

Exploration wander(const World& world, std::uint64_t seed, double seconds) {
    const Stopwatch watch;
    Exploration result;
    do {
        Random chooser(seed + result.runs++);
        Simulation simulation(world, chooser);
        try {
            simulation.run();
        } catch (const Violation& violation) {
            result.finding = Finding{violation.what(), chooser.schedule()};
        }
        result.calls += simulation.calls();
        result.seconds = watch.seconds();
    } while (!result.finding && result.seconds < seconds);
    return result;
}

Finding shrink(const World& world, Finding finding) {
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (std::size_t index = finding.schedule.size(); index-- > 0;) {
            Schedule shorter = finding.schedule;
            shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(index));
            const auto promise = broken_by(world, shorter);
            if (!promise || kind_of(*promise) != kind_of(finding.promise)) continue;
            finding = {*promise, shorter};
            has_changed = true;
        }
    }
    return finding;
}

std::vector<std::string> story(const World& world, const Schedule& schedule) {
    Replay replay(schedule);
    constexpr bool keeps_log = true;
    Simulation simulation(world, replay, keeps_log);
    try {
        simulation.run();
    } catch (const Violation&) {
    }
    return simulation.log();
}

}  // namespace sim
