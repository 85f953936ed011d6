// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/page.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "doctor/embedded_pages.hpp"

namespace trilby::doctor {
namespace {

constexpr std::string_view comment = "<!--";
constexpr std::string_view title_mark = "# ";
constexpr std::string_view section_mark = "## ";
constexpr std::string_view command_indent = "    ";

std::vector<std::string> headings_in(std::string_view line) {
    constexpr std::string_view separator = ", ";
    std::vector<std::string> headings;
    while (!line.empty()) {
        const std::size_t end = line.find(separator);
        headings.emplace_back(line.substr(0, end));
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + separator.size());
    }
    return headings;
}

class Parser {
  public:
    void read(std::string_view line) {
        if (line.empty()) {
            end_paragraph();
        } else if (line.starts_with(section_mark)) {
            end_paragraph();
            page_.sections.push_back({headings_in(line.substr(section_mark.size())), {}});
        } else if (line.starts_with(title_mark)) {
            page_.title = line.substr(title_mark.size());
        } else if (line.starts_with(command_indent)) {
            end_paragraph();
            add(std::string(line.substr(command_indent.size())));
        } else if (!line.starts_with(comment)) {
            paragraph_ += (paragraph_.empty() ? "" : " ") + std::string(line);
        }
    }

    Page finish() {
        end_paragraph();
        return std::move(page_);
    }

  private:
    void end_paragraph() {
        if (!paragraph_.empty()) {
            add(std::exchange(paragraph_, {}));
        }
    }

    void add(std::string text) {
        if (!page_.sections.empty()) {
            page_.sections.back().steps.push_back(std::move(text));
        } else if (page_.why.empty()) {
            page_.why = std::move(text);
        } else {
            page_.details += (page_.details.empty() ? "" : "\n\n") + text;
        }
    }

    Page page_;
    std::string paragraph_;
};

}  // namespace

Page parse_page(std::string_view text) {
    Parser parser;
    for (const auto line : std::views::split(text, '\n')) {
        parser.read(std::string_view(line));
    }
    return parser.finish();
}

Page page_of(std::string_view condition_id) {
    const auto page = std::ranges::find(condition_pages, condition_id, &EmbeddedPage::name);
    return page == condition_pages.end() ? Page{} : parse_page(page->text);
}

}  // namespace trilby::doctor
