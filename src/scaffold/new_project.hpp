// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Projects to begin with: programs that train networks of their own (docs/training-library.md).

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/project.hpp"

namespace trilby::scaffold {

struct Template {
    std::string_view name;     ///< "image"
    std::string_view program;  ///< the example without ".cpp": "images"
    std::string_view data;     ///< what it learns from
    std::string_view path;     ///< of such data
    std::string_view dataset;  ///< a known data set that it learns from too
};

/// The first one is the default.
[[nodiscard]] std::span<const Template> templates();
/// Null for another name.
[[nodiscard]] const Template* find_template(std::string_view name);

/// CMakeLists.txt, main.cpp and README.md. `name` is from project_name().
[[nodiscard]] std::vector<ProjectFile> new_project(const std::string& name, const Template& from);

}  // namespace trilby::scaffold
