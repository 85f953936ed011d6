// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_folder.hpp"
#include "probe/sources.hpp"
#include "recording/derived_files.hpp"
#include "recording/filters.hpp"
#include "recording/personal_names.hpp"
#include "recording/recording.hpp"
#include "recording/redaction.hpp"
#include "recording/writer.hpp"

namespace trilby {
namespace recording {
namespace {

using platform::FileTree;
using platform::RecordingNotes;

/// The /dev of this system, or of the host as a container shows it.
bool is_device_folder(std::string_view path) {
    return path == "/dev" || path == "/run/host/dev";
}

/// The names in a /dev folder that the probe looked up. The others are disks and terminals.
std::vector<std::string> used_device_names(const Recorder& recorder, const std::string& folder,
                                           const std::vector<std::string>& listed) {
    const auto& statuses = recorder.notes.statuses;
    std::vector<std::string> used;
    std::ranges::copy_if(listed, std::back_inserter(used), [&](const std::string& name) {
        const std::string path = folder + "/" + name;
        const auto inside = statuses.lower_bound(path + "/");
        return statuses.contains(path) ||
               (inside != statuses.end() && inside->first.starts_with(path + "/"));
    });
    return used;
}

/// The loader reads these files in the order of their names, which replacements do not keep.
void number_loader_files(const Recorder& recorder, Redaction& redaction) {
    for (const std::string_view folder : {"/etc/ld.so.conf.d", "/run/host/etc/ld.so.conf.d"}) {
        const auto listed = recorder.folders.find(std::string(folder));
        int number = 0;
        for (const std::string& name :
             listed == recorder.folders.end() ? std::vector<std::string>() : listed->second) {
            redaction.rename(fmt::format("{}/{}", folder, name),
                             fmt::format("{:05}.conf", ++number));
        }
    }
}

/// JSON cannot represent every file name and string; those that it cannot are left out.
bool fits_json(std::string_view text) {
    return printable(text, text.size()) == text;
}

/// The name of an answer about a path ends with the path.
std::string redacted_name(Redaction& redaction, std::string_view name) {
    const std::size_t path = std::min(name.find('/'), name.size());
    return std::string(name.substr(0, path)) + redaction.path(name.substr(path));
}

RecordingNotes redacted(const RecordingNotes& notes, Redaction& redaction) {
    RecordingNotes out;
    for (const auto& [name, answer] : notes.answers) {
        if (fits_json(name) && fits_json(answer)) {
            out.answers[redacted_name(redaction, name)] = filtered_answer(redaction, name, answer);
        }
    }
    for (const auto& [path, status] : notes.statuses) {
        if (fits_json(path)) {
            out.statuses[redaction.path(path)] = status;
        }
    }
    const auto redact_paths = [&](const std::set<std::string>& from, std::set<std::string>& to) {
        for (const std::string& path : from) {
            if (fits_json(path)) {
                to.insert(redaction.path(path));
            }
        }
    };
    redact_paths(notes.denied, out.denied);
    redact_paths(notes.malformed, out.malformed);
    return out;
}

Result<void> write_files(Writer& writer, const Recording& recording, Redaction& redaction) {
    for (const auto& [path, content] : recording.read.contents) {
        if (const auto kept = filtered(redaction, path, content)) {
            TRILBY_CHECK(writer.file(path, *kept));
        }
    }
    for (const auto& [path, content] : derived_files(recording.machine)) {
        TRILBY_CHECK(writer.file(path, redaction.prose(content)));
    }
    for (const auto& [path, target] : recording.read.links) {
        TRILBY_CHECK(writer.link(path, target));
    }
    for (const auto& [path, names] : recording.read.folders) {
        TRILBY_CHECK(writer.folder(
            path, is_device_folder(path) ? used_device_names(recording.read, path, names) : names));
    }
    return {};
}

Result<void> require_new(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(folder, ignored)) &&
        !std::filesystem::is_empty(folder, ignored)) {
        return failure(
            ErrorCode::cannot_create,
            fmt::format("'{}' already exists and is not an empty folder", folder.string()),
            "choose a new folder");
    }
    return {};
}

}  // namespace

Result<Recording> record(const ProbeOptions& options) {
    Recording recording;
    const FileTree tree(options.root, &recording.read);
    if (tree.is_damaged()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' cannot be read, so the recording is incomplete",
                                   tree.real_path(RecordingNotes::file_name).string()),
                       "use a complete recording");
    }
    recording.machine = sources::read_machine(tree, options.runtimes_limit);
    recording.names = personal_names(FileTree(options.root));
    return recording;
}

Result<void> write(const Recording& recording, const std::filesystem::path& folder,
                   platform::InterruptWatch* interrupts) {
    TRILBY_CHECK(require_new(folder));
    TRILBY_TRY(whole, platform::AtomicFolder::create(folder));
    Redaction redaction(recording.names);
    number_loader_files(recording.read, redaction);
    Writer writer(whole.path(), recording.read, redaction, interrupts);
    // Empty notes mark a recording that is not whole, should this process be killed.
    TRILBY_CHECK(writer.file(RecordingNotes::file_name, {}));
    TRILBY_CHECK(write_files(writer, recording, redaction));
    TRILBY_CHECK(
        writer.file(RecordingNotes::file_name, to_json(redacted(recording.read.notes, redaction))));
    return whole.commit();
}

}  // namespace recording

Result<void> capture(const std::filesystem::path& folder, const ProbeOptions& options) {
    TRILBY_CHECK(recording::require_new(folder));
    TRILBY_TRY(recorded, recording::record(options));
    return recording::write(recorded, folder, nullptr);
}

}  // namespace trilby
