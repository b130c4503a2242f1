#include "core/pages.h"

#include <gtest/gtest.h>

#include <string>

#include "core/command_line.h"
#include "core/option_table.h"

namespace {

using core::Page;
using testing_support::page_as;

std::string page(Page page) {
    return page_as("cppinit", page);
}

TEST(Pages, HelpFitsATerminalAndNamesEveryOption) {
    const std::string help = page(Page::help);
    for (const char* name : {"-g, --group", "-c, --single-child", "-r, --rewrite FROM:TO", "-K, --kill-child[=SIGNAL]",
                             "-e, --remap-exit CODE[:NEW]", "-h, --help", "-L, --license"}) {
        EXPECT_NE(help.find(name), std::string::npos) << name;
    }
    EXPECT_NE(help.find("\n      --leftovers POLICY "), std::string::npos);
    EXPECT_EQ(help.find('\0'), std::string::npos);
    std::size_t start = 0;
    for (std::size_t end; (end = help.find('\n', start)) != std::string::npos; start = end + 1) {
        EXPECT_LE(end - start, 80U) << help.substr(start, end - start);
    }
}

TEST(Pages, HelpHasEveryWordOfTheTable) {
    // Line ends and indents count as one space.
    std::string help;
    for (const char byte : page(Page::help)) {
        const char shown = byte == '\n' ? ' ' : byte;
        if (shown != ' ' || !help.ends_with(' ')) help += shown;
    }
    for (const core::OptionRow& row : core::option_table) {
        std::string text(row.summary);
        if (row.details != nullptr) text.append(" ").append(row.details);
        EXPECT_NE(help.find(text), std::string::npos) << text;
        EXPECT_TRUE(text.ends_with('.')) << text;
    }
}

TEST(Pages, HelpStartsWithTheFiveOptionsThatMostPeopleNeed) {
    const std::string help = page(Page::help);
    std::size_t position = help.find("The options that most people need:");
    for (const char* name : {"--single-child", "--rewrite", "--kill-after", "--grace", "--timeout", "Signals:"}) {
        const std::size_t next = help.find(name);
        EXPECT_GT(next, position) << name;
        position = next;
    }
}

TEST(Pages, HelpBeginsWithHowToStartItAndWhatItDoes) {
    EXPECT_TRUE(page(Page::help)
                    .starts_with("Usage: cppinit [OPTION]... [--] PROGRAM [ARG]...\n"
                                 "       cppinit --pause [OPTION]...\n"
                                 "\nRuns PROGRAM as the init of a container: "));
    EXPECT_TRUE(page_as("tini", Page::help).contains("This is cppinit, which takes the place\nof tini.\n"));
}

TEST(Pages, HelpOfAPeerLeavesOutTheOptionsThatItDoesNotHave) {
    for (const char* name : {"tini", "dumb-init", "catatonit"}) {
        const core::Persona& persona = core::persona_of(name);
        const std::string help = page_as(name, Page::help);
        for (const core::OptionRow& row : core::option_table) {
            const std::string_view first_words = std::string_view(row.summary).substr(0, 20);
            const bool is_shown = !persona.letter_of(row).empty() || persona.takes_name_of(row);
            EXPECT_EQ(help.contains(first_words), is_shown) << name << row.name;
        }
    }
}

TEST(Pages, HelpShowsEveryDefault) {
    const std::string help = page(Page::help);
    for (const char* text : {"Default: 5s.", "Default: TERM,INT.", "Default: 0, which", "Default: terminate."}) {
        EXPECT_NE(help.find(text), std::string::npos) << text;
    }
}

TEST(Pages, StopWhenNobodyReadsThem) {
    static int parts;
    parts = 0;
    EXPECT_FALSE(
        core::print_page(Page::help, core::own_persona(), "cppinit", [](std::string_view) { return ++parts < 3; }));
    EXPECT_EQ(parts, 3);
}

TEST(Pages, LicenseIsTheWholeText) {
    EXPECT_TRUE(page(Page::license).starts_with("MIT License\n"));
    EXPECT_TRUE(page(Page::license).ends_with("SOFTWARE.\n"));
    EXPECT_TRUE(page(Page::version).starts_with("cppinit "));
}

}  // namespace
