#pragma once

#include <algorithm>
#include <cstdint>

namespace core {

/// What processes have used, their own children that they waited for included (wait4(2), getrusage(2)).
struct Usage {
    std::int64_t cpu_us = 0;
    /// Of the process that used the most; kB are 1,024 bytes, as the kernel counts them.
    std::int64_t max_rss_kb = 0;

    constexpr void add(const Usage& other) {
        cpu_us += other.cpu_us;
        max_rss_kb = std::max(max_rss_kb, other.max_rss_kb);
    }
};

}  // namespace core
