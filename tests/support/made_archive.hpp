// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Zip files, also those that PyTorch would not write.

#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
#include <zip.h>

namespace trilby::testing {

using ArchiveEntries = std::vector<std::pair<std::string, std::string>>;

/// Entries are written as they are, unless another method of compression is given.
inline void write_archive(const std::filesystem::path& path, const ArchiveEntries& entries,
                          std::int32_t method = ZIP_CM_STORE) {
    int error = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (archive == nullptr) {
        throw std::runtime_error("cannot create " + path.string());
    }
    for (const auto& [name, content] : entries) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
        if (index < 0 ||
            zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0) != 0) {
            zip_discard(archive);
            throw std::runtime_error("cannot add " + name);
        }
    }
    if (zip_close(archive) != 0) {
        zip_discard(archive);
        throw std::runtime_error("cannot write " + path.string());
    }
}

}  // namespace trilby::testing
