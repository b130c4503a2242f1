#include "os/ps.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "os/procfs.h"

namespace {

std::vector<std::string> written;

bool keep(std::string_view part) {
    written.emplace_back(part);
    return true;
}

bool keep_two(std::string_view part) {
    return keep(part) && written.size() < 2;
}

class PrintProcesses : public testing::Test {
  protected:
    void SetUp() override {
        written.clear();
        if (!os::proc_is_of_namespace(::getpid())) GTEST_SKIP() << "needs the /proc of this PID namespace";
    }
};

/// What the process's line says after its pid, its state and its age.
std::string command_of(pid_t pid, char state) {
    const std::string begin = std::to_string(pid) + "\t" + state + "\t";
    for (const std::string& line : written) {
        if (line.starts_with(begin)) return line.substr(line.find('\t', begin.size()) + 1);
    }
    return {};
}

TEST_F(PrintProcesses, ShowsAZombieBelowItsParentAndWhoHasToWaitForIt) {
    const pid_t zombie = ::fork();
    ASSERT_GE(zombie, 0);
    if (zombie == 0) ::_exit(0);
    siginfo_t info;
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT), 0);
    EXPECT_EQ(os::print_processes(keep).value_or(false), true);
    EXPECT_EQ(written.front(), "PID\tS\tAGE\tCOMMAND\n");

    const std::string name(os::ProcessName(::getpid()).text().value_or(""));
    const std::string parent = command_of(::getpid(), 'R');
    EXPECT_TRUE(parent.contains(name)) << parent;
    const std::string indent(parent.find_first_not_of(' '), ' ');
    EXPECT_EQ(command_of(zombie, 'Z'), indent + "  [" + name + "]\n");

    const std::string begin = "zombie pid " + std::to_string(zombie) + " '" + name + "', started ";
    const std::string end =
        " ago: its parent, pid " + std::to_string(::getpid()) + " '" + name + "', lives and has to wait for it\n";
    EXPECT_EQ(std::ranges::count_if(
                  written, [&](const std::string& line) { return line.starts_with(begin) && line.ends_with(end); }),
              1);
    ASSERT_EQ(::waitpid(zombie, nullptr, 0), zombie);
}

TEST_F(PrintProcesses, EndsWhereWritingFails) {
    EXPECT_EQ(os::print_processes(keep_two).value_or(true), false);
    EXPECT_EQ(written.size(), 2U);
}

}  // namespace
