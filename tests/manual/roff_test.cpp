// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/roff.hpp"

#include <gtest/gtest.h>

namespace trilby::manual::roff {
namespace {

TEST(Roff, QuotesAndDashesStayLiteral) {
    EXPECT_EQ(escaped("--root 'a' \"b\" `c` ~/d ^e"),
              R"(\-\-root \(aqa\(aq \(dqb\(dq \(gac\(ga \(ti/d \(hae)");
}

TEST(Roff, NoRequestCanBeMade) {
    EXPECT_EQ(escaped(".so /etc/passwd"), R"(\&.so /etc/passwd)");
    EXPECT_EQ(escaped("'so /etc/passwd"), R"(\(aqso /etc/passwd)");
    EXPECT_EQ(escaped("text\n.so /etc/passwd"), "text .so /etc/passwd");
    EXPECT_EQ(prose(" .so /etc/passwd"), R"(\&.so /etc/passwd)");
}

TEST(Roff, NoEscapeCanBeMade) {
    EXPECT_EQ(escaped(R"(\fBx\X'y')"), R"(\(rsfBx\(rsX\(aqy\(aq)");
    EXPECT_EQ(bold(R"(\fI)"), R"(\fB\(rsfI\fR)");
    EXPECT_EQ(escaped("\x1b[31m\x07"), "[31m");
}

TEST(Roff, ProseMarksLiteralsAndReplaceables) {
    EXPECT_EQ(prose("run `a b` in *DIR*."), R"(run \fBa b\fR in \fIDIR\fR.)");
}

TEST(Roff, ProseMarksOptionsByThemselves) {
    EXPECT_EQ(prose("with --batch-size (not --root)"),
              R"(with \fB\-\-batch\-size\fR (not \fB\-\-root\fR))");
    EXPECT_EQ(prose("a--b -- c"), R"(a\-\-b \-\- c)");
}

TEST(Roff, MarksWithoutAPartnerAreText) {
    EXPECT_EQ(prose("a ` b * c"), R"(a \(ga b * c)");
    EXPECT_EQ(prose("`` **"), R"(\(ga\(ga **)");
}

}  // namespace
}  // namespace trilby::manual::roff
