// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/created_folders.hpp"

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

using std::filesystem::path;

/// The first folder on the way to `folder` that does not exist; empty if all do.
path first_missing(const path& folder) {
    path missing;
    std::error_code ignored;
    for (path at = folder;
         !at.empty() && !std::filesystem::exists(std::filesystem::symlink_status(at, ignored));
         at = at.parent_path()) {
        missing = at;
    }
    return missing;
}

}  // namespace

CreatedFolders::CreatedFolders(std::filesystem::path folder)
    : folder_(std::move(folder)), first_created_(first_missing(folder_)) {}

Result<CreatedFolders> CreatedFolders::create(const std::filesystem::path& folder) {
    CreatedFolders created(folder);
    TRILBY_CHECK(make_directories(folder));
    return created;
}

CreatedFolders& CreatedFolders::operator=(CreatedFolders&& other) noexcept {
    std::swap(folder_, other.folder_);
    std::swap(first_created_, other.first_created_);
    return *this;
}

void CreatedFolders::enter(const std::filesystem::path& created) {
    folder_ = created;
    if (first_created_.empty()) {
        first_created_ = created;
    }
}

/// Removing a folder fails if it has files.
void CreatedFolders::remove_empty() const {
    if (first_created_.empty()) {
        return;
    }
    const std::filesystem::path stop = first_created_.parent_path();
    std::error_code ignored;
    for (std::filesystem::path at = folder_; at != stop; at = at.parent_path()) {
        std::filesystem::remove(at, ignored);
    }
}

}  // namespace trilby::platform
