// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/numbered_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::train {
namespace {

/// The recipe's name as a file name of at most 64 bytes. Any character but letters, digits and '_'
/// becomes '-'.
std::string file_name_of(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, 64)) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
        out += is_plain ? c : '-';
    }
    return out.empty() ? "run" : out;
}

}  // namespace

Result<platform::CreatedFolders> create_numbered_folder(const std::string& parent,
                                                        const std::string& name) {
    constexpr int number_limit = 100'000;
    TRILBY_TRY(folder, platform::CreatedFolders::create(std::filesystem::absolute(parent)));
    for (int number = 1; number <= number_limit; ++number) {
        const std::filesystem::path numbered =
            folder.path() / fmt::format("{}-{}", file_name_of(name), number);
        // mkdir() decides which number is free, so two that start together get two folders.
        if (::mkdir(numbered.c_str(), 0777) == 0) {
            folder.enter(numbered);
            return std::move(folder);
        }
        if (errno != EEXIST) {
            return std::unexpected(platform::system_error(errno, "create the folder", numbered));
        }
    }
    return failure(
        ErrorCode::cannot_create,
        fmt::format("'{}' already holds {} folders", folder.path().string(), number_limit),
        "give a folder with --output");
}

}  // namespace trilby::train
