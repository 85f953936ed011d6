// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Read-only view of a file system below a root: "/" for the live system, a folder for a recorded
/// machine. The probe reads everything through it, so a test can put any machine into a folder.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_descriptor.hpp"
#include "platform/large_file.hpp"
#include "platform/recording.hpp"
#include <trilby/observed.hpp>

namespace trilby::platform {

class FileTree {
  public:
    /// `recorder`, which may be null, is told of everything that is read. It must outlive the tree.
    explicit FileTree(std::filesystem::path root = "/", TreeRecorder* recorder = nullptr);

    /// A folder of this tree as another system, such as the host of a container. Paths and links
    /// stay below the folder, and answer() has none. Recordings keep it as a part of this tree.
    [[nodiscard]] FileTree below(std::string_view folder) const;

    /// True for the live system, false for a recorded one.
    [[nodiscard]] bool is_live() const { return root_ == "/"; }
    /// A recorder is not thread-safe: such a tree is read by one thread.
    [[nodiscard]] bool has_recorder() const { return recorder_ != nullptr; }
    /// True for a recorded tree whose notes cannot be read.
    [[nodiscard]] bool is_damaged() const { return notes_are_malformed_; }

    /// Paths are absolute within the tree ("/sys/..."), and so are the sources of results. A file
    /// longer than `limit_bytes` is malformed. Reading does not block on a FIFO and does not follow
    /// links out of a recorded tree.
    [[nodiscard]] Observed<std::string> read(std::string_view path,
                                             std::size_t limit_bytes = 1U << 20) const;
    /// The first bytes of a file of any length.
    [[nodiscard]] Observed<std::string> read_start(std::string_view path,
                                                   std::size_t size_bytes) const;
    /// Calls `take` with each line until it returns false, without holding the whole file. A line
    /// or a file that is too long is Presence::malformed. The recorder gets no content, and decides
    /// itself what to keep of such a file.
    [[nodiscard]] Presence for_each_line(std::string_view path,
                                         const std::function<bool(std::string_view)>& take) const;
    /// The content without surrounding white space.
    [[nodiscard]] Observed<std::string> read_trimmed(std::string_view path) const;
    /// The names in a folder, with numbers in numeric order ("card2" before "card10").
    [[nodiscard]] Observed<std::vector<std::string>> list(std::string_view path) const;
    /// The target of a symbolic link, as stored.
    [[nodiscard]] Observed<std::string> link_target(std::string_view path) const;
    [[nodiscard]] Observed<FileStatus> status(std::string_view path) const;
    [[nodiscard]] bool exists(std::string_view path) const;

    /// The live system's answer to a call, such as a system call, by its name; a recorded tree has
    /// the answer in its notes. Absent if there is none.
    [[nodiscard]] Observed<std::string> answer(
        std::string_view name, const std::function<std::optional<std::string>()>& ask) const;

    /// A result of `derive` from a file that is too large to record. A recorded tree has it in its
    /// notes as "WHAT of PATH". Malformed if `derive` returns nothing.
    [[nodiscard]] Observed<std::string> derived(
        std::string_view what, std::string_view path,
        const std::function<std::optional<std::string>(const LargeFile&)>& derive) const;

    /// The path on the real file system.
    [[nodiscard]] std::filesystem::path real_path(std::string_view path) const;

  private:
    void hold_folder(FileDescriptor opened);
    /// open(2) below the root.
    [[nodiscard]] FileDescriptor open(std::string_view path, int flags) const;
    /// The path in the notes of the whole tree.
    [[nodiscard]] std::string noted_path(std::string_view path) const;
    /// The presence in the notes, or `otherwise`.
    [[nodiscard]] Presence noted_presence(std::string_view path, Presence otherwise) const;
    template <class T>
    [[nodiscard]] Observed<T> missing(Presence why, std::string_view path) const;
    [[nodiscard]] std::optional<std::string> noted_answer(const std::string& name) const;

    std::filesystem::path root_;
    std::string folder_of_whole_;  ///< set by below(); empty for a whole tree
    TreeRecorder* recorder_;
    std::shared_ptr<const FileDescriptor> folder_;  ///< the root of a recorded tree
    int folder_error_ = 0;                          ///< why it could not be opened
    std::shared_ptr<const RecordingNotes> notes_;   ///< null if the tree has none
    bool notes_are_malformed_ = false;
};

}  // namespace trilby::platform
