// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A C++ project as text, and its folder.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::scaffold {

struct ProjectFile {
    std::string name;
    std::string text;
};

/// The last name in the path of a project's folder, which is also that of its program and of its
/// target in CMake. ErrorCode::usage for a name that these cannot have.
[[nodiscard]] Result<std::string> project_name(const std::filesystem::path& folder);

/// ErrorCode::cannot_create unless there is nothing at the path, or an empty folder.
[[nodiscard]] Result<void> require_free(const std::filesystem::path& folder);

/// Creates the folder with its parents. After an error, none of them is left.
[[nodiscard]] Result<void> write_project(const std::vector<ProjectFile>& files,
                                         const std::filesystem::path& folder);

/// What a template's marks stand for: "{{name}}" is replaced by the text for "name".
using Marks = std::map<std::string, std::string>;
[[nodiscard]] std::string filled(std::string_view text, const Marks& marks);

/// An embedded template, without the lines of its license: the user's project has its own.
[[nodiscard]] std::string_view template_text(std::string_view name);

/// The CMakeLists.txt of a project whose only source is main.cpp.
[[nodiscard]] ProjectFile cmake_lists(const std::string& name);

}  // namespace trilby::scaffold
