// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::fetch {
namespace {

using ::testing::SizeIs;

constexpr train::DatasetFile file{"labels.gz", 2048, "00"};

TEST(FetchConsole, LineHasNameFractionAndSizes) {
    EXPECT_EQ(progress_line(file, 512, 80),
              "labels.gz  [#####...............]  25 %  512 B of 2 KiB");
}

TEST(FetchConsole, LineFitsEveryTerminal) {
    for (int columns = 0; columns <= 200; ++columns) {
        EXPECT_LE(progress_line(file, 4096, columns).size(),
                  static_cast<std::size_t>(std::max(columns - 1, 0)));
    }
}

TEST(FetchConsole, JsonHasTheOutcomeOfEachFile) {
    const auto document = to_json({.name = "made"}, "/data", {{file, Outcome::resumed, {}}});
    ASSERT_THAT(document.at("files").as_array(), SizeIs(1));
    EXPECT_EQ(document.at("files").at(0).at("outcome").as_string(), "resumed");
    EXPECT_EQ(document.at("folder").as_string(), "/data");
}

}  // namespace
}  // namespace trilby::fetch
