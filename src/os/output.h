#pragma once

#include <string_view>

#include "os/sys.h"

namespace os {

/// Writes until everything is written, because write(2) may write only a part. EIO if it writes nothing: trying again
/// could go on for ever.
[[nodiscard]] sys::Result<void> write_all(int descriptor, std::string_view text);

}  // namespace os
