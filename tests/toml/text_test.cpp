// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toml/text.hpp"

#include <gtest/gtest.h>

#include "toml/reader.hpp"

namespace trilby::toml {
namespace {

TEST(TomlText, AQuotedTextIsReadAsItWas) {
    for (const std::string text :
         {"", "plain", "a \"word\"", "C:\\x", "line\nfeed\x7f\x01", "°C"}) {
        const auto table = parse("a = " + toml::quoted(text), "a.toml");
        ASSERT_TRUE(table) << text;
        EXPECT_EQ((*table)["a"].value<std::string>(), text);
    }
}

}  // namespace
}  // namespace trilby::toml
