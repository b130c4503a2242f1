#include "os/directory.h"

#include <cstring>
#include <limits>

#include "core/text.h"

namespace os {
namespace {

// Where the fields of struct linux_dirent64 are, which no libc header declares (getdents(2)).
constexpr std::size_t size_offset = 16;
constexpr std::size_t name_offset = 19;

}  // namespace

std::optional<int> NumberedEntries::next() {
    for (;;) {
        if (position_ >= size_) {
            const auto filled = sys::getdents(directory_.number(), buffer_, sizeof buffer_);
            if (!filled || *filled == 0) return std::nullopt;
            size_ = *filled;
            position_ = 0;
        }
        const char* entry = buffer_ + position_;
        std::uint16_t entry_size = 0;
        std::memcpy(&entry_size, entry + size_offset, sizeof entry_size);
        position_ += entry_size;
        if (const auto number = core::parse_number(entry + name_offset, std::numeric_limits<int>::max())) {
            return number;
        }
    }
}

}  // namespace os
