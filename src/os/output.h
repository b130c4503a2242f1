#pragma once

#include <string_view>

#include "os/sys.h"

namespace os {

/// Writes until everything is written, because write(2) may write only a part. EIO if it writes nothing: trying again
/// could go on for ever.
[[nodiscard]] sys::Result<void> write_all(int descriptor, std::string_view text);

/// Writes as much as there is room for, and does not wait for more. EAGAIN: there is none, or it is not known without
/// waiting. O_NONBLOCK is no help: it belongs to the open file that cppinit shares with the main child.
[[nodiscard]] sys::Result<std::size_t> write_at_once(int descriptor, std::string_view text);

/// Whether a write finds room, at the latest after this time. A closed pipe has room: a write to it returns at once.
[[nodiscard]] bool has_room(int descriptor, int timeout_ms);

/// True for files on a disk, false for pipes, sockets and terminals (lseek(2), ESPIPE).
[[nodiscard]] bool is_seekable(int descriptor);

}  // namespace os
