#include "os/lines.h"

#include <algorithm>

namespace os {

std::optional<std::string_view> Lines::next() {
    bool is_too_long = false;
    for (;;) {
        const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
        const std::size_t line_size = unread.find('\n');
        if (line_size != std::string_view::npos) {
            begin_ += line_size + 1;
            if (!is_too_long) return std::string_view(unread.data(), line_size);
            is_too_long = false;
            continue;
        }
        if (unread.size() == buffer_.size()) is_too_long = true;
        end_ = is_too_long ? 0 : unread.size();
        std::copy_n(unread.data(), end_, buffer_.data());
        begin_ = 0;
        const auto size = sys::read(file_.number(), buffer_.data() + end_, buffer_.size() - end_);
        if (!size || *size == 0) return std::nullopt;
        end_ += *size;
    }
}

}  // namespace os
