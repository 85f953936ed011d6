// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/writer.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::recording {
namespace {

bool is_taken(const std::filesystem::path& place) {
    return std::filesystem::exists(std::filesystem::symlink_status(place));
}

Result<void> create_link(const std::string& target, const std::filesystem::path& place) {
    std::error_code error;
    std::filesystem::create_symlink(target, place, error);
    return error ? std::unexpected(platform::system_error(error.value(), "create", place))
                 : Result<void>();
}

Result<void> write_file(const std::filesystem::path& place, std::string_view content) {
    platform::FileDescriptor file(
        ::open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file) {
        return std::unexpected(platform::system_error(errno, "create", place));
    }
    TRILBY_CHECK(platform::write_all(file.get(), content, place));
    // A file system over a network reports a full disk here.
    return ::close(file.release()) == 0
               ? Result<void>()
               : std::unexpected(platform::system_error(errno, "write", place));
}

}  // namespace

Writer::Writer(std::filesystem::path folder, const Recorder& recorder, Redaction& redaction,
               platform::InterruptWatch* interrupts)
    : folder_(std::move(folder)),
      recorder_(recorder),
      redaction_(redaction),
      interrupts_(interrupts) {}

Result<void> Writer::file(std::string_view path, std::string_view content) {
    TRILBY_CHECK(check_interrupts());
    const std::filesystem::path place = place_of(path);
    TRILBY_CHECK(platform::make_directories(place.parent_path()));
    return write_file(place, content);
}

Result<void> Writer::link(std::string_view path, const std::string& target) {
    TRILBY_CHECK(check_interrupts());
    const std::filesystem::path place = place_of(path);
    TRILBY_CHECK(platform::make_directories(place.parent_path()));
    return is_taken(place) ? Result<void>()  // it was read under two names
                           : create_link(redaction_.path(target), place);
}

Result<void> Writer::folder(std::string_view path, const std::vector<std::string>& names) {
    TRILBY_CHECK(check_interrupts());
    TRILBY_CHECK(platform::make_directories(place_of(path)));
    for (const std::string& name : names) {
        TRILBY_CHECK(entry((std::filesystem::path(path) / name).native()));
    }
    return {};
}

/// A file that disappeared becomes a broken link, anything else without content an empty folder.
Result<void> Writer::entry(const std::string& path) {
    const std::filesystem::path place = place_of(path);
    if (is_taken(place)) {
        return {};
    }
    return recorder_.absent.contains(path) ? create_link(".gone", place)
                                           : platform::make_directories(place);
}

Result<void> Writer::check_interrupts() const {
    return interrupts_ != nullptr && interrupts_->count() > 0
               ? failure(ErrorCode::interrupted, "interrupted")
               : Result<void>();
}

std::filesystem::path Writer::place_of(std::string_view path) const {
    const std::filesystem::path real = redaction_.path(without_links(std::string(path)));
    // Paths may come from the content of files and must not lead out of the folder.
    return folder_ / real.lexically_normal().relative_path();
}

std::string Writer::without_links(std::string path) const {
    constexpr int max_links = 40;
    std::size_t slash = 0;
    for (int followed = 0; followed < max_links;) {
        slash = path.find('/', slash + 1);
        if (slash == std::string::npos) {
            return path;
        }
        if (const auto link = recorder_.links.find(path.substr(0, slash));
            link != recorder_.links.end()) {
            const auto folder = std::filesystem::path(link->first).parent_path();
            path = (folder / link->second).lexically_normal().native() + path.substr(slash);
            slash = 0;
            ++followed;
        }
    }
    return path;
}

}  // namespace trilby::recording
