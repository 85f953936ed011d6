// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/new_project.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace trilby::scaffold {
namespace {

constexpr std::array all_templates{
    Template{"image", "images", "images, in a folder that has a folder for each class", "flowers/",
             "fashion-mnist"},
    Template{"tabular", "table", "the rows of a table, a CSV file with a column 'price'",
             "diamonds.csv", "diamonds"},
    Template{"text", "text", "a text file", "plays.txt", "tiny-shakespeare"},
    Template{"series", "series", "a series, a CSV file with a column of times", "load.csv",
             "etth1"}};

/// The example calls itself "./images".
std::string main_program(const std::string& name, const Template& from) {
    std::string code(template_text(fmt::format("{}.cpp", from.program)));
    const std::string call = fmt::format("./{} ", from.program);
    if (const std::size_t place = code.find(call); place != code.npos) {
        code.replace(place, call.size(), fmt::format("build/{} ", name));
    }
    return code;
}

}  // namespace

std::span<const Template> templates() {
    return all_templates;
}

const Template* find_template(std::string_view name) {
    const auto* const found = std::ranges::find(all_templates, name, &Template::name);
    return found == all_templates.end() ? nullptr : found;
}

std::vector<ProjectFile> new_project(const std::string& name, const Template& from) {
    const Marks marks{{"name", name},
                      {"data", std::string(from.data)},
                      {"path", std::string(from.path)},
                      {"dataset", std::string(from.dataset)}};
    return {cmake_lists(name),
            {"main.cpp", main_program(name, from)},
            {"README.md", filled(template_text("new.md.in"), marks)}};
}

}  // namespace trilby::scaffold
