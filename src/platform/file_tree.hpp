// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Read-only view of a file system under a movable root: "/" live, a folder for recorded machines.
/// All probing reads go through here, so that a test can stand any machine up in a folder.

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
    /// `recorder`, if any, is told of everything that is read, and must outlive this.
    explicit FileTree(std::filesystem::path root = "/", TreeRecorder* recorder = nullptr);

    /// What a folder of this tree shows of another system, such as that around a container: paths
    /// and links stay below the folder, and no call answers for that system. Recordings hold it
    /// as a part of this tree.
    [[nodiscard]] FileTree below(std::string_view folder) const;

    /// The live system, as opposed to a recorded one.
    [[nodiscard]] bool is_live() const { return root_ == "/"; }
    /// Everything that is read is noted by somebody, who takes one note at a time.
    [[nodiscard]] bool has_recorder() const { return recorder_ != nullptr; }
    /// A recorded tree with notes that cannot be read.
    [[nodiscard]] bool is_damaged() const { return notes_are_malformed_; }

    /// Paths are absolute inside the tree ("/sys/..."); sources in the results are these paths,
    /// without the root. A file longer than `limit_bytes` is malformed; reading never blocks on a
    /// FIFO and never follows a link out of a recorded tree by an absolute target.
    [[nodiscard]] Observed<std::string> read(std::string_view path,
                                             std::size_t limit_bytes = 1U << 20) const;
    /// As read(), but only the first bytes, however long the file is.
    [[nodiscard]] Observed<std::string> read_start(std::string_view path,
                                                   std::size_t size_bytes) const;
    /// Calls `take` with each line until it returns false, without ever holding the whole file. The
    /// answer is Presence::malformed after a line or a file that is too long. A recorder is told of
    /// no content: what is kept of such a file is up to it.
    [[nodiscard]] Presence for_each_line(std::string_view path,
                                         const std::function<bool(std::string_view)>& take) const;
    /// As read(), with surrounding white space removed.
    [[nodiscard]] Observed<std::string> read_trimmed(std::string_view path) const;
    /// Names in a folder, sorted so that numbers compare as numbers ("card2" before "card10").
    [[nodiscard]] Observed<std::vector<std::string>> list(std::string_view path) const;
    /// The target of a symbolic link, as stored.
    [[nodiscard]] Observed<std::string> link_target(std::string_view path) const;
    [[nodiscard]] Observed<FileStatus> status(std::string_view path) const;
    [[nodiscard]] bool exists(std::string_view path) const;

    /// What the live system answers to a call that is no file, by the call's name; of a recorded
    /// tree, what it answered then. Absent if it says nothing.
    [[nodiscard]] Observed<std::string> answer(
        std::string_view name, const std::function<std::optional<std::string>()>& ask) const;

    /// What follows from a file too large to be recorded, under the name "WHAT of PATH": what a
    /// recorded tree has noted, else what `derive` makes of the file; nothing makes it malformed.
    [[nodiscard]] Observed<std::string> derived(
        std::string_view what, std::string_view path,
        const std::function<std::optional<std::string>(const LargeFile&)>& derive) const;

    /// Where a path of the tree lies on the real file system.
    [[nodiscard]] std::filesystem::path real_path(std::string_view path) const;

  private:
    /// As open(2), below the root.
    [[nodiscard]] FileDescriptor open(std::string_view path, int flags) const;
    /// The name in notes, which are those of the whole tree.
    [[nodiscard]] std::string noted_path(std::string_view path) const;
    /// What a recorded tree has noted of a path that was denied or malformed.
    [[nodiscard]] Presence noted_presence(std::string_view path, Presence otherwise) const;
    template <class T>
    [[nodiscard]] Observed<T> missing(Presence why, std::string_view path) const;
    [[nodiscard]] std::optional<std::string> noted_answer(const std::string& name) const;

    std::filesystem::path root_;
    std::string folder_of_whole_;  ///< of another tree, if this is a part of it; else empty
    TreeRecorder* recorder_;
    std::shared_ptr<const FileDescriptor> folder_;  ///< the root of a recorded tree
    std::shared_ptr<const RecordingNotes> notes_;   ///< of a recorded tree; null if it has none
    bool notes_are_malformed_ = false;              ///< then nothing that they may hold is known
};

}  // namespace trilby::platform
