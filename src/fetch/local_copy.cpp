// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/local_copy.hpp"

#include <cerrno>
#include <fmt/format.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::fetch {
namespace {

std::unexpected<Error> another_file(const std::filesystem::path& path, const std::string& how) {
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' is not the publisher's file: {}", path.string(), how),
                   "give an unchanged copy of the publisher's file");
}

Result<platform::FileDescriptor> open_original(const train::PublishedFile& file,
                                               const std::filesystem::path& path) {
    platform::FileDescriptor original = open_to_read(path);
    if (!original) {
        return std::unexpected(platform::input_error(errno, path));
    }
    TRILBY_TRY(how, difference(file, original.get(), path));
    if (!how.empty()) {
        return another_file(path, how);
    }
    return original;
}

Result<bool> is_complete(const train::PublishedFile& file, const PartFile& part) {
    if (part.size_bytes() != file.size_bytes) {
        return false;
    }
    TRILBY_TRY(sha256, part.sha256());
    return sha256 == file.sha256;
}

Result<void> fill(PartFile& part, const train::PublishedFile& file, int original,
                  const std::filesystem::path& path, const DownloadOptions& options) {
    TRILBY_CHECK(part.clear());
    return for_each_piece(original, path, [&](std::span<const std::byte> bytes) -> Result<void> {
        if (options.is_cancelled()) {
            return failure(ErrorCode::interrupted, "interrupted");
        }
        if (bytes.size() > file.size_bytes - part.size_bytes()) {
            return another_file(path, "it became longer while it was copied");
        }
        TRILBY_CHECK(part.append(bytes));
        options.show_progress(file, part.size_bytes());
        return {};
    });
}

/// A complete part is published as it is: the user may have given it as the original.
Result<Outcome> complete(PartFile part, const train::PublishedFile& file,
                         const std::filesystem::path& path, const DownloadOptions& options) {
    TRILBY_TRY(original, open_original(file, path));
    TRILBY_TRY(was_complete, is_complete(file, part));
    if (!was_complete) {
        TRILBY_CHECK(fill(part, file, original.get(), path, options));
        TRILBY_TRY(is_complete_now, is_complete(file, part));
        if (!is_complete_now) {
            TRILBY_CHECK(part.clear());
            return another_file(path, "it changed while it was copied");
        }
    }
    TRILBY_CHECK(part.publish());
    return Outcome::copied;
}

}  // namespace

Result<FileReport> copy_file(const train::PublishedFile& file,
                             const std::filesystem::path& original,
                             const std::filesystem::path& folder, const DownloadOptions& options) {
    return deliver(file, folder, [&](PartFile part) {
        return complete(std::move(part), file, original, options);
    });
}

}  // namespace trilby::fetch
