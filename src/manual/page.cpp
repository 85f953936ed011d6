// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/page.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/file_tree.hpp"

namespace trilby::manual {
namespace {

constexpr std::string_view suffix = ".md";
constexpr std::string_view shared_file = "shared.md";

Result<std::string> read(const std::filesystem::path& file) {
    const auto text = platform::FileTree().read(std::filesystem::absolute(file).string());
    return text ? Result<std::string>(*text)
                : failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", file.string()));
}

/// The text below each heading "## NAME".
Insertions sections_of(std::string_view text) {
    constexpr std::string_view mark = "\n## ";
    Insertions sections;
    for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
        text.remove_prefix(at + mark.size());
        const std::string_view section = text.substr(0, text.find(mark));
        const std::size_t name_size = std::min(section.find('\n'), section.size());
        sections.emplace(section.substr(0, name_size), trim(section.substr(name_size)));
    }
    return sections;
}

/// `file` is "trilby-probe.1.md".
Page page_of(const std::string& file, std::string text) {
    const std::string stem = file.substr(0, file.size() - suffix.size());
    return {
        .name = stem.substr(0, stem.rfind('.')), .section = stem.back(), .text = std::move(text)};
}

}  // namespace

Result<Pages> read_pages(const std::filesystem::path& folder) {
    Pages all;
    const std::string path = std::filesystem::absolute(folder).string();
    for (const std::string& file : platform::FileTree().list(path).value_or({})) {
        if (!file.ends_with(suffix)) {
            continue;
        }
        TRILBY_TRY(text, read(folder / file));
        if (file == shared_file) {
            all.shared = sections_of(text);
        } else {
            all.pages.push_back(page_of(file, std::move(text)));
        }
    }
    std::ranges::sort(all.pages, {}, &Page::name);
    return all;
}

Result<std::string> expanded(const Page& page, const Insertions& insertions) {
    std::string result;
    std::string_view rest = page.text;
    for (std::size_t open = rest.find("{{"); open != std::string_view::npos;
         open = rest.find("{{")) {
        const std::size_t close = rest.find("}}", open);
        const std::string name(rest.substr(open + 2, close - open - 2));
        const auto found = insertions.find(name);
        if (close == std::string_view::npos || found == insertions.end()) {
            return failure(
                ErrorCode::internal,
                fmt::format("the page {} asks for '{}', which is unknown", page.file_name(), name));
        }
        result += rest.substr(0, open);
        result += found->second;
        rest.remove_prefix(close + 2);
    }
    return result.append(rest);
}

}  // namespace trilby::manual
