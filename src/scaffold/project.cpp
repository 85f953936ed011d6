// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/project.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/atomic_folder.hpp"
#include "platform/created_folders.hpp"
#include "scaffold/embedded_templates.hpp"

namespace trilby::scaffold {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t longest_name = 64;

/// Targets of CMake and of the build programs, and what these write beside a program.
constexpr std::array<std::string_view, 19> reserved_names{
    "ALL_BUILD",  "CMakeFiles",    "INSTALL",
    "Makefile",   "PACKAGE",       "RUN_TESTS",
    "ZERO_CHECK", "all",           "clean",
    "depend",     "edit_cache",    "help",
    "install",    "package",       "package_source",
    "preinstall", "rebuild_cache", "list_install_components",
    "test"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && is_letter(name.front()) &&
           std::ranges::all_of(name, [](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

/// "a/b/" ends in "b", as "a/b" does.
std::string last_name(const Path& folder) {
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

}  // namespace

Result<std::string> project_name(const Path& folder) {
    std::string name = last_name(folder);
    if (!is_plain_name(name)) {
        return failure(ErrorCode::usage,
                       fmt::format("'{}' cannot be the name of a project: expected a letter, then "
                                   "letters, digits, '-' and '_', {} at most",
                                   printable(name, longest_name), longest_name),
                       "give another name");
    }
    if (std::ranges::count(reserved_names, name) > 0) {
        return failure(ErrorCode::usage,
                       fmt::format("'{}' cannot be the name of a project: CMake uses it", name),
                       "give another name");
    }
    return name;
}

Result<void> require_free(const Path& folder) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::symlink_status(folder, error)) ||
        (std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error) &&
         !error)) {
        return {};
    }
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' already exists and is not an empty folder", folder.string()),
                   "give another name, or remove it");
}

Result<void> write_project(const std::vector<ProjectFile>& files, const Path& folder) {
    TRILBY_CHECK(require_free(folder));
    const Path path = std::filesystem::absolute(folder).lexically_normal();
    // Removed again if there is nothing in it at the end.
    TRILBY_TRY(parent, platform::CreatedFolders::create(
                           (path.has_filename() ? path : path.parent_path()).parent_path()));
    (void)parent;
    TRILBY_TRY(written, platform::AtomicFolder::create(path));
    for (const ProjectFile& file : files) {
        TRILBY_CHECK(platform::write_file_atomically(written.path() / file.name, file.text));
    }
    return written.commit();
}

std::string filled(std::string_view text, const Marks& marks) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = std::min(text.find("{{"), text.size());
        const std::size_t close = text.find("}}", open);
        const auto mark = close == text.npos
                              ? marks.end()
                              : marks.find(std::string(text.substr(open + 2, close - open - 2)));
        out += text.substr(0, open);
        if (mark == marks.end()) {  // braces of the code
            out += text.substr(open, 1);
            text.remove_prefix(std::min(open + 1, text.size()));
        } else {
            out += mark->second;
            text.remove_prefix(close + 2);
        }
    }
    return out;
}

std::string_view template_text(std::string_view name) {
    const std::string_view text =
        std::ranges::find(embedded_templates, name, &EmbeddedTemplate::name)->text;
    return text.substr(text.find("\n\n") + 2);
}

ProjectFile cmake_lists(const std::string& name) {
    return {"CMakeLists.txt", filled(template_text("CMakeLists.txt.in"), {{"name", name}})};
}

}  // namespace trilby::scaffold
