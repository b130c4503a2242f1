#pragma once

#include <cstdint>
#include <optional>

#include "core/status.h"
#include "core/text.h"

namespace core {

/// Who sent the signal that killed the main child.
enum class Killer : std::uint8_t {
    /// Somebody else, or the kernel after a fault of the program's own.
    other,
    /// cppinit, as the signal had come to it.
    forwarding,
    /// cppinit, when --kill-after or --timeout expired.
    deadline,
    /// The kernel, because memory ran out.
    out_of_memory,
};

/// Why cppinit exits.
struct Ending {
    int exit_code = 0;
    /// There was no main child (--pause).
    bool is_pause = false;
    /// --timeout expired.
    bool timed_out = false;
    /// How the main child ended; none where cppinit could not learn it.
    std::optional<WaitStatus> main_child;
    Killer killer = Killer::other;
};

/// Writes it as one sentence without a full stop: "the program was killed by TERM, which cppinit forwarded".
void write_exit_reason(const Ending& ending, TextWriter& out);

}  // namespace core
