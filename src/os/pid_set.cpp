#include "os/pid_set.h"

namespace os {
namespace {

// PID_MAX_LIMIT of the kernel (linux/threads.h).
constexpr std::size_t pid_limit = 1 << 22;
constexpr std::size_t bits_per_word = 64;

}  // namespace

PidSet PidSet::map() {
    PidSet set;
    if (auto memory = sys::map_memory(pid_limit / 8)) set.memory_ = std::move(*memory);
    return set;
}

bool PidSet::contains(pid_t pid) const {
    const auto number = static_cast<std::size_t>(pid);
    return number / bits_per_word < words().size() &&
           (words()[number / bits_per_word] >> number % bits_per_word & 1) != 0;
}

void PidSet::add(pid_t pid) {
    const auto number = static_cast<std::size_t>(pid);
    if (number / bits_per_word < words().size()) {
        words()[number / bits_per_word] |= std::uint64_t{1} << number % bits_per_word;
    }
}

void PidSet::remove(pid_t pid) {
    const auto number = static_cast<std::size_t>(pid);
    if (contains(pid)) words()[number / bits_per_word] &= ~(std::uint64_t{1} << number % bits_per_word);
}

}  // namespace os
