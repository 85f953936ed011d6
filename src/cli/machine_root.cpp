// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/machine_root.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/option_text.hpp"
#include "platform/file_tree.hpp"

namespace trilby::cli {

namespace {

/// Reports damaged notes, which the probe itself ignores.
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

/// Otherwise everything would be unknown, and the doctor would find nothing wrong.
Result<void> check_holds_machine(const std::filesystem::path& root) {
    const std::array marks{"proc", "sys", platform::RecordingNotes::file_name};
    const auto has_mark = [&](const std::filesystem::path& folder) {
        return std::ranges::any_of(marks, [&](const char* mark) {
            std::error_code ignored;
            return std::filesystem::exists(folder / mark, ignored);
        });
    };
    if (has_mark(root)) {
        return {};
    }
    const std::filesystem::path below = root / "tree";
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' does not hold a machine: it has no {}",
                               printable(root.string(), 256), fmt::join(marks, ", no ")),
                   has_mark(below)
                       ? fmt::format("try '{}'", printable(below.string(), 256))
                       : "give --root the folder that 'trilby probe --capture' created");
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
    TRILBY_CHECK(check_holds_machine(root));
    return check_recording(root);
}

Result<Machine> probe_root(const ProbeOptions& options) {
    TRILBY_CHECK(check_root(options.root.string()));
    return probe(options);
}

ProbeOptions MachineOptions::probe_options() const {
    ProbeOptions probed{.root = root};
    if (ask_runtimes) {
        probed.runtimes_limit = std::chrono::seconds(timeout_s);
    }
    return probed;
}

void add_machine_options(CLI::App& parser, MachineOptions& options) {
    auto* root =
        parser.add_option("--root", options.root, "Examine the recorded machine in this folder")
            ->type_name("DIR");
    auto* runtimes = parser
                         .add_flag("--runtimes", options.ask_runtimes,
                                   "Also ask the vendors' runtimes; this wakes sleeping cards")
                         ->excludes(root);
    parser.add_option("--timeout", options.timeout_s, "Time limit for each runtime")
        ->needs(runtimes)
        ->transform(whole_number(1, 3600))
        ->type_name("SECONDS")
        ->capture_default_str();
}

}  // namespace trilby::cli
