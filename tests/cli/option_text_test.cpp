// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/option_text.hpp"

#include <CLI/App.hpp>
#include <gmock/gmock.h>

namespace trilby::cli {
namespace {

using testing::ElementsAre;

TEST(OptionText, ExplainsRangeDefaultAndExcludedOptions) {
    CLI::App parser("", "odd");
    unsigned seconds = 20;
    bool fast = false;
    bool slow = false;
    CLI::Option* quick = parser.add_flag("--fast", fast, "Hurry");
    const CLI::Option* unhurried = parser.add_flag("--slow", slow, "Do not")->excludes(quick);
    const CLI::Option* wait = parser.add_option("--wait", seconds, "Wait so long")
                                  ->needs(quick)
                                  ->check(whole_number(1, 60))
                                  ->type_name("SECONDS")
                                  ->capture_default_str();
    EXPECT_EQ(explained(*wait), "Wait so long (1 to 60; default 20; only with --fast)");
    EXPECT_EQ(explained(*unhurried), "Do not (not with --fast)");
}

TEST(OptionText, ANumberIsWithinItsRange) {
    CLI::App parser("", "odd");
    double heat = 1;
    const CLI::Option* option =
        parser.add_option("--heat", heat, "Warm")->check(number(0, 100))->capture_default_str();
    EXPECT_EQ(explained(*option), "Warm (0 to 100; default 1)");
    const CLI::Validator valid = number(0, 1);
    EXPECT_EQ(valid("0.25"), "");
    for (const std::string text : {"2", "-1", "nan", "", "1x", "0x1", " 1"}) {
        EXPECT_EQ(valid(text), "'" + text + "' is not a number from 0 to 1");
    }
}

TEST(OptionText, HasTheValueNameOfAnOptionAndAnOperand) {
    CLI::App parser("", "odd");
    std::string text;
    bool flag = false;
    EXPECT_EQ(value_name(*parser.add_option("--root", text)->type_name("DIR")), "DIR");
    EXPECT_EQ(value_name(*parser.add_option("NAME", text)), "NAME");
    EXPECT_EQ(value_name(*parser.add_flag("--fast", flag)), "");
}

TEST(OptionText, NamesAreAsTheyAreTyped) {
    CLI::App parser("", "odd");
    std::string text;
    EXPECT_THAT(names_of(*parser.get_help_ptr()), ElementsAre("-h", "--help"));
    EXPECT_THAT(names_of(*parser.add_option("NAME", text)), ElementsAre("NAME"));
}

}  // namespace
}  // namespace trilby::cli
