// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/table.hpp"

#include <gtest/gtest.h>

namespace trilby::report {
namespace {

TEST(Table, AlignsItsColumns) {
    Table table({"class", "recall"});
    table.add({"a long name", "9 %"});
    table.add({"b", "100.00 %"});
    EXPECT_EQ(table.text(),
              "class          recall\n"
              "a long name       9 %\n"
              "b            100.00 %\n");
}

TEST(Table, KeepsTextFromOutsideOnItsLine) {
    Table table({"class"});
    table.add({"a\nforged\x1b[31m"});
    const std::string text = table.text();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace trilby::report
