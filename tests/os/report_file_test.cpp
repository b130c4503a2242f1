#include "os/report_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "os/clock.h"
#include "os/output.h"
#include "stderr_pipe.h"

namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream(file).rdbuf();
    return content.str();
}

class ReportFile : public testing::Test {
  protected:
    ReportFile() : before_(std::filesystem::current_path()) {
        char name[] = "/tmp/report_file_test.XXXXXX";
        folder_ = ::mkdtemp(name);
        std::filesystem::current_path(folder_);
    }
    ~ReportFile() override {
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(folder_);
    }

    /// As main does, with the working directory left in between. Returns what was logged.
    std::string write(const char* path) {
        const StderrPipe log_pipe;
        os::Log log(core::Verbosity::warnings, "cppinit");
        os::ReportFile file;
        file.prepare(path, log);
        std::filesystem::current_path("/");
        core::Report report;
        report.exit_code = 7;
        file.write(report, log);
        return log_pipe.text();
    }

    /// The names in the folder.
    [[nodiscard]] std::string listing() const {
        std::string names;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) names += entry.path().filename();
        return names;
    }

    std::filesystem::path folder_;

  private:
    std::filesystem::path before_;
};

TEST_F(ReportFile, IsWhereARelativePathWasAtTheStart) {
    EXPECT_EQ(write("report"), "");
    EXPECT_TRUE(content_of(folder_ / "report").contains("\"exit_code\":7"));
    EXPECT_EQ(listing(), "report") << "the temporary file has become the report";
}

TEST_F(ReportFile, ReplacesTheReportOfAnEarlierRun) {
    std::ofstream("report") << std::string(10'000, 'x');
    std::filesystem::create_hard_link("report", "earlier");
    EXPECT_EQ(write("report"), "");
    EXPECT_FALSE(content_of(folder_ / "report").contains("xx"));
    EXPECT_EQ(content_of(folder_ / "earlier"), std::string(10'000, 'x')) << "who reads the earlier one reads all of it";
}

TEST_F(ReportFile, GoesThroughALinkToWhereItPoints) {
    std::ofstream("pointed at") << "shorter than a report";
    std::filesystem::create_symlink("pointed at", "report");
    EXPECT_EQ(write("report"), "");
    EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "report"));
    EXPECT_TRUE(content_of(folder_ / "pointed at").starts_with("{\"version\""));
}

TEST_F(ReportFile, ThatCannotBeWrittenIsAWarning) {
    EXPECT_EQ(write("no/such/folder"), "cppinit: cannot write the report '" + (folder_ / "no/such/folder").string() +
                                           "': No such file or directory\n");
    EXPECT_EQ(listing(), "");
}

TEST_F(ReportFile, DoesNotWaitForTheReaderOfANamedPipe) {
    ASSERT_EQ(::mkfifo("report", 0600), 0);
    EXPECT_TRUE(write("report").contains("No such device or address"));
}

TEST_F(ReportFile, CanBeAnOpenDescriptor) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    os::Log log(core::Verbosity::warnings, "cppinit");
    os::ReportFile file;
    const std::string path = "/dev/fd/" + std::to_string(pipe->write_end.number());
    file.prepare(path.c_str(), log);
    EXPECT_EQ(file.stream(), pipe->write_end.number());
    file.write(core::Report{}, log);
    char text[4096];
    const auto size = sys::read(pipe->read_end.number(), text, sizeof text);
    ASSERT_TRUE(size);
    EXPECT_TRUE(std::string_view(text, *size).ends_with("}\n"));
}

TEST_F(ReportFile, WaitsASecondForARoomThatNobodyMakes) {
    const auto pipe = sys::pipe();
    ASSERT_TRUE(pipe);
    const int end = pipe->write_end.number();
    while (os::write_at_once(end, std::string(4096, 'x'))) continue;
    const core::Milliseconds begin = os::time_of(CLOCK_MONOTONIC);
    EXPECT_TRUE(write(("/dev/fd/" + std::to_string(end)).c_str()).contains("Resource temporarily unavailable"));
    const core::Milliseconds waited = os::time_of(CLOCK_MONOTONIC) - begin;
    EXPECT_GE(waited, 1000);
    EXPECT_LT(waited, 20'000);
}

TEST_F(ReportFile, IsWrittenOnlyIfItWasAskedFor) {
    EXPECT_EQ(write(nullptr), "");
    EXPECT_EQ(listing(), "");
}

TEST_F(ReportFile, HasTheTimeSinceItWasPrepared) {
    os::Log log(core::Verbosity::warnings, "cppinit");
    os::ReportFile file;
    EXPECT_EQ(file.age_ms(), 0) << "no report is asked for";
    file.prepare("-", log);
    sys::sleep(20);
    EXPECT_GE(file.age_ms(), 20);
    EXPECT_LT(file.age_ms(), 20'000);
}

}  // namespace
