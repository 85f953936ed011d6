// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/bug_report.hpp"

#include <gmock/gmock.h>

#include "support/planted_secrets.hpp"

namespace trilby::cli {
namespace {

using ::testing::IsEmpty;

void expect_no_secret_in_report_of(const testing::MadeMachine& made) {
    made.write("proc/sys/kernel/hostname", "kite\n");
    made.write("etc/passwd", "lovelace:x:1000:1000:Ada:/home/lovelace:/bin/sh\n");
    const testing::TemporaryFolder folder;
    ASSERT_TRUE(write_bug_report(folder / "report.txt", {.root = made.root()}));
    const std::string report = testing::read_file(folder / "report.txt");
    EXPECT_NE(report.find("# Values"), std::string::npos);
    EXPECT_THAT(testing::secrets_in(report), IsEmpty());
}

TEST(BugReport, HasNoSecretOfAFile) {
    const testing::MadeMachine made;
    testing::plant_in_files(made);
    expect_no_secret_in_report_of(made);
}

TEST(BugReport, HasNoSecretOfANameOrAnImage) {
    const testing::MadeMachine made;
    testing::plant_in_names(made);
    expect_no_secret_in_report_of(made);
}

}  // namespace
}  // namespace trilby::cli
