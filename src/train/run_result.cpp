// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_result.hpp"

#include <fmt/format.h>

#include "base/presence.hpp"
#include "base/try.hpp"
#include "platform/file_tree.hpp"
#include "train/run_files.hpp"

namespace trilby::train {

Result<std::optional<json::object>> read_result_document(const std::filesystem::path& run) {
    const std::string file = (run / result_name).string();
    const auto text = platform::FileTree().read(std::filesystem::absolute(file).string());
    if (text.presence() == Presence::absent) {
        return std::nullopt;
    }
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", file),
                       "fix its permissions");
    }
    TRILBY_TRY(result, json::parse_object(*text, file));
    return result;
}

}  // namespace trilby::train
