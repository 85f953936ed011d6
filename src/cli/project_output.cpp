// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/project_output.hpp"

#include "base/print.hpp"
#include "base/text.hpp"
#include "install/folders.hpp"

namespace trilby::cli {
namespace {

/// Where find_package(Trilby COMPONENTS train) looks beside this program.
bool can_build() {
    std::error_code ignored;
    return std::filesystem::exists(
        install::layout().library_folder.parent_path() / "cmake/Trilby/TrilbyTrain.cmake", ignored);
}

}  // namespace

void print_project(const std::filesystem::path& folder,
                   const std::vector<scaffold::ProjectFile>& files,
                   const std::vector<std::string>& training) {
    for (const scaffold::ProjectFile& file : files) {
        print("{:12}{}\n", &file == files.data() ? "wrote" : "", folder / file.name);
    }
    print("next        cd {}\n            cmake -B build && cmake --build build\n",
          shell_word(folder.string()));
    for (const std::string& command : training) {
        print("            {}\n", command);
    }
    if (!can_build()) {
        print("needs       sudo dnf install trilby-train-devel\n");
    }
}

}  // namespace trilby::cli
