#include "os/pid_set.h"

#include <gtest/gtest.h>

namespace {

using os::PidSet;

TEST(PidSet, ContainsWhatWasAddedUntilItIsRemoved) {
    PidSet set = PidSet::map();
    ASSERT_TRUE(set.has_memory());
    for (const pid_t pid : {1, 63, 64, 32768, (1 << 22) - 1}) {
        EXPECT_FALSE(set.contains(pid));
        set.add(pid);
        EXPECT_TRUE(set.contains(pid));
        EXPECT_FALSE(set.contains(pid + 1));
        set.remove(pid);
        EXPECT_FALSE(set.contains(pid));
    }
}

TEST(PidSet, IgnoresNumbersThatNoProcessCanHave) {
    PidSet set = PidSet::map();
    for (const pid_t pid : {1 << 22, 1 << 30, -1}) {
        set.add(pid);
        EXPECT_FALSE(set.contains(pid)) << pid;
        set.remove(pid);
    }
}

TEST(PidSet, StaysEmptyWithoutMemory) {
    PidSet set;
    EXPECT_FALSE(set.has_memory());
    set.add(5);
    EXPECT_FALSE(set.contains(5));
}

}  // namespace
