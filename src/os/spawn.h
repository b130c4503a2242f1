#pragma once

#include "core/options.h"
#include "os/inbox.h"
#include "os/sys.h"
#include "os/terminal.h"

namespace os {

/// Why there is no main child.
struct SpawnFailure {
    enum class Stage : std::uint8_t {
        /// No process could be made, or it could not be prepared.
        fork,
        /// PROGRAM was not found.
        lookup,
        /// PROGRAM exists, but could not be executed.
        exec,
        /// PROGRAM exists; the interpreter or the dynamic loader that it names does not.
        interpreter,
    };

    Stage stage;
    sys::Error error;
};

/// Starts PROGRAM, looked up in PATH as execvp(3) does, in a group of its own, with the terminal's foreground where
/// cppinit had it, and with the signals as cppinit found them. Returns once exec has succeeded or failed.
///
/// options.program[-1] must exist, and be a word of cppinit's own command line: it is overwritten if the program is a
/// script without "#!". Entries of envp that name cppinit are changed in place (core::name_main_child).
[[nodiscard]] std::expected<pid_t, SpawnFailure> spawn(const core::Options& options, char** envp,
                                                       const InheritedSignals& inherited, const Terminal& terminal,
                                                       pid_t own_pid);

}  // namespace os
