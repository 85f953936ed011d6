// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/publication.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "base/text.hpp"
#include "install/folders.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::train {

std::uint64_t download_bytes(const Publication& publication) {
    std::uint64_t total = 0;
    for (const PublishedFile& file : publication.files) {
        total += file.size_bytes;
    }
    return total;
}

std::string files_text(const Publication& publication) {
    return publication.files.size() == 1
               ? std::string(publication.files.front().name)
               : fmt::format("the {} files of {}", publication.files.size(), publication.name);
}

Error unknown_publication(const PublicationKind& kind, std::string_view name,
                          const std::vector<std::string_view>& known) {
    return {
        ErrorCode::usage,
        fmt::format("unknown {} '{}'{}", kind.noun, printable(name, 64), did_you_mean(name, known)),
        fmt::format("the {}s are: {}", kind.noun, fmt::join(known, ", "))};
}

std::filesystem::path fetched_folder(const PublicationKind& kind, const Publication& publication) {
    const std::filesystem::path user_folder = install::user_data_folder();
    return user_folder.empty() ? user_folder : user_folder / kind.plural / publication.name;
}

std::vector<std::filesystem::path> publication_folders(const PublicationKind& kind,
                                                       const Publication& publication) {
    std::vector<std::filesystem::path> folders;
    if (const auto fetched = fetched_folder(kind, publication); !fetched.empty()) {
        folders.push_back(fetched);
    }
    folders.push_back(install::layout().data_folder / kind.plural / publication.name);
    return folders;
}

Result<std::string_view> first_missing_file(const Publication& publication,
                                            const std::filesystem::path& folder) {
    for (const PublishedFile& file : publication.files) {
        const std::filesystem::path path = folder / file.name;
        std::error_code error;
        const auto type = std::filesystem::status(path, error).type();
        if (error && type != std::filesystem::file_type::not_found) {
            Error unknown = platform::input_error(error.value(), path);
            unknown.code = ErrorCode::io;
            return std::unexpected(std::move(unknown));
        }
        if (type != std::filesystem::file_type::regular) {
            return file.name;
        }
    }
    return {};
}

Result<std::filesystem::path> locate_publication(const PublicationKind& kind,
                                                 const Publication& publication,
                                                 const std::vector<std::filesystem::path>& folders,
                                                 const std::string& hint) {
    std::vector<std::string> searched;
    std::optional<Error> unknown;
    for (const auto& folder : folders) {
        const auto missing = first_missing_file(publication, folder);
        if (missing && missing->empty()) {
            return folder;
        }
        if (!missing) {
            unknown = missing.error();
        }
        searched.push_back(folder.string());
    }
    if (unknown) {
        return std::unexpected(*unknown);
    }
    return failure(ErrorCode::no_input,
                   fmt::format("the {} {} is not on this machine; searched {}", kind.noun,
                               publication.name, fmt::join(searched, ", ")),
                   hint);
}

std::string fetch_command(const PublicationKind& kind, const Publication& publication) {
    return fmt::format("'trilby {} fetch {}'", kind.command, publication.name);
}

}  // namespace trilby::train
