// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/folder_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FolderUrl, EndsWithOneSlash) {
    EXPECT_EQ(parse_folder_url("https://example.org/data").value(), "https://example.org/data/");
    EXPECT_EQ(parse_folder_url("https://example.org/data/").value(), "https://example.org/data/");
}

TEST(FolderUrl, AcceptsOnlyHttpsWithoutSecretsAndQueries) {
    for (const char* unfit :
         {"", "data", "http://example.org/", "ftp://example.org/", "file:///etc/", "https://",
          "https://me@example.org/", "https://me:secret@example.org/", "https://example.org/?a=b",
          "https://example.org/#top"}) {
        const auto url = parse_folder_url(unfit);
        ASSERT_FALSE(url) << unfit;
        EXPECT_EQ(url.error().code, ErrorCode::usage) << unfit;
        EXPECT_THAT(url.error().message, Not(HasSubstr("secret")));
    }
}

}  // namespace
}  // namespace trilby::fetch
