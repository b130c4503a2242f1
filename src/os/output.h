#pragma once

#include <string_view>

#include "os/sys.h"

namespace os {

/// Writes until all is written: write(2) may take a part alone. EIO where it takes nothing, which would go on for ever.
[[nodiscard]] sys::Result<void> write_all(int descriptor, std::string_view text);

}  // namespace os
