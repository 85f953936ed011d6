// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The format of a recorded machine: copies of the files that were read, and one file of notes with
/// what copies cannot hold.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include <trilby/observed.hpp>
#include <trilby/result.hpp>

namespace trilby::platform {

struct FileStatus {
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
    std::uint64_t size_bytes = 0;
};

/// The content of the file `file_name` in the root of a recorded tree.
struct RecordingNotes {
    static constexpr const char* file_name = "trilby-recording.json";
    static constexpr std::size_t limit_bytes = 8U << 20;

    std::map<std::string, std::string> answers;  ///< to system calls and instructions, by name
    std::map<std::string, FileStatus> statuses;  ///< by path, since copies have others
    std::set<std::string> denied;                ///< paths without permission to read
    std::set<std::string> malformed;             ///< paths that could not be read as files
};

[[nodiscard]] std::string to_json(const RecordingNotes& notes);
[[nodiscard]] Result<RecordingNotes> parse_recording_notes(std::string_view text,
                                                           std::string_view where);

/// Is told of everything that a FileTree reads.
class TreeRecorder {
  public:
    virtual ~TreeRecorder() = default;
    virtual void note_content(std::string_view path, std::string_view content) = 0;
    virtual void note_names(std::string_view path, const std::vector<std::string>& names) = 0;
    virtual void note_link(std::string_view path, std::string_view target) = 0;
    virtual void note_status(std::string_view path, const FileStatus& status) = 0;
    virtual void note_answer(std::string_view name, std::string_view text) = 0;
    virtual void note_missing(std::string_view path, Presence why) = 0;
};

}  // namespace trilby::platform
