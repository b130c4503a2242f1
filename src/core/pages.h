#pragma once

#include <string_view>

#include "core/options.h"

namespace core {

/// Prints a page piece by piece: write is called with one part after the other and says whether to go on. The help
/// speaks under the name that cppinit was started under.
using WritePart = bool (*)(std::string_view part);
[[nodiscard]] bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write);

}  // namespace core
