// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/fetch.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "platform/created_folders.hpp"

namespace trilby::fetch {
namespace {

/// How to get the files without the network.
std::string by_hand(const train::Dataset& dataset, const std::filesystem::path& folder) {
    const std::string copy = fmt::format(
        "repeat the command once the network is back, and it resumes; or copy the {} files "
        "of {} into '{}' by hand",
        dataset.files.size(), dataset.name, folder.string());
    return dataset.debian_package.empty()
               ? copy
               : fmt::format("{}; Debian has them as the package {}", copy, dataset.debian_package);
}

}  // namespace

Result<std::vector<FileReport>> fetch_dataset(const train::Dataset& dataset,
                                              const FetchOptions& options) {
    TRILBY_TRY(folder, platform::CreatedFolders::create(options.folder));
    std::vector<FileReport> reports;
    for (const train::DatasetFile& file : dataset.files) {
        const std::string url = options.folder_url + std::string(file.name);
        auto report = download(file, url, folder.path(), options.download);
        if (!report) {
            if (report.error().code == ErrorCode::unavailable && report.error().hint.empty()) {
                report.error().hint = by_hand(dataset, options.folder);
            }
            return std::unexpected(report.error());
        }
        if (options.on_file) {
            options.on_file(*report);
        }
        reports.push_back(*report);
    }
    return reports;
}

}  // namespace trilby::fetch
