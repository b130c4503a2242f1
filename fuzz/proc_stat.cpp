// A line of /proc/PID/stat with any name in it, which a hostile program chooses for itself, and any other text in its
// place: what core/proc_stat reads, and core/ps shows.

#include "core/proc_stat.h"

#include <string>

#include "core/ps.h"
#include "expect.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string name(reinterpret_cast<const char*>(bytes), size);
    // Whatever it says, it must be read without harm, and shown on one line.
    (void)core::parse_stat(name);
    (void)core::parse_signal_sets(name);
    (void)core::is_status_in_own_namespace(name, 1);
    core::Line shown;
    core::write_command(name, core::name_in(name), shown);
    EXPECT(shown.view().find('\n') == std::string_view::npos);

    const std::string line = join(
        "123 (", name,
        ") S 45 67 67 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 8910 1000000 200 18446744073709551615 1 1 0 0 0 0 16386 "
        "4096 81920 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    const auto stat = core::parse_stat(line);
    EXPECT(stat);
    EXPECT(stat->state == 'S' && stat->threads == 1 && core::name_in(line) == name);
    EXPECT(stat->pid == 123 && stat->parent == 45 && stat->group == 67 && stat->session == 67);
    EXPECT(stat->started_at == 89100);
    return 0;
}
