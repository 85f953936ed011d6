// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a manual page says beyond --help. Texts are prose as roff::prose() takes it.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include <trilby/result.hpp>

namespace trilby::manual {

struct Entry {
    std::string name;  ///< plain text
    std::string text;
};

struct Exit {
    ErrorCode code;
    std::string meaning;  ///< what it tells here; empty for report::exit_meaning()
};

/// A section that only this page has.
struct Section {
    std::string title;  ///< "SEVERITIES"
    std::vector<std::string> paragraphs;
    std::vector<Entry> entries;
};

struct Page {
    std::string name;     ///< "trilby-probe"
    int number = 1;       ///< of the part of the manual
    std::string title;    ///< lower-case start, no full stop; empty for the command's summary
    std::string command;  ///< "trilby probe"; empty if the page is not about one
    std::vector<std::string> description;
    std::vector<Section> sections;
    std::string success;      ///< what exit code 0 tells; empty if the page has no exit codes
    std::vector<Exit> exits;  ///< the others
    std::vector<Entry> environment;
    std::vector<Entry> files;
    std::vector<cli::Example> examples;

    [[nodiscard]] std::string reference() const {
        return name + '(' + std::to_string(number) + ')';
    }
};

}  // namespace trilby::manual
