// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A folder of files and links from a fuzzer's input. Nothing outside the folder is touched.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "platform/file_descriptor.hpp"

class MadeTree {
  public:
    using FileDescriptor = trilby::platform::FileDescriptor;

    /// Creates the folder `root`. The destructor removes it.
    explicit MadeTree(std::filesystem::path root) : root_(std::move(root)) {
        std::filesystem::create_directory(root_);
        top_ = FileDescriptor(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!top_) {
            std::abort();
        }
    }
    ~MadeTree() {
        for (const auto& [folder, mode] : closed_) {
            ::fchmod(folder.get(), S_IRWXU);
        }
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    MadeTree(const MadeTree&) = delete;
    MadeTree& operator=(const MadeTree&) = delete;

    // Paths are absolute inside the tree. Entries that conflict with earlier ones are skipped.

    /// If `size_bytes` is larger than the content, the rest of the file is a hole.
    void file(std::string_view path, std::string_view content, mode_t mode, off_t size_bytes = 0) {
        const FileDescriptor parent = folder_of(path);
        const FileDescriptor made(::openat(parent.get(), name_of(path).c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (made && (::write(made.get(), content.data(), content.size()) < 0 ||
                     (size_bytes > 0 && ::ftruncate(made.get(), size_bytes) != 0))) {
            std::abort();
        }
    }
    void link(std::string_view path, const std::string& target) {
        static_cast<void>(
            ::symlinkat(target.c_str(), folder_of(path).get(), name_of(path).c_str()));
    }
    void fifo(std::string_view path) {
        static_cast<void>(::mkfifoat(folder_of(path).get(), name_of(path).c_str(), S_IRUSR));
    }
    /// close_folders() sets the mode later, because entries may still follow inside.
    void folder(std::string_view path, mode_t mode) {
        static_cast<void>(inner_folder(path));
        FileDescriptor made = open(path, O_RDONLY);
        if (made && mode != S_IRWXU) {
            closed_.emplace_back(std::move(made), mode);
        }
    }
    void close_folders() {
        for (const auto& [folder, mode] : closed_) {
            ::fchmod(folder.get(), mode);
        }
    }

  private:
    static std::string name_of(std::string_view path) {
        return std::string(path.substr(path.rfind('/') + 1));
    }
    [[nodiscard]] FileDescriptor open(std::string_view path, std::uint64_t flags) const {
        open_how how{};
        how.flags = flags | O_DIRECTORY | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        const std::string inside(path.empty() ? "/" : path);
        return FileDescriptor(
            static_cast<int>(::syscall(SYS_openat2, top_.get(), inside.c_str(), &how, sizeof how)));
    }
    [[nodiscard]] FileDescriptor folder_of(std::string_view path) const {
        return inner_folder(path.substr(0, path.rfind('/')));
    }
    /// Creates the folder and its parents. An earlier link may be one of the parents.
    [[nodiscard]] FileDescriptor inner_folder(std::string_view path) const {
        if (FileDescriptor found = open(path, O_PATH); found || path.empty()) {
            return found;
        }
        ::mkdirat(folder_of(path).get(), name_of(path).c_str(), S_IRWXU);
        return open(path, O_PATH);
    }

    std::filesystem::path root_;
    FileDescriptor top_;
    std::vector<std::pair<FileDescriptor, mode_t>> closed_;
};
