// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <vector>

#include "base/text.hpp"
#include "install/version.hpp"
#include "manual/roff.hpp"

namespace trilby::manual {
namespace {

constexpr std::string_view indent = "    ";
constexpr std::string_view definition_mark = ": ";

using Block = std::vector<std::string_view>;  ///< lines

std::vector<Block> blocks_of(std::string_view text) {
    constexpr std::string_view gap = "\n\n";
    std::vector<Block> blocks;
    while (!text.empty()) {
        const std::string_view block = text.substr(0, text.find(gap));
        if (const Block lines = split_lines(block); !lines.empty()) {
            blocks.push_back(lines);
        }
        text.remove_prefix(std::min(text.size(), block.size() + gap.size()));
    }
    return blocks;
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    return upper;
}

std::string paragraph(const Block& lines) {
    std::string roff;
    std::string text;
    for (std::string_view line : lines) {
        const bool ends_line = line.ends_with('\\');
        text += line.substr(0, line.size() - (ends_line ? 1 : 0));
        text += ' ';
        if (ends_line) {
            roff += roff::prose(text) + "\n.br\n";
            text.clear();
        }
    }
    return roff + roff::prose(text) + '\n';
}

std::string definition(const Block& lines) {
    std::string text;
    for (const std::string_view line : lines) {
        text += line;
        text += ' ';
    }
    const std::size_t term_size = lines.front().size() + 1;
    return fmt::format(".TP\n{}\n{}\n", roff::prose(lines.front()),
                       roff::prose(text.substr(term_size + definition_mark.size())));
}

std::string literal_lines(const Block& lines) {
    std::string roff = ".PP\n.RS 4\n.nf\n";
    for (const std::string_view line : lines) {
        roff += roff::escaped(line) + '\n';
    }
    return roff + ".fi\n.RE\n";
}

bool is_heading(const Block& lines) {
    return lines.front().starts_with("##");
}

std::string heading(std::string_view line) {
    return line.starts_with("### ")
               ? fmt::format(".SS {}\n", roff::escaped(line.substr(4)))
               : fmt::format(".SH {}\n", roff::escaped(upper_case(line.substr(3))));
}

/// The first paragraph after a heading needs no macro, and may have none.
std::string roff_of(const Block& lines, bool follows_heading) {
    if (lines.front().starts_with("<!--")) {
        return {};
    }
    if (is_heading(lines)) {
        return heading(lines.front());
    }
    if (lines.front().starts_with(indent)) {
        return literal_lines(lines);
    }
    if (lines.size() > 1 && lines[1].starts_with(definition_mark)) {
        return definition(lines);
    }
    return (follows_heading ? "" : ".PP\n") + paragraph(lines);
}

/// Also keeps commands and names in one piece: no hyphens, no wide gaps.
std::string title_line(std::string_view name, char section) {
    return fmt::format(".TH {} {} \"\" \"trilby {}\" \"{}\"\n.nh\n.ad l\n",
                       roff::escaped(upper_case(name)), section, roff::escaped(version),
                       section == '5' ? "File Formats" : "User Commands");
}

}  // namespace

std::string man_page(const std::string& name, char section, std::string_view markdown) {
    std::string roff = title_line(name, section);
    bool follows_heading = false;
    for (const Block& block : blocks_of(markdown)) {
        roff += roff_of(block, follows_heading);
        follows_heading = is_heading(block);
    }
    return roff;
}

}  // namespace trilby::manual
