#include "os/output.h"

#include <errno.h>

namespace os {

sys::Result<void> write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = sys::write(descriptor, text.data(), text.size());
        if (!written) return std::unexpected(written.error());
        if (*written == 0) return std::unexpected(sys::Error{EIO});
        text.remove_prefix(*written);
    }
    return {};
}

bool has_room(int descriptor, int timeout_ms) {
    return sys::poll_for_writing(descriptor, timeout_ms).value_or(false);
}

bool is_seekable(int descriptor) {
    return sys::lseek(descriptor).has_value();
}

}  // namespace os
