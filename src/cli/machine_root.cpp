// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/machine_root.hpp"

#include <filesystem>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::cli {

Result<Machine> probe_root(const std::string& root) {
    std::error_code error;
    if (!std::filesystem::is_directory(root, error)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not a folder that can be read{}", printable(root, 256),
                                   error ? ": " + error.message() : ""),
                       "--root takes a folder with the /proc, /sys and /dev of a machine");
    }
    return probe({.root = root});
}

}  // namespace trilby::cli
