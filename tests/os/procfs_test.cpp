#include "os/procfs.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

/// A folder of the test's own, which is gone with it.
class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("procfs_test." + std::to_string(::getpid()))) {
        fs::create_directory(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// A file with this text.
    [[nodiscard]] std::string add(const std::string& name, const std::string& text = "") const {
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }
    [[nodiscard]] sys::Descriptor open() const { return std::move(*sys::open(path_.c_str(), O_RDONLY | O_DIRECTORY)); }

  private:
    fs::path path_;
};

TEST(NumberedEntries, AreTheEntriesWhoseNamesAreNumbers) {
    const Folder folder;
    std::set<int> expected;
    // More than one call of getdents brings.
    for (int number = 0; number < 200; ++number) {
        expected.insert(number);
        (void)folder.add(std::to_string(number));
    }
    for (const char* name : {"self", "1x", "x1", "99999999999", ".1", "-1"}) (void)folder.add(name);
    os::NumberedEntries entries(folder.open());
    std::set<int> found;
    while (const auto number = entries.next()) EXPECT_TRUE(found.insert(*number).second) << *number << " came twice";
    EXPECT_EQ(found, expected);
    EXPECT_FALSE(entries.next());
}

std::vector<int> numbers_in(const std::string& text) {
    const Folder folder;
    const auto file = sys::open(folder.add("list", text).c_str(), O_RDONLY);
    EXPECT_TRUE(file);
    os::NumberList list(*file);
    std::vector<int> numbers;
    while (const auto number = list.next()) numbers.push_back(*number);
    return numbers;
}

TEST(NumberList, HasTheNumbersBetweenSpaces) {
    EXPECT_EQ(numbers_in("7 42 4194303 "), (std::vector{7, 42, 4194303}));
    EXPECT_EQ(numbers_in("0"), std::vector{0});
    EXPECT_TRUE(numbers_in("").empty());
    EXPECT_TRUE(numbers_in(" \n").empty());
}

TEST(NumberList, MayLieAcrossTheEndOfTheBuffer) {
    std::vector<int> expected;
    std::string text;
    for (int number = 100; number < 5000; ++number) {
        expected.push_back(number);
        text += std::to_string(number) + " ";
    }
    EXPECT_EQ(numbers_in(text), expected);
}

TEST(NumberList, EndsWhereReadingFails) {
    const sys::Descriptor closed(-1);
    EXPECT_FALSE(os::NumberList(closed).next());
}

TEST(ProcessName, IsWhatTheProcessCallsItself) {
    char before[16];
    ::prctl(PR_GET_NAME, before);
    ASSERT_EQ(::prctl(PR_SET_NAME, "fifteen letters"), 0);
    EXPECT_EQ(os::ProcessName(::getpid()).text(), "fifteen letters");
    ASSERT_EQ(::prctl(PR_SET_NAME, ""), 0);
    EXPECT_EQ(os::ProcessName(::getpid()).text(), std::nullopt);
    ::prctl(PR_SET_NAME, before);
}

TEST(ProcessName, IsNotKnownIfThereIsNoSuchProcess) {
    EXPECT_EQ(os::ProcessName().text(), std::nullopt);
    EXPECT_EQ(os::ProcessName(1 << 30).text(), std::nullopt);
}

TEST(ProcIsOfNamespace, IfItShowsTheCallerUnderItsNumber) {
    EXPECT_TRUE(os::proc_is_of_namespace(::getpid()));
    EXPECT_FALSE(os::proc_is_of_namespace(::getpid() + 1));
}

TEST(ReadStat, IsOfThatProcess) {
    const auto stat = os::read_stat(::getpid());
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->pid, ::getpid());
    EXPECT_EQ(stat->parent, ::getppid());
    EXPECT_FALSE(os::read_stat(1 << 30));
}

/// A child that has ended and was not waited for.
pid_t dead_child() {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    siginfo_t info;
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    return pid;
}

TEST(PinnedProcess, IsNobodyOnceItWasWaitedFor) {
    const pid_t pid = dead_child();
    const auto pin = os::PinnedProcess::open(pid);
    ASSERT_TRUE(pin);
    EXPECT_TRUE(pin->exists());
    EXPECT_TRUE(pin->stat()->is_dead());
    ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
    EXPECT_FALSE(pin->exists());
    EXPECT_FALSE(pin->stat());
    EXPECT_FALSE(pin->open_children(pid));
}

TEST(PinnedProcess, TellsItsSignalSets) {
    const auto pin = os::PinnedProcess::open(::getpid());
    ASSERT_TRUE(pin);
    const auto before = ::signal(SIGUSR2, SIG_IGN);
    const auto sets = pin->signal_sets();
    ::signal(SIGUSR2, before);
    ASSERT_TRUE(sets);
    EXPECT_TRUE(sets->ignored.contains(SIGUSR2));
    EXPECT_FALSE(sets->caught.contains(SIGUSR2));
}

}  // namespace
