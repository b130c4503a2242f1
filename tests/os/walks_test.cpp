#include "os/walks.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "child.h"

namespace {

using os::FullWalk;
using os::TreeWalk;

/// A child with a child of its own; both end with this.
class Family {
  public:
    Family() {
        std::array<int, 2> pipe{};
        EXPECT_EQ(::pipe(pipe.data()), 0);
        child_ = ::fork();
        if (child_ == 0) {
            const pid_t grandchild = ::fork();
            if (grandchild == 0) {
                ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            } else {
                (void)!::write(pipe[1], &grandchild, sizeof grandchild);
            }
            for (;;) ::pause();
        }
        EXPECT_EQ(::read(pipe[0], &grandchild_, sizeof grandchild_), ssize_t{sizeof grandchild_});
        ::close(pipe[0]);
        ::close(pipe[1]);
    }
    ~Family() {
        ::kill(child_, SIGKILL);
        ::kill(grandchild_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;

    [[nodiscard]] pid_t child() const { return child_; }
    [[nodiscard]] pid_t grandchild() const { return grandchild_; }

  private:
    pid_t child_ = 0;
    pid_t grandchild_ = 0;
};

template <class Walk>
std::vector<pid_t> found_by(Walk& walk) {
    std::vector<pid_t> pids;
    while (!walk.is_finished()) {
        if (const auto found = walk.next()) pids.push_back(found->stat.pid);
    }
    return pids;
}

TEST(TreeWalk, FindsChildrenAndThenTheirChildren) {
    const Family family;
    TreeWalk walk(::getpid(), core::never);
    ASSERT_TRUE(walk.is_possible());
    EXPECT_EQ(found_by(walk), (std::vector{family.child(), family.grandchild()}));
    EXPECT_FALSE(walk.is_incomplete());
    EXPECT_FALSE(walk.hides_some());
    walk.begin_next_pass();
    EXPECT_EQ(found_by(walk), (std::vector{family.child(), family.grandchild()})) << "in each pass";
}

TEST(TreeWalk, LeavesOutWhatWasStartedLater) {
    const Family family;
    TreeWalk walk(::getpid(), 0);
    EXPECT_TRUE(found_by(walk).empty());
}

TEST(TreeWalk, SignalsThroughWhatIsPinned) {
    const Family family;
    TreeWalk walk(::getpid(), core::never);
    while (!walk.is_finished()) {
        if (const auto found = walk.next(); found && found->stat.pid == family.child()) found->send(SIGSTOP);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(family.child(), &status, WUNTRACED), family.child());
    EXPECT_TRUE(WIFSTOPPED(status));
}

TEST(FullWalk, FindsTheSameAmongAllProcesses) {
    const Family family;
    FullWalk walk(::getpid(), core::never);
    ASSERT_TRUE(walk.is_possible());
    std::vector<pid_t> pids = found_by(walk);
    std::vector<pid_t> expected{family.child(), family.grandchild()};
    std::ranges::sort(pids);
    std::ranges::sort(expected);
    EXPECT_EQ(pids, expected);
}

TEST(FullWalk, LeavesOutWhatWasStartedLater) {
    const Family family;
    FullWalk walk(::getpid(), 0);
    EXPECT_TRUE(found_by(walk).empty());
}

/// Whether a walk of this process finds its family and nobody else. Says through the pipe that the family is there, and
/// waits until it can be read.
bool finds_only_its_family(const std::array<int, 2>& said, const std::array<int, 2>& heard) {
    const Family family;
    char byte = 0;
    (void)!::write(said[1], &byte, 1);
    (void)!::read(heard[0], &byte, 1);
    FullWalk walk(::getpid(), core::never);
    return found_by(walk).size() == 2;
}

TEST(FullWalk, LeavesOutTheChildOfAnotherThatItMeetsAfterItsOwn) {
    std::array<int, 2> from_walker{};
    std::array<int, 2> to_walker{};
    ASSERT_EQ(::pipe(from_walker.data()), 0);
    ASSERT_EQ(::pipe(to_walker.data()), 0);
    const pid_t walker = ::fork();
    if (walker == 0) ::_exit(finds_only_its_family(from_walker, to_walker) ? 0 : 1);
    char byte = 0;
    ASSERT_EQ(::read(from_walker[0], &byte, 1), 1);
    const Child stranger([] {});
    ASSERT_EQ(::write(to_walker[1], &byte, 1), 1);
    int status = 0;
    EXPECT_EQ(::waitpid(walker, &status, 0), walker);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (const int end : {from_walker[0], from_walker[1], to_walker[0], to_walker[1]}) ::close(end);
}

}  // namespace
