// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/store.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/environment.hpp"

namespace trilby::builder {
namespace {

using std::filesystem::path;

path users_folder() {
    const path data = platform::user_data_folder();
    return data.empty() ? data : data / "backends";
}

path site_folder() {
    return platform::site_library_folder() / "backends";
}

std::string file_name(std::string_view name, std::string_view extension) {
    return fmt::format("trilby-backend-{}{}", name, extension);
}

Result<void> copy_module_file(const path& from, const path& to) {
    std::ifstream file(from, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
        return std::unexpected(platform::system_error(errno, "read", from));
    }
    return platform::write_file_atomically(to, content);
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
    path folder = owner == Owner::site ? site_folder() : users_folder();
    if (folder.empty()) {
        return failure(ErrorCode::unavailable,
                       "neither XDG_DATA_HOME nor HOME says where your "
                       "modules belong",
                       "set HOME");
    }
    return folder;
}

Result<void> install_module(std::string_view name, const path& from, const path& folder) {
    TRILBY_CHECK(platform::make_directories(folder));
    for (const char* extension : {".so", ".json"}) {
        const std::string file = file_name(name, extension);
        TRILBY_CHECK(copy_module_file(from / file, folder / file));
    }
    return {};
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
