#include "os/descendants.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "os/clock.h"

namespace {

using core::Target;
using os::Descendants;

// Of a process of the family.
char own_letter;
int write_end;

void note(char byte) {
    (void)!::write(write_end, &byte, 1);
}

/// A child that leads a group, its own child in that group, and a child that leads another group. They note the signals
/// that they receive: a capital letter for each TERM (L, F or S), a small one for each USR1.
class Family {
  public:
    Family() : pids_(shared_pids()) {
        EXPECT_EQ(::pipe(notes_.data()), 0);
        pids_[0] = start('L', [this] {
            ::setpgid(0, 0);
            pids_[1] = start('F', [] {});
        });
        EXPECT_EQ(notes(2), "..");
        pids_[2] = start('S', [] { ::setpgid(0, 0); });
        EXPECT_EQ(notes(1), ".");
        ::close(notes_[1]);
    }
    ~Family() {
        (void)further_notes();
        ::close(notes_[0]);
        ::munmap(pids_, size);
    }
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;

    [[nodiscard]] pid_t leader() const { return pids_[0]; }
    [[nodiscard]] pid_t follower() const { return pids_[1]; }
    [[nodiscard]] pid_t stranger() const { return pids_[2]; }

    /// The next notes, that many, in the order of the alphabet.
    [[nodiscard]] std::string notes(std::size_t count) const {
        std::string notes;
        for (char byte; notes.size() < count && ::read(notes_[0], &byte, 1) == 1;) notes += byte;
        std::ranges::sort(notes);
        return notes;
    }

    /// All others, once everybody was killed and has no more to note.
    [[nodiscard]] std::string further_notes() const {
        ::kill(follower(), SIGKILL);
        for (const pid_t child : {leader(), stranger()}) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
        return notes(1000);
    }

  private:
    static constexpr std::size_t size = 3 * sizeof(pid_t);

    static pid_t* shared_pids() {
        return static_cast<pid_t*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    }

    template <class Act>
    pid_t start(char letter, Act act) const {
        const pid_t pid = ::fork();
        if (pid != 0) return pid;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        write_end = notes_[1];
        act();
        own_letter = letter;
        ::signal(SIGTERM, [](int) { note(own_letter); });
        ::signal(SIGUSR1, [](int) { note(static_cast<char>(own_letter - 'A' + 'a')); });
        note('.');
        for (;;) ::pause();
    }

    std::array<int, 2> notes_{};
    pid_t* pids_;
};

/// Carries out what was begun.
void finish(Descendants& descendants) {
    while (descendants.has_more_to_send()) descendants.proceed();
}

core::Milliseconds now() {
    return os::time_of(CLOCK_MONOTONIC);
}

TEST(Descendants, AllReceiveASignalOnce) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    descendants.send_to_all(SIGUSR1);
    finish(descendants);
    EXPECT_EQ(family.notes(3), "fls");
    EXPECT_EQ(family.further_notes(), "");
}

TEST(Descendants, SignalsThatAreSentTogetherAllArrive) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    descendants.send_to_all(SIGUSR1);
    descendants.send_to_all(SIGTERM);
    finish(descendants);
    EXPECT_EQ(family.notes(6), "FLSfls");
}

core::SignalSet pending_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("ShdPnd:\t")) return core::SignalSet(std::stoull(line.substr(8), nullptr, 16));
    }
    return {};
}

TEST(Descendants, NoSignalIsLostWhileAnotherOneIsBeingSent) {
    // More than cppinit sends to in one go.
    std::vector<pid_t> crowd(500);
    const auto mask = sys::sigprocmask(core::SignalSet::of({SIGUSR1, SIGTERM}));
    ASSERT_TRUE(mask);
    for (pid_t& pid : crowd) {
        pid = ::fork();
        if (pid != 0) continue;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    ASSERT_TRUE(sys::sigprocmask(*mask));
    Descendants descendants(::getpid(), std::nullopt);
    descendants.send_to_all(SIGUSR1);
    descendants.send_to_all(SIGTERM);
    finish(descendants);
    for (const pid_t pid : crowd) {
        EXPECT_EQ(pending_of(pid), core::SignalSet::of({SIGUSR1, SIGTERM}));
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
}

TEST(Descendants, LeftoversOfTheGroupAreItsMembers) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    descendants.send_to_group_leftovers(SIGUSR1);
    finish(descendants);
    EXPECT_EQ(family.notes(2), "fl");
    EXPECT_EQ(family.further_notes(), "");
}

TEST(Descendants, LeftoversGetOneTermHoweverOftenTheyAreAsked) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    for (int times = 0; times < 3; ++times) {
        descendants.terminate({});
        finish(descendants);
    }
    EXPECT_EQ(family.notes(3), "FLS");
    EXPECT_EQ(family.further_notes(), "");
}

TEST(Descendants, LeftoversThatAStopSignalHasReachedGetNoTerm) {
    for (const auto& [target, notes] : {std::pair{Target::group, "S"}, {Target::everything, ""}}) {
        const Family family;
        Descendants descendants(::getpid(), family.leader());
        descendants.terminate({.term = core::StopReach{SIGTERM, target, now() + 1000}});
        finish(descendants);
        EXPECT_EQ(family.notes(std::string_view(notes).size()), notes);
        EXPECT_EQ(family.further_notes(), "");
    }
}

TEST(Descendants, LeftoversThatStartedAfterAStopSignalGetTerm) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    descendants.terminate({.term = core::StopReach{SIGTERM, Target::everything, now() - 10'000}});
    finish(descendants);
    EXPECT_EQ(family.notes(3), "FLS");
}

TEST(Descendants, LeftoversThatIgnoreAnotherStopSignalGetTerm) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    // The family ignores no signal.
    descendants.terminate({.other = core::StopReach{SIGINT, Target::group, now() + 1000}});
    finish(descendants);
    EXPECT_EQ(family.notes(1), "S");
    EXPECT_EQ(family.further_notes(), "");
}

bool was_continued(pid_t child) {
    siginfo_t info = {};
    return ::waitid(P_PID, static_cast<id_t>(child), &info, WCONTINUED | WNOHANG) == 0 && info.si_pid == child;
}

void stop(pid_t child) {
    ::kill(child, SIGSTOP);
    siginfo_t info;
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED), 0);
}

TEST(Descendants, OnlyThoseThatAreStoppedAreContinued) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    stop(family.leader());
    descendants.continue_stopped();
    finish(descendants);
    EXPECT_TRUE(was_continued(family.leader()));
    EXPECT_FALSE(was_continued(family.stranger()));
}

TEST(Descendants, OnlyTheGroupIsContinuedWhereThatIsAskedFor) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    stop(family.leader());
    stop(family.stranger());
    descendants.continue_stopped_group();
    finish(descendants);
    EXPECT_TRUE(was_continued(family.leader()));
    EXPECT_FALSE(was_continued(family.stranger()));
}

TEST(Descendants, AStoppedLeftoverIsContinuedAfterItsTerm) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    stop(family.stranger());
    descendants.terminate({});
    finish(descendants);
    EXPECT_EQ(family.notes(3), "FLS");
    EXPECT_TRUE(was_continued(family.stranger()));
}

TEST(Descendants, NoneSurvivesAKill) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    descendants.send_to_all(SIGKILL);
    finish(descendants);
    for (const pid_t child : {family.leader(), family.stranger()}) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status));
    }
}

TEST(Descendants, ThoseThatRemainAreNamedOnce) {
    const Family family;
    Descendants descendants(::getpid(), family.leader());
    for (int times = 0; times < 2; ++times) {
        std::multiset<pid_t> remaining;
        while (const auto pid = descendants.next_remaining()) remaining.insert(*pid);
        EXPECT_EQ(remaining, (std::multiset{family.leader(), family.follower(), family.stranger()}));
    }
}

TEST(Descendants, WithoutAMainChildThereIsNoGroup) {
    const Family family;
    Descendants descendants(::getpid(), std::nullopt);
    descendants.send_to_group_leftovers(SIGUSR1);
    descendants.continue_stopped_group();
    EXPECT_FALSE(descendants.has_more_to_send());
    EXPECT_EQ(family.further_notes(), "");
}

}  // namespace
