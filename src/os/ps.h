#pragma once

#include "core/pages.h"
#include "os/sys.h"

namespace os {

/// Prints the processes of this PID namespace as a tree, and under it each zombie with the parent that has to wait for
/// it (--ps). An error: there is no /proc of this namespace, or no memory for the tree. False: write failed.
[[nodiscard]] sys::Result<bool> print_processes(core::WritePart write);

}  // namespace os
