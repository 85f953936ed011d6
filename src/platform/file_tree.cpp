// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "platform/file_descriptor.hpp"

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

template <class T>
Observed<T> missing(int error, std::string_view path) {
    return Observed<T>::missing(presence_from_errno(error), std::string(path));
}

}  // namespace

FileTree::FileTree(std::filesystem::path root) : root_(std::move(root)) {
    if (root_.empty()) {
        root_ = "/";
    }
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
        return Observed<std::string>::missing(Presence::malformed, std::string(path));
    }
    return content;
}

Observed<std::string> FileTree::read_start(std::string_view path, std::size_t size_bytes) const {
    const FileDescriptor file(
        ::open(real_path(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        return missing<std::string>(errno, path);
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return Observed<std::string>::missing(Presence::malformed, std::string(path));
    }
    std::string content;
    // Files of /proc and /sys claim sizes that are not theirs, so read to the end, not to st_size.
    std::size_t step = 4096;
    while (content.size() < size_bytes) {
        const std::size_t filled = content.size();
        step = std::min(step, size_bytes - filled);
        content.resize(filled + step);
        const ssize_t got = ::read(file.get(), content.data() + filled, step);
        if (got < 0 && errno != EINTR) {
            return missing<std::string>(errno, path);
        }
        content.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) {
            break;
        }
        step = std::min<std::size_t>(step * 2, 1U << 20);
    }
    return Observed<std::string>::present(std::move(content), std::string(path));
}

Observed<std::string> FileTree::read_trimmed(std::string_view path) const {
    Observed<std::string> raw = read(path);
    return raw ? Observed<std::string>::present(std::string(trim(*raw)), raw.source()) : raw;
}

Observed<std::vector<std::string>> FileTree::list(std::string_view path) const {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(real_path(path).c_str()),
                                                     ::closedir);
    if (!folder) {
        return missing<std::vector<std::string>>(errno, path);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
    std::ranges::sort(names, [](const std::string& a, const std::string& b) {
        return ::strverscmp(a.c_str(), b.c_str()) < 0;
    });
    return Observed<std::vector<std::string>>::present(std::move(names), std::string(path));
}

Observed<std::string> FileTree::link_target(std::string_view path) const {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlink(real_path(path).c_str(), target.data(), target.size());
    if (length < 0) {
        return missing<std::string>(errno, path);
    }
    target.resize(static_cast<std::size_t>(length));
    return Observed<std::string>::present(std::move(target), std::string(path));
}

Observed<FileStatus> FileTree::status(std::string_view path) const {
    struct stat info {};
    if (::stat(real_path(path).c_str(), &info) != 0) {
        return missing<FileStatus>(errno, path);
    }
    return Observed<FileStatus>::present(
        {info.st_mode, info.st_uid, info.st_gid, static_cast<std::uint64_t>(info.st_size)},
        std::string(path));
}

bool FileTree::exists(std::string_view path) const {
    return status(path).has_value();
}

}  // namespace trilby::platform
