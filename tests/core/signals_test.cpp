#include "core/signals.h"

#include <gtest/gtest.h>
#include <string.h>

#include <algorithm>
#include <set>
#include <string>

namespace {

using core::parse_signal;
using core::Rewrites;
using core::SignalName;
using core::SignalSet;

std::string name_of(int signal) {
    return std::string(std::string_view(SignalName(signal)));
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char byte) { return std::tolower(byte); });
    return text;
}

TEST(SignalName, IsReadBackAsTheSameSignalInEveryForm) {
    std::set<std::string> seen;
    for (int signal = 1; signal <= 64; ++signal) {
        const std::string name = name_of(signal);
        EXPECT_TRUE(seen.insert(name).second) << name << " stands for two signals";
        EXPECT_EQ(parse_signal(name), signal) << name;
        EXPECT_EQ(parse_signal(lower(name)), signal) << name;
        EXPECT_EQ(parse_signal(std::to_string(signal)), signal);
        if (std::isdigit(static_cast<unsigned char>(name[0]))) continue;
        EXPECT_EQ(parse_signal("SIG" + name), signal) << name;
        EXPECT_EQ(parse_signal("sig" + lower(name)), signal) << name;
    }
}

TEST(SignalName, AgreesWithLibcUpTo31) {
    for (int signal = 1; signal <= 31; ++signal) EXPECT_EQ(name_of(signal), ::sigabbrev_np(signal));
}

TEST(SignalName, NumbersTheRealTimeSignalsAsGlibcProgramsDo) {
    EXPECT_EQ(parse_signal("RTMIN"), 34);
    EXPECT_EQ(parse_signal("RTMIN"), SIGRTMIN);
    EXPECT_EQ(parse_signal("RTMAX"), SIGRTMAX);
    EXPECT_EQ(name_of(34), "RTMIN");
    EXPECT_EQ(name_of(35), "RTMIN+1");
    EXPECT_EQ(name_of(49), "RTMIN+15");
    EXPECT_EQ(name_of(50), "RTMAX-14");
    EXPECT_EQ(name_of(64), "RTMAX");
    EXPECT_EQ(parse_signal("RTMIN+30"), 64);
    EXPECT_EQ(parse_signal("RTMAX-30"), 34);
    EXPECT_EQ(name_of(32), "32");
    EXPECT_EQ(name_of(33), "33");
}

TEST(SignalName, KnowsTheOtherNamesOfASignal) {
    EXPECT_EQ(parse_signal("IOT"), SIGABRT);
    EXPECT_EQ(parse_signal("CLD"), SIGCHLD);
    EXPECT_EQ(parse_signal("SIGIO"), SIGPOLL);
    EXPECT_EQ(parse_signal("POLL"), SIGPOLL);
}

class NotASignal : public testing::TestWithParam<const char*> {};

TEST_P(NotASignal, IsRefused) {
    EXPECT_EQ(parse_signal(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Words, NotASignal,
                         testing::Values("", " ", "0", "65", "-1", "+9", "9 ", "SIG", "SIGSIGTERM", "TERMINATE", "TER",
                                         "RTMIN+31", "RTMAX-31", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTMAX-", "RTMI",
                                         "RTMIN1", "RTMIN+-1", "99999999999", "15x", "none"));

TEST(SignalSet, HoldsAll64SignalsOfTheKernel) {
    for (int signal = 1; signal <= 64; ++signal) {
        EXPECT_TRUE(SignalSet::all().contains(signal));
        EXPECT_EQ(SignalSet::only(signal).bits(), std::uint64_t{1} << (signal - 1));
        EXPECT_FALSE(SignalSet::all().without(SignalSet::only(signal)).contains(signal));
        SignalSet set;
        EXPECT_FALSE(set.contains(signal));
        set.add(signal);
        EXPECT_EQ(set.bits(), SignalSet::only(signal).bits());
    }
}

TEST(Rewrites, ChangeNoSignalByDefault) {
    const Rewrites rewrites;
    for (int signal = 1; signal <= 64; ++signal) EXPECT_EQ(rewrites.apply(signal), signal);
}

TEST(Rewrites, ChangeOrDropOnlyTheGivenSignals) {
    Rewrites rewrites;
    rewrites.set(SIGTERM, SIGQUIT);
    rewrites.set(64, std::nullopt);
    for (int signal = 1; signal < 64; ++signal) {
        EXPECT_EQ(rewrites.apply(signal), signal == SIGTERM ? SIGQUIT : signal);
    }
    EXPECT_FALSE(rewrites.apply(64));
}

TEST(Rewrites, AreNotChained) {
    Rewrites rewrites;
    rewrites.set(SIGTERM, SIGINT);
    rewrites.set(SIGINT, SIGQUIT);
    EXPECT_EQ(rewrites.apply(SIGTERM), SIGINT);
}

}  // namespace
