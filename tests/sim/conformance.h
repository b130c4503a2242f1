#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

/// Compares the model with the kernel that runs this program: the same script of calls is carried out by real processes
/// in a PID namespace of their own, and by those of the model. After each call, its answer and everything that /proc
/// says about each process must be the same.
namespace sim {

struct Conformance {
    int scripts = 0;
    int calls = 0;
    /// The calls up to the first answer that differs, and both answers. Empty: none does.
    std::vector<std::string> difference;
};

/// A process of a script goes on here after its exec of this program. The file holds what it had before.
[[noreturn]] void act_again(pid_t pid, int sequence, int file);

/// Needs root. Each script is made from the seed and its number.
[[nodiscard]] Conformance compare_with_kernel(int scripts, std::uint64_t seed);

}  // namespace sim
