// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::fetch {
namespace {

using ::testing::SizeIs;

constexpr train::PublishedFile file{"labels.gz", 2048, "00"};

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

const train::Publication publication{.name = "made", .license = "MIT", .files = {&file, 1}};

TEST(FetchConsole, LineOfAFileHasItsSha256) {
    EXPECT_EQ(file_line({file, Outcome::copied, std::chrono::seconds(2)}),
              "labels.gz: copied, 2 KiB in 2.0 s, SHA-256 00");
    EXPECT_EQ(file_line({file, Outcome::present, {}}), "labels.gz: present, 2 KiB, SHA-256 00");
}

TEST(FetchConsole, EndHasTheLicenseAndForAModelTheNextCommand) {
    EXPECT_EQ(end_text(train::dataset_kind, publication, "/data"),
              "made is in /data, license MIT\n");
    EXPECT_EQ(end_text(train::model_kind, publication, "/my data"),
              "made is in /my data, license MIT\n"
              "next: trilby inspect '/my data/labels.gz'\n");
}

TEST(FetchConsole, JsonHasTheOutcomeOfEachFile) {
    const auto document =
        to_json(train::dataset_kind, publication, "/data", {{file, Outcome::resumed, {}}});
    ASSERT_THAT(document.at("files").as_array(), SizeIs(1));
    EXPECT_EQ(document.at("files").at(0).at("outcome").as_string(), "resumed");
    EXPECT_EQ(document.at("folder").as_string(), "/data");
    EXPECT_EQ(document.at("dataset").as_string(), "made");
    EXPECT_EQ(document.at("licence").as_string(), "MIT");
}

}  // namespace
}  // namespace trilby::fetch
