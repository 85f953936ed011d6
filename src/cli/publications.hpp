// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands for data sets and for models share: the list, and the start of a download.

#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "train/publication.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

struct ListedPublication {
    const train::Publication& publication;
    Result<std::filesystem::path> folder;  ///< the error says how to get it
};

/// Prints the list and returns the exit code.
[[nodiscard]] int list_publications(const train::PublicationKind& kind,
                                    const std::vector<ListedPublication>& listed, bool as_json);

struct FetchOptions {
    std::string name;
    std::string folder;
    std::string url_base;
    std::string from_file;
    bool as_json = false;
};

/// Adds the options that every fetch has. `folder_option` is the name of the one for the folder.
void add_fetch_options(CLI::App& parser, FetchOptions& options, const std::string& folder_option);

/// Executes trilby-fetch, so that no other command loads the network's libraries. Returns the exit
/// code if that fails.
[[nodiscard]] int start_fetch(const train::PublicationKind& kind,
                              const train::Publication& publication, const FetchOptions& options);

}  // namespace trilby::cli
