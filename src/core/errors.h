#pragma once

#include <string_view>

namespace core {

/// What errno says, in the words of strerror(3), for those that a call of cppinit can fail with; others are "Unknown
/// error". libc has words for all 130 of them, which are a tenth of the whole program.
[[nodiscard]] std::string_view describe_errno(int number);

}  // namespace core
