// sim explore [WORLD]: every schedule of the small worlds. sim wander SECONDS SEED: random schedules of all worlds.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "sim/conformance.h"
#include "sim/explorer.h"
#include "sim/worlds.h"

namespace {

/// The end of a story; a line that repeats itself is printed once.
void print_story(const std::vector<std::string>& lines) {
    constexpr std::size_t max_lines = 40;
    std::vector<std::string> shown;
    std::vector<int> times;
    for (const auto& line : lines) {
        if (!shown.empty() && shown.back() == line) {
            ++times.back();
        } else {
            shown.push_back(line);
            times.push_back(1);
        }
    }
    const std::size_t first = shown.size() > max_lines ? shown.size() - max_lines : 0;
    if (first > 0) std::printf("  ...\n");
    for (std::size_t index = first; index < shown.size(); ++index) {
        std::printf("  %s", shown[index].c_str());
        std::printf(times[index] > 1 ? ", %d times\n" : "\n", times[index]);
    }
}

void print_finding(const sim::World& world, const sim::Finding& found) {
    const sim::Finding finding = sim::shrink(world, found);
    std::printf("FOUND in world '%s': %s\n", world.name.c_str(), finding.promise.c_str());
    const auto lines = sim::story(world, finding.schedule);
    for (const auto& line : lines) {
        if (!line.starts_with(' ')) std::printf("  event: %s\n", line.c_str());
    }
    print_story(lines);
}

/// No name: all of them.
bool is_meant(const sim::World& world, std::string_view name) {
    return name.empty() || world.name == name;
}

void print_sum(const char* what, const sim::Exploration& sum, std::size_t world_count) {
    std::printf("sim: %s: %zu schedules with %zu calls in %zu worlds, %.0f schedules per second\n", what, sum.runs,
                sum.calls, world_count, static_cast<double>(sum.runs) / sum.seconds);
}

void add_to(sim::Exploration& sum, const sim::Exploration& one) {
    sum.runs += one.runs;
    sum.states += one.states;
    sum.calls += one.calls;
    sum.seconds += one.seconds;
}

int explore(std::string_view name, double max_seconds) {
    bool is_good = true;
    std::size_t count = 0;
    sim::Exploration sum;
    for (const sim::World& world : sim::worlds()) {
        if (!is_meant(world, name)) continue;
        const auto result = sim::explore(world, max_seconds);
        std::printf("%-36s %7zu states %7zu schedules %5.1f s %s\n", world.name.c_str(), result.states, result.runs,
                    result.seconds,
                    result.finding       ? ""
                    : result.is_complete ? "complete"
                                         : "NOT COMPLETE");
        if (result.finding) print_finding(world, *result.finding);
        std::fflush(stdout);
        add_to(sum, result);
        ++count;
        is_good = is_good && !result.finding && result.is_complete;
    }
    std::printf("sim: %zu states\n", sum.states);
    print_sum("every schedule", sum, count);
    return is_good ? 0 : 1;
}

int wander(std::string_view name, double seconds, std::uint64_t seed) {
    std::size_t count = 0;
    for (const sim::World& world : sim::worlds()) count += is_meant(world, name) ? 1 : 0;
    sim::Exploration sum;
    for (const sim::World& small_world : sim::worlds()) {
        if (!is_meant(small_world, name)) continue;
        const sim::World world = sim::enlarged(small_world);
        const auto result = sim::wander(world, seed, seconds / static_cast<double>(count));
        add_to(sum, result);
        if (!result.finding) continue;
        print_finding(world, *result.finding);
        std::printf("seed %llu\n", static_cast<unsigned long long>(seed + result.runs - 1));
        return 1;
    }
    std::printf("sim: from seed %llu\n", static_cast<unsigned long long>(seed));
    print_sum("random", sum, count);
    return 0;
}

int compare(int scripts, std::uint64_t seed) {
    const auto result = sim::compare_with_kernel(scripts, seed);
    std::printf(
        "sim: %d scripts with %d calls have the same answers from the model and from the kernel, from seed %llu\n",
        result.scripts, result.calls, static_cast<unsigned long long>(seed));
    for (const auto& line : result.difference) std::printf("  %s\n", line.c_str());
    return result.difference.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view command = count > 1 ? arguments[1] : "";
    if (command == "explore") return explore(count > 2 ? arguments[2] : "", count > 3 ? std::atof(arguments[3]) : 60);
    if (command == "wander" && count > 3) {
        return wander(count > 4 ? arguments[4] : "", std::atof(arguments[2]), std::strtoull(arguments[3], nullptr, 10));
    }
    if (command == "compare" && count > 3) {
        return compare(std::atoi(arguments[2]), std::strtoull(arguments[3], nullptr, 10));
    }
    if (command == "act" && count > 4)
        sim::act_again(std::atoi(arguments[2]), std::atoi(arguments[3]), std::atoi(arguments[4]));
    if (command == "story") {
        for (const sim::World& world : sim::worlds()) {
            if (!is_meant(world, count > 2 ? arguments[2] : "")) continue;
            std::printf("%s\n", world.name.c_str());
            print_story(sim::story(world, {}));
        }
        return 0;
    }
    std::fprintf(stderr, "sim explore [WORLD [SECONDS]] | sim wander SECONDS SEED [WORLD]\n");
    return 2;
}
