// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/values.hpp"

#include <CLI/App.hpp>
#include <gmock/gmock.h>

#include "cli/command_line.hpp"
#include "cli/option_text.hpp"

namespace trilby::cli {
namespace {

void expect_known_values(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options({})) {
        const std::string name = value_name(*option);
        EXPECT_TRUE(name.empty() || find_value_kind(name) != nullptr)
            << command.get_name() << ' ' << option->get_name() << " takes a value named " << name
            << ", which src/cli/values.cpp does not know";
    }
    for (const CLI::App* below : command.get_subcommands({})) {
        expect_known_values(*below);
    }
}

TEST(Values, EveryOptionAndOperandTakesAKnownKind) {
    expect_known_values(*command_line().parser);
}

TEST(Values, AnUnknownNameHasNoKind) {
    EXPECT_EQ(find_value_kind("SURPRISE"), nullptr);
}

TEST(Values, AKindWithoutKnownWordsHasNone) {
    EXPECT_THAT(find_value_kind("SECONDS")->words(), testing::IsEmpty());
}

}  // namespace
}  // namespace trilby::cli
