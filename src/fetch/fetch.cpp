// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/fetch.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "fetch/local_copy.hpp"
#include "platform/created_folders.hpp"

namespace trilby::fetch {
namespace {

Result<FileReport> fetch_file(const train::PublishedFile& file, const std::filesystem::path& folder,
                              const FetchOptions& options) {
    return options.from_file.empty() ? download(file, options.folder_url + std::string(file.name),
                                                folder, options.download)
                                     : copy_file(file, options.from_file, folder, options.download);
}

Error with_way_out(Error error, const FetchOptions& options) {
    if (error.code == ErrorCode::unavailable && !options.without_network.empty()) {
        const std::string remedy =
            error.hint.empty() ? "repeat the command once the network is back, and it resumes"
                               : error.hint;
        error.hint = fmt::format("{}; or {}", remedy, options.without_network);
    }
    return error;
}

}  // namespace

Result<std::vector<FileReport>> fetch_files(const train::Publication& publication,
                                            const FetchOptions& options) {
    TRILBY_TRY(folder, platform::CreatedFolders::create(options.folder));
    std::vector<FileReport> reports;
    for (const train::PublishedFile& file : publication.files) {
        const auto report = fetch_file(file, folder.path(), options);
        if (!report) {
            return std::unexpected(with_way_out(report.error(), options));
        }
        if (options.on_file) {
            options.on_file(*report);
        }
        reports.push_back(*report);
    }
    return reports;
}

}  // namespace trilby::fetch
