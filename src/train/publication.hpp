// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What publishers offer for download, and where its files are on this machine.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

/// One file, as its publisher has it.
struct PublishedFile {
    std::string_view name;
    std::uint64_t size_bytes;
    std::string_view sha256;
};

/// A data set or a model.
struct Publication {
    std::string_view name;        ///< "fashion-mnist"
    std::string_view summary;     ///< one sentence
    std::string_view source_url;  ///< HTTPS folder of the publisher, with a final slash
    std::string_view license;     ///< SPDX
    std::span<const PublishedFile> files;
};

struct PublicationKind {
    std::string_view noun;     ///< "data set"
    std::string_view command;  ///< "data", as in `trilby data fetch`
    std::string_view key;      ///< "dataset", the key of one in JSON
    std::string_view plural;   ///< "datasets", the key of several, and their folder
};
inline constexpr PublicationKind dataset_kind{"data set", "data", "dataset", "datasets"};
inline constexpr PublicationKind model_kind{"model", "model", "model", "models"};

[[nodiscard]] std::uint64_t download_bytes(const Publication& publication);

/// "diamonds.csv", or "the 4 files of fashion-mnist".
[[nodiscard]] std::string files_text(const Publication& publication);

/// ErrorCode::usage, with the known names.
[[nodiscard]] Error unknown_publication(const PublicationKind& kind, std::string_view name,
                                        const std::vector<std::string_view>& known);

/// The entry of that name, or unknown_publication().
template <class Entry>
[[nodiscard]] Result<const Entry*> find_publication(const PublicationKind& kind,
                                                    std::span<const Entry> catalog,
                                                    std::string_view name) {
    std::vector<std::string_view> known;
    for (const Entry& entry : catalog) {
        if (entry.name == name) {
            return &entry;
        }
        known.push_back(entry.name);
    }
    return std::unexpected(unknown_publication(kind, name, known));
}

/// The folder that `trilby data fetch` or `trilby model fetch` fills; empty if there is no home.
[[nodiscard]] std::filesystem::path fetched_folder(const PublicationKind& kind,
                                                   const Publication& publication);

/// The folders to search, in this order: the user's, this installation's.
[[nodiscard]] std::vector<std::filesystem::path> publication_folders(
    const PublicationKind& kind, const Publication& publication);

/// The first file that a folder lacks, or empty. ErrorCode::io if that cannot be found out.
[[nodiscard]] Result<std::string_view> first_missing_file(const Publication& publication,
                                                          const std::filesystem::path& folder);

/// The first of `folders` that has every file. ErrorCode::no_input, with the hint, names the
/// folders that were searched; ErrorCode::io if a folder could not be searched.
[[nodiscard]] Result<std::filesystem::path> locate_publication(
    const PublicationKind& kind, const Publication& publication,
    const std::vector<std::filesystem::path>& folders, const std::string& hint);

/// "'trilby data fetch fashion-mnist'"
[[nodiscard]] std::string fetch_command(const PublicationKind& kind,
                                        const Publication& publication);

}  // namespace trilby::train
