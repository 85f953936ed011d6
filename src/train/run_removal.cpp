// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_removal.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/file_lock.hpp"
#include "platform/folder_entries.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

/// The folder by its own name, which rmdir() needs, in a folder that no link leads to.
Result<std::filesystem::path> with_name(const std::filesystem::path& given) {
    const std::filesystem::path folder = given.has_filename() ? given : given.parent_path();
    const std::filesystem::path name = folder.filename();
    std::error_code error;
    const std::filesystem::path whole =
        name == "." || name == ".."
            ? std::filesystem::canonical(folder, error)
            : std::filesystem::canonical(std::filesystem::absolute(folder).parent_path(), error) /
                  name;
    return error ? std::unexpected(platform::input_error(error.value(), folder))
                 : Result<std::filesystem::path>(whole);
}

/// A link is refused: it may point anywhere.
Result<platform::FileDescriptor> open_run(const std::filesystem::path& folder) {
    platform::FileDescriptor opened(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const int error = errno;
    std::error_code ignored;
    if (!opened && std::filesystem::is_symlink(folder, ignored)) {
        return failure(ErrorCode::no_input, fmt::format("'{}' is a symbolic link", folder.string()),
                       "give the folder that it points to");
    }
    if (!opened) {
        return std::unexpected(platform::input_error(error, folder));
    }
    if (!is_run(folder)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not the folder of a run", folder.string()),
                       "remove other folders with rm");
    }
    return opened;
}

/// The file if Trilby writes one of that name: regular, and not a link.
bool is_of_run(const std::string& name, const struct stat& info) {
    const bool is_known =
        name == lock_name || std::ranges::find(run_file_names, name) != run_file_names.end();
    const bool is_unfinished = std::ranges::any_of(run_file_names, [&](const char* final_name) {
        return platform::is_temporary_name(name, final_name);
    });
    return S_ISREG(info.st_mode) && (is_known || is_unfinished);
}

Result<RunRemoval> survey(const platform::FileDescriptor& opened,
                          const std::filesystem::path& folder) {
    TRILBY_TRY(entries, platform::folder_entries(folder));
    RunRemoval removal{.folder = folder};
    for (const std::filesystem::path& entry : entries) {
        const std::string name = entry.filename().string();
        struct stat info {};
        if (::fstatat(opened.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;  // it was removed meanwhile
        }
        if (!is_of_run(name, info)) {
            removal.kept.push_back(name);
            continue;
        }
        removal.files.push_back(name);
        removal.size_bytes += info.st_nlink > 1 ? 0 : static_cast<std::uint64_t>(info.st_size);
    }
    std::ranges::sort(removal.files);
    std::ranges::sort(removal.kept);
    return removal;
}

std::unexpected<Error> in_use(const std::filesystem::path& folder) {
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' is in use: it is being trained", folder.string()),
                   "wait until it has ended, or stop it with Ctrl-C");
}

/// Without a recipe it is not a run, so what is left could not be removed by repeating the command.
int order_of_removal(const std::string& name) {
    return name == lock_name ? 2 : name == recipe_name ? 1 : 0;
}

Result<void> unlink_files(const platform::FileDescriptor& opened, const RunRemoval& removal) {
    std::vector<std::string> names = removal.files;
    std::ranges::stable_sort(names, {}, order_of_removal);
    for (const std::string& name : names) {
        if (::unlinkat(opened.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
            return std::unexpected(platform::system_error(errno, "remove", removal.folder / name));
        }
    }
    return {};
}

}  // namespace

Result<RunRemoval> plan_removal(const std::filesystem::path& wanted) {
    TRILBY_TRY(folder, with_name(wanted));
    TRILBY_TRY(opened, open_run(folder));
    if (is_in_use(folder)) {
        return in_use(folder);
    }
    return survey(opened, folder);
}

Result<RunRemoval> remove_run(const std::filesystem::path& wanted) {
    TRILBY_TRY(folder, with_name(wanted));
    TRILBY_TRY(opened, open_run(folder));
    if (is_in_use(folder)) {
        return in_use(folder);
    }
    const auto lock = platform::FileLock::take(folder / lock_name);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    TRILBY_TRY(removal, survey(opened, folder));
    TRILBY_CHECK(unlink_files(opened, removal));
    if (removal.kept.empty() && ::rmdir(folder.c_str()) != 0 && errno != ENOTEMPTY) {
        return std::unexpected(platform::system_error(errno, "remove the folder", folder));
    }
    return removal;
}

}  // namespace trilby::train
