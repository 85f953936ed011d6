// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A page in src/doctor/pages/ or src/doctor/steps/, parsed. docs/doctor.md describes the format.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trilby::doctor {

/// The steps of a fix for some systems.
struct Section {
    std::vector<std::string> headings;  ///< "Fedora", "Nobara"
    /// Commands, sentences, and insertions such as "{{reboot}}".
    std::vector<std::string> steps;
};

struct Page {
    std::string title;
    std::string why;      ///< the first paragraph
    std::string details;  ///< paragraphs, with an empty line between them
    std::vector<Section> sections;
};

/// Accepts every text. The tests check that the embedded pages are complete.
[[nodiscard]] Page parse_page(std::string_view text);

/// The page of a condition, parsed from the embedded text.
[[nodiscard]] Page page_of(std::string_view condition_id);

}  // namespace trilby::doctor
