// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/machine_root.hpp"

#include <filesystem>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/file_tree.hpp"

namespace trilby::cli {

namespace {

/// The probe itself takes a tree without notes for what it is; a person wants to know.
Result<void> check_recording(const std::string& root) {
    const platform::FileTree tree(root);
    const std::string path = std::string("/") + platform::RecordingNotes::file_name;
    const auto text = tree.read(path, platform::RecordingNotes::limit_bytes);
    if (tree.is_live() || text.presence() == Presence::absent) {
        return {};
    }
    const auto notes = platform::parse_recording_notes(text.value_or(""), root + path);
    return notes ? Result<void>() : std::unexpected(notes.error());
}

}  // namespace

Result<void> check_root(const std::string& root) {
    std::error_code error;
    if (!std::filesystem::is_directory(root, error)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not a folder that can be read{}", printable(root, 256),
                                   error ? ": " + error.message() : ""),
                       "--root takes a folder with the /proc, /sys and /dev of a machine");
    }
    return check_recording(root);
}

Result<Machine> probe_root(const std::string& root,
                           std::optional<std::chrono::milliseconds> runtimes_limit) {
    TRILBY_CHECK(check_root(root));
    return probe({.root = root, .runtimes_limit = runtimes_limit});
}

}  // namespace trilby::cli
