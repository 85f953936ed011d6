// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/open_in_root.hpp"

#include <cerrno>
#include <climits>
#include <cstdint>
#include <deque>
#include <fcntl.h>
#include <linux/openat2.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace trilby::platform {
namespace {

using Components = std::deque<std::string>;

Components components_of(std::string_view path) {
    Components components;
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        const std::string_view name = path.substr(0, end);
        if (!name.empty() && name != ".") {
            components.emplace_back(name);
        }
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return components;
}

/// The target of an open link; nothing if it is not a link.
std::optional<std::string> target_of(const FileDescriptor& link) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlinkat(link.get(), "", target.data(), target.size());
    if (length < 0) {
        return std::nullopt;
    }
    target.resize(static_cast<std::size_t>(length));
    return target;
}

/// The folders on the way, so that ".." never leaves the root.
class Walk {
  public:
    explicit Walk(const FileDescriptor& root) : root_(root) {}

    [[nodiscard]] int at() const { return folders_.empty() ? root_.get() : folders_.back().get(); }
    void enter(FileDescriptor folder) { folders_.push_back(std::move(folder)); }
    void leave() {
        if (!folders_.empty()) {
            folders_.pop_back();
        }
    }
    void restart() { folders_.clear(); }

  private:
    const FileDescriptor& root_;
    std::vector<FileDescriptor> folders_;
};

/// Replaces a link by its target in front of the components that are left.
void follow(const std::string& target, Walk& walk, Components& left) {
    if (target.starts_with('/')) {
        walk.restart();
    }
    const Components components = components_of(target);
    left.insert(left.begin(), components.begin(), components.end());
}

}  // namespace

FileDescriptor open_by_components(const FileDescriptor& root, const std::string& path, int flags) {
    constexpr int link_limit = 40;  // as the kernel's
    Components left = components_of(path);
    Walk walk(root);
    int links = 0;
    while (!left.empty()) {
        const std::string name = std::move(left.front());
        left.pop_front();
        if (name == "..") {
            walk.leave();
            continue;
        }
        FileDescriptor next(::openat(walk.at(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!next) {
            return {};
        }
        const bool may_be_link = !left.empty() || (flags & O_NOFOLLOW) == 0;
        if (const auto target = may_be_link ? target_of(next) : std::nullopt) {
            if (++links > link_limit) {
                errno = ELOOP;
                return {};
            }
            follow(*target, walk, left);
        } else if (left.empty()) {
            // Not by its O_PATH descriptor: opening that again needs /proc.
            return FileDescriptor(::openat(walk.at(), name.c_str(), flags | O_NOFOLLOW));
        } else {
            walk.enter(std::move(next));
        }
    }
    return FileDescriptor(::openat(walk.at(), ".", flags));
}

FileDescriptor open_in_root(const FileDescriptor& root, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    // EAGAIN: a file was renamed somewhere while a ".." was followed.
    constexpr int most_attempts = 100;
    long file = -1;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        file = ::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how);
        if (file >= 0 || errno != EAGAIN) {
            break;
        }
    }
    // An old kernel, or a sandbox, which may answer EPERM to calls that it does not know.
    if (file < 0 && (errno == ENOSYS || errno == EPERM)) {
        return open_by_components(root, path, flags);
    }
    return FileDescriptor(static_cast<int>(file));
}

}  // namespace trilby::platform
