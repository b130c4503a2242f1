#pragma once

#include <cstdint>
#include <string_view>

#include "core/personas.h"

namespace core {

/// What can be printed on stdout.
enum class Page : std::uint8_t { processes, help, version, license };

/// Prints a page piece by piece: write is called with one part after the other and says whether to go on. The help
/// speaks under the name that cppinit was started under.
using WritePart = bool (*)(std::string_view part);
[[nodiscard]] bool print_page(Page page, const Persona& persona, std::string_view name, WritePart write);

}  // namespace core
