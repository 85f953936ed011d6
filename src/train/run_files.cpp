// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_files.hpp"

#include <fmt/format.h>

#include "platform/file_lock.hpp"

namespace trilby::train {

bool has_entry(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

bool is_run(const std::filesystem::path& folder) {
    return has_entry(folder / recipe_name) &&
           (has_entry(folder / checkpoint_name) || has_entry(folder / lock_name));
}

Result<void> require_run(const std::filesystem::path& folder) {
    return is_run(folder) ? Result<void>()
                          : failure(ErrorCode::no_input,
                                    fmt::format("'{}' is not the folder of a run", folder.string()),
                                    "give a folder that 'trilby train' printed");
}

bool is_in_use(const std::filesystem::path& run) {
    return platform::FileLock::is_held(run / lock_name);
}

}  // namespace trilby::train
