// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/markdown.hpp"

#include <gmock/gmock.h>

namespace trilby::manual {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The page below its title.
std::string body_of(std::string_view markdown) {
    const std::string page = man_page("odd", '1', markdown);
    return page.substr(page.find(".ad l\n") + 6);
}

TEST(Markdown, TitleHoldsNameAndSection) {
    EXPECT_THAT(man_page("trilby-config", '5', ""), HasSubstr(".TH TRILBY\\-CONFIG 5 "));
    EXPECT_THAT(man_page("trilby-config", '5', ""), HasSubstr("\"File Formats\""));
    EXPECT_THAT(man_page("trilby", '1', ""), HasSubstr("\"User Commands\""));
}

TEST(Markdown, HeadingsBecomeSections) {
    EXPECT_EQ(body_of("## See also\n\n### trilby data\n"), ".SH SEE ALSO\n.SS trilby data\n");
}

TEST(Markdown, ParagraphsAreApart) {
    EXPECT_EQ(body_of("## A\n\nfirst\nline\n\n\nsecond\n"), ".SH A\nfirst line\n.PP\nsecond\n");
}

TEST(Markdown, ABackslashEndsALine) {
    EXPECT_EQ(body_of("## A\n\n`x` *Y*\\\n`z`\n"), ".SH A\n\\fBx\\fR \\fIY\\fR\n.br\n\\fBz\\fR\n");
}

TEST(Markdown, DefinitionsBecomeItems) {
    EXPECT_EQ(body_of("`--root` *DIR*\n: Look\nthere.\n"),
              ".TP\n\\fB\\-\\-root\\fR \\fIDIR\\fR\nLook there.\n");
}

TEST(Markdown, IndentedLinesStayAsTheyAre) {
    EXPECT_EQ(body_of("    trilby `x`\n    two\n"),
              ".PP\n.RS 4\n.nf\ntrilby \\(gax\\(ga\ntwo\n.fi\n.RE\n");
}

TEST(Markdown, CommentsAreNotShown) {
    EXPECT_EQ(body_of("<!-- Copyright -->\n<!-- License -->\n\n## A\n"), ".SH A\n");
}

TEST(Markdown, TextCannotMakeRequests) {
    const std::string page = man_page(
        "odd", '1', ".so /etc/passwd\n\n## x\n.so /a\n\n`--odd`\n: .so /b\n\n    .so /c\n\\fBx\n");
    EXPECT_THAT(page, Not(HasSubstr("\n.so")));
    EXPECT_THAT(page, Not(HasSubstr("\\fBx")));
}

}  // namespace
}  // namespace trilby::manual
