// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/store.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/atomic_file.hpp"
#include "platform/atomic_folder.hpp"
#include "platform/environment.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::builder {
namespace {

using std::filesystem::path;

/// One of the folders of backend_folders().
path users_folder() {
    if (const auto given = platform::environment_variable("TRILBY_BACKEND_DIR")) {
        return *given;
    }
    const path data = install::user_data_folder();
    return data.empty() ? data : data / "backends";
}

path site_folder() {
    return install::site_library_folder() / "backends";
}

std::string file_name(std::string_view name, std::string_view extension) {
    return fmt::format("trilby-backend-{}{}", name, extension);
}

/// A complete copy that replaces `to` on commit().
Result<platform::AtomicFile> copy_of(const path& from, const path& to) {
    std::ifstream file(from, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
        return std::unexpected(platform::system_error(errno, "read", from));
    }
    auto copy = platform::AtomicFile::create(to);
    if (copy) {
        TRILBY_CHECK(copy->write(content));
    }
    return copy;
}

/// Lets all users read a file, and use a folder or a program, independent of root's umask.
void open_to_all(const path& at) {
    using std::filesystem::perms;
    std::error_code ignored;
    const perms now = std::filesystem::status(at, ignored).permissions();
    perms added = perms::group_read | perms::others_read;
    if ((now & perms::owner_exec) != perms::none) {
        added |= perms::group_exec | perms::others_exec;
    }
    std::filesystem::permissions(at, added, std::filesystem::perm_options::add, ignored);
}

/// The same for a folder with everything in it. Links are not followed.
void open_whole_to_all(const path& folder) {
    open_to_all(folder);
    for (const path& entry : platform::folder_entries(folder).value_or(std::vector<path>())) {
        std::error_code ignored;
        const auto status = std::filesystem::symlink_status(entry, ignored);
        if (std::filesystem::is_directory(status)) {
            open_whole_to_all(entry);
        } else if (std::filesystem::is_regular_file(status)) {
            open_to_all(entry);
        }
    }
}

Result<path> unless_homeless(path folder) {
    if (folder.empty()) {
        return failure(ErrorCode::unavailable,
                       "neither XDG_DATA_HOME nor HOME is set, so what you build has no folder",
                       "set HOME");
    }
    return folder;
}

Result<void> remove_file(const path& file) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) {
        return std::unexpected(platform::system_error(error.value(), "remove", file));
    }
    return {};
}

}  // namespace

std::string_view owner_name(Owner owner) {
    switch (owner) {
        case Owner::user:
            return "you";
        case Owner::site:
            return "all users";
        case Owner::package:
            return "a package";
    }
    return "";
}

Owner owner_of(const path& folder) {
    return folder == users_folder()  ? Owner::user
           : folder == site_folder() ? Owner::site
                                     : Owner::package;
}

Result<path> store_folder(Owner owner) {
    return unless_homeless(owner == Owner::site ? site_folder() : users_folder());
}

Result<path> library_folder(Owner owner) {
    const path data = install::user_data_folder();
    return unless_homeless(owner == Owner::site ? install::site_library_folder() / "train"
                           : data.empty()       ? data
                                                : data / "train");
}

Result<void> install_module(std::string_view name, const path& from, const path& folder,
                            Owner owner) {
    TRILBY_CHECK(platform::make_directories(folder));
    const std::string module = file_name(name, ".so");
    const std::string manifest = file_name(name, ".json");
    TRILBY_TRY(new_module, copy_of(from / module, folder / module));
    TRILBY_TRY(new_manifest, copy_of(from / manifest, folder / manifest));
    TRILBY_CHECK(new_module.commit());
    TRILBY_CHECK(new_manifest.commit());
    if (owner == Owner::site) {
        for (const path& at : {folder.parent_path(), folder, folder / module, folder / manifest}) {
            open_to_all(at);
        }
    }
    return {};
}

Result<void> install_library(const path& from, const path& folder, Owner owner) {
    TRILBY_TRY(copy, platform::AtomicFolder::create(folder));
    std::error_code error;
    std::filesystem::copy(
        from, copy.path(),
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks,
        error);
    if (error) {
        return std::unexpected(platform::system_error(error.value(), "write to", folder));
    }
    if (owner == Owner::site) {
        open_to_all(folder.parent_path());
        open_whole_to_all(copy.path());
    }
    return copy.replace();  // programs that run keep the files that they have open
}

Result<void> remove_module(std::string_view name, const path& folder) {
    std::error_code ignored;
    const path manifest = folder / file_name(name, ".json");
    if (!std::filesystem::exists(std::filesystem::symlink_status(manifest, ignored))) {
        return failure(
            ErrorCode::no_input,
            fmt::format("there is no module {} in '{}'", printable(name, 64), folder.string()),
            "'trilby backend list' shows what is there; what a package installed is "
            "removed with the package");
    }
    TRILBY_CHECK(remove_file(manifest));
    return remove_file(folder / file_name(name, ".so"));
}

}  // namespace trilby::builder
