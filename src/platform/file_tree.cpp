// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/folder_entries.hpp"
#include "platform/open_in_root.hpp"

namespace trilby::platform {
namespace {

Presence presence_from_errno(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ENXIO:
        case ENODEV:
            return Presence::absent;
        case EACCES:
        case EPERM:
            return Presence::denied;
        default:
            return Presence::malformed;
    }
}

/// The file if it is open and regular, else why not.
std::expected<FileDescriptor, Presence> regular(FileDescriptor file) {
    if (!file) {
        return std::unexpected(presence_from_errno(errno));
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return std::unexpected(Presence::malformed);
    }
    return file;
}

ssize_t read_some(const FileDescriptor& file, char* into, std::size_t size_bytes) {
    ssize_t got = -1;
    do {
        got = ::read(file.get(), into, size_bytes);
    } while (got < 0 && errno == EINTR);
    return got;
}

/// True if a short read() means the end of the file. Sysfs returns an attribute at once; files of
/// /proc come in parts.
bool is_read_at_once(std::string_view path) {
    return path.starts_with("/sys/");
}

/// Presence::present if the file ended or `take` returned false.
Presence take_lines(const FileDescriptor& file, const std::function<bool(std::string_view)>& take) {
    constexpr std::size_t line_limit_bytes = 32U << 10;
    constexpr std::size_t file_limit_bytes = 64U << 20;
    std::string buffer(2 * line_limit_bytes, '\0');
    std::size_t kept = 0;
    for (std::size_t total = 0; total <= file_limit_bytes;) {
        const ssize_t got = read_some(file, buffer.data() + kept, buffer.size() - kept);
        if (got < 0) {
            return presence_from_errno(errno);
        }
        total += static_cast<std::size_t>(got);
        std::string_view rest(buffer.data(), kept + static_cast<std::size_t>(got));
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos;
             end = rest.find('\n')) {
            if (!take(rest.substr(0, end))) {
                return Presence::present;
            }
            rest.remove_prefix(end + 1);
        }
        if (got == 0) {
            static_cast<void>(rest.empty() || take(rest));
            return Presence::present;
        }
        if (rest.size() > line_limit_bytes) {
            return Presence::malformed;
        }
        kept = rest.size();
        std::ranges::copy(rest, buffer.begin());
    }
    return Presence::malformed;
}

const FileStatus* noted_status(const RecordingNotes& notes, const std::string& path) {
    const auto found = notes.statuses.find(path);
    return found == notes.statuses.end() ? nullptr : &found->second;
}

}  // namespace

FileTree::FileTree(std::filesystem::path root, TreeRecorder* recorder)
    : root_(std::move(root)), recorder_(recorder) {
    if (root_.empty()) {
        root_ = "/";
    }
    if (!is_live()) {
        hold_folder(FileDescriptor(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
        const std::string path = std::string("/") + RecordingNotes::file_name;
        const auto text = read(path, RecordingNotes::limit_bytes);
        if (auto notes = parse_recording_notes(text.value_or(""), path)) {
            notes_ = std::make_shared<const RecordingNotes>(std::move(*notes));
        } else {
            notes_are_malformed_ = text.presence() != Presence::absent;
        }
    }
}

/// Call it with the result of open(), before errno changes.
void FileTree::hold_folder(FileDescriptor opened) {
    folder_error_ = opened ? 0 : errno;
    folder_ = std::make_shared<const FileDescriptor>(std::move(opened));
}

FileTree FileTree::below(std::string_view folder) const {
    FileTree part = *this;
    part.hold_folder(open(folder, O_PATH | O_DIRECTORY));
    part.root_ = real_path(folder);
    part.folder_of_whole_ = noted_path(folder);
    return part;
}

std::string FileTree::noted_path(std::string_view path) const {
    return folder_of_whole_ + std::string(path);
}

Presence FileTree::noted_presence(std::string_view path, Presence otherwise) const {
    if (!notes_) {
        return otherwise;
    }
    const std::string name = noted_path(path);
    if (notes_->denied.contains(name)) {
        return Presence::denied;
    }
    return notes_->malformed.contains(name) ? Presence::malformed : otherwise;
}

template <class T>
Observed<T> FileTree::missing(Presence why, std::string_view path) const {
    why = noted_presence(path, why);
    if (recorder_ != nullptr) {
        recorder_->note_missing(noted_path(path), why);
    }
    return Observed<T>::missing(why, std::string(path));
}

FileDescriptor FileTree::open(std::string_view path, int flags) const {
    // For the kernel the path would end there.
    if (path.contains('\0')) {
        errno = EINVAL;
        return {};
    }
    // openat2() rejects flags that have no meaning with O_PATH.
    flags |= (flags & O_PATH) != 0 ? O_CLOEXEC : O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (is_live()) {
        return FileDescriptor(::open(std::string(path).c_str(), flags));
    }
    if (!*folder_) {
        errno = folder_error_;
        return {};
    }
    // A recorded tree is untrusted: its links must not lead to files of this machine.
    return open_in_root(*folder_, std::string(path), flags);
}

std::filesystem::path FileTree::real_path(std::string_view path) const {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    return root_ / path;
}

Observed<std::string> FileTree::read(std::string_view path, std::size_t limit_bytes) const {
    Observed<std::string> content = read_start(path, limit_bytes + 1);
    if (content && content->size() > limit_bytes) {
        return missing<std::string>(Presence::malformed, path);
    }
    return content;
}

Observed<std::string> FileTree::read_start(std::string_view path, std::size_t size_bytes) const {
    const auto file = regular(open(path, O_RDONLY));
    if (!file) {
        return missing<std::string>(file.error(), path);
    }
    const bool is_at_once = is_read_at_once(path) || is_read_at_once(folder_of_whole_);
    // st_size is wrong in /proc and /sys, so read to the end.
    std::array<char, 16'384> block;
    std::string content;
    while (content.size() < size_bytes) {
        const std::size_t wanted = std::min(block.size(), size_bytes - content.size());
        const ssize_t got = read_some(*file, block.data(), wanted);
        if (got < 0) {
            return missing<std::string>(presence_from_errno(errno), path);
        }
        content.append(block.data(), static_cast<std::size_t>(got));
        if (got == 0 || (static_cast<std::size_t>(got) < wanted && is_at_once)) {
            break;
        }
    }
    if (recorder_ != nullptr) {
        recorder_->note_content(noted_path(path), content);
    }
    return Observed<std::string>::present(std::move(content), std::string(path));
}

Presence FileTree::for_each_line(std::string_view path,
                                 const std::function<bool(std::string_view)>& take) const {
    const auto file = regular(open(path, O_RDONLY));
    if (!file) {
        return missing<std::string>(file.error(), path).presence();
    }
    if (recorder_ != nullptr) {
        recorder_->note_content(noted_path(path), {});
    }
    // A recording has only the lines that were used; its notes may say that the rest was malformed.
    const Presence end = noted_presence(path, take_lines(*file, take));
    return end == Presence::present ? end : missing<std::string>(end, path).presence();
}

Observed<std::string> FileTree::read_trimmed(std::string_view path) const {
    Observed<std::string> raw = read(path);
    return raw ? Observed<std::string>::present(std::string(trim(*raw)), raw.source()) : raw;
}

Observed<std::vector<std::string>> FileTree::list(std::string_view path) const {
    // A recording of a folder that could not be read may hold other files of it.
    if (const Presence noted = noted_presence(path, Presence::present);
        noted != Presence::present) {
        return missing<std::vector<std::string>>(noted, path);
    }
    constexpr std::size_t most_names = 100'000;
    auto names = names_in(open(path, O_RDONLY | O_DIRECTORY), most_names);
    if (!names) {
        return missing<std::vector<std::string>>(presence_from_errno(names.error()), path);
    }
    std::ranges::sort(*names, [](const std::string& a, const std::string& b) {
        return ::strverscmp(a.c_str(), b.c_str()) < 0;
    });
    if (recorder_ != nullptr) {
        recorder_->note_names(noted_path(path), *names);
    }
    return Observed<std::vector<std::string>>::present(std::move(*names), std::string(path));
}

Observed<std::string> FileTree::link_target(std::string_view path) const {
    std::string target(PATH_MAX, '\0');
    const FileDescriptor link = open(path, O_PATH | O_NOFOLLOW);
    const ssize_t length =
        link ? ::readlinkat(link.get(), "", target.data(), target.size()) : ssize_t{-1};
    if (length < 0) {
        return missing<std::string>(presence_from_errno(errno), path);
    }
    target.resize(static_cast<std::size_t>(length));
    if (recorder_ != nullptr) {
        recorder_->note_link(noted_path(path), target);
    }
    return Observed<std::string>::present(std::move(target), std::string(path));
}

Observed<FileStatus> FileTree::status(std::string_view path) const {
    FileStatus status;
    if (const auto* noted = notes_ ? noted_status(*notes_, noted_path(path)) : nullptr) {
        status = *noted;
    } else if (notes_are_malformed_) {
        return missing<FileStatus>(Presence::malformed, path);
    } else {
        const FileDescriptor file = open(path, O_PATH);
        struct stat info {};
        if (!file || ::fstat(file.get(), &info) != 0) {
            return missing<FileStatus>(presence_from_errno(errno), path);
        }
        status = {info.st_mode, info.st_uid, info.st_gid, static_cast<std::uint64_t>(info.st_size)};
    }
    if (recorder_ != nullptr) {
        recorder_->note_status(noted_path(path), status);
    }
    return Observed<FileStatus>::present(status, std::string(path));
}

Observed<std::string> FileTree::answer(
    std::string_view name, const std::function<std::optional<std::string>()>& ask) const {
    std::optional<std::string> text;
    if (is_live()) {
        text = ask();
    } else if (folder_of_whole_.empty()) {
        text = noted_answer(std::string(name));
    }
    if (!text) {
        return Observed<std::string>::missing(
            notes_are_malformed_ ? Presence::malformed : Presence::absent, std::string(name));
    }
    if (recorder_ != nullptr) {
        recorder_->note_answer(name, *text);
    }
    return Observed<std::string>::present(std::move(*text), std::string(name));
}

std::optional<std::string> FileTree::noted_answer(const std::string& name) const {
    if (!notes_) {
        return std::nullopt;
    }
    const auto found = notes_->answers.find(name);
    return found == notes_->answers.end() ? std::nullopt : std::optional(found->second);
}

Observed<std::string> FileTree::derived(
    std::string_view what, std::string_view path,
    const std::function<std::optional<std::string>(const LargeFile&)>& derive) const {
    const std::string name = std::string(what) + " of " + noted_path(path);
    std::optional<std::string> text = noted_answer(name);
    if (!text) {
        auto file = regular(open(path, O_RDONLY));
        if (!file) {
            return missing<std::string>(file.error(), path);
        }
        text = derive(LargeFile(std::move(*file)));
    }
    if (!text) {
        return missing<std::string>(Presence::malformed, path);
    }
    if (recorder_ != nullptr) {
        recorder_->note_answer(name, *text);
    }
    return Observed<std::string>::present(std::move(*text), std::string(path));
}

Presence FileTree::presence(std::string_view path) const {
    return status(path).presence();
}

}  // namespace trilby::platform
