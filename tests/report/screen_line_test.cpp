// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/screen_line.hpp"

#include <gtest/gtest.h>
#include <string>

namespace trilby::report {
namespace {

constexpr Window utf8_window{.has_utf8 = true};
constexpr Window ascii_window{};

std::string cut_to(int columns, std::string_view text, const Window& window) {
    ScreenLine line(window, columns);
    line.add(text);
    EXPECT_LE(line.used(), columns);
    return line.text();
}

TEST(ScreenLine, TextThatDoesNotFitEndsWithAMark) {
    EXPECT_EQ(cut_to(5, "train", utf8_window), "train");
    EXPECT_EQ(cut_to(4, "train", utf8_window), "tra\u2026");
    EXPECT_EQ(cut_to(4, "train", ascii_window), "tra~");
    EXPECT_EQ(cut_to(1, "train", ascii_window), "~");
    EXPECT_EQ(cut_to(0, "train", utf8_window), "");
}

TEST(ScreenLine, TextFromOutsideCannotControlTheTerminal) {
    EXPECT_EQ(cut_to(80, "a\x1b[2J\nb\u202ec", utf8_window), "a\\x1b[2J b\\xe2\\x80\\xaec");
}

TEST(ScreenLine, WideCharactersTakeTwoColumns) {
    EXPECT_EQ(cut_to(4, "\u5bb6\u5bb6", utf8_window), "\u5bb6\u5bb6");
    EXPECT_EQ(cut_to(4, "\u5bb6\u5bb6\u5bb6", utf8_window), "\u5bb6\u2026");
    EXPECT_EQ(cut_to(4, "\u00e9\u00e9\u00e9\u00e9", utf8_window), "\u00e9\u00e9\u00e9\u00e9");
}

TEST(ScreenLine, ATerminalWithoutUtf8GetsAsciiOnly) {
    EXPECT_EQ(cut_to(80, "h\u00e4user \u5bb6", ascii_window), "h?user ?");
}

TEST(ScreenLine, ColorsTakeNoColumns) {
    ScreenLine line({.has_color = true}, 4);
    line.add("ok", Paint::green);
    line.move_to(3);
    line.add_drawn("##", 2);
    EXPECT_EQ(line.used(), 3);
    EXPECT_EQ(line.text(), "\x1b[32mok\x1b[0m ");
}

TEST(ScreenLine, ALongTextIsCutInBoundedTime) {
    EXPECT_EQ(cut_to(300, std::string(10'000'000, 'a'), utf8_window).substr(0, 3), "aaa");
}

}  // namespace
}  // namespace trilby::report
