// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/toolchain.hpp"

#include <fmt/format.h>
#include <vector>

#include "base/backends.hpp"
#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/environment.hpp"

namespace trilby::builder {
namespace {

using platform::find_program;
using platform::is_program;
using std::filesystem::path;

path find_beside(std::string_view name, const std::vector<path>& folders) {
    if (path found = find_program(name); !found.empty()) {
        return found;
    }
    for (const path& folder : folders) {
        if (is_program(folder / name)) {
            return folder / name;
        }
    }
    return {};
}

std::unexpected<Error> missing(std::string what, std::string hint) {
    return failure(ErrorCode::unavailable, std::move(what), std::move(hint));
}

Result<path> find_source() {
    path source = install::layout().data_folder / "source";
    if (!std::filesystem::exists(source / "CMakeLists.txt")) {
        return missing(
            fmt::format("the sources of the backend modules are not in '{}'", source.string()),
            "install Trilby's package trilby-backend-sdk");
    }
    return source;
}

Result<void> require_host_compiler() {
    const std::string named = platform::environment_variable("CXX").value_or("");
    for (const std::string& name : {named, std::string("c++"), std::string("g++")}) {
        if (!name.empty() &&
            (name.starts_with('/') ? is_program(name) : !find_program(name).empty())) {
            return {};
        }
    }
    return missing("neither c++ nor g++ is in $PATH",
                   "install a C++ compiler: 'sudo dnf install gcc-c++' on Fedora");
}

std::vector<path> folders_of(const GpuCompiler& compiler) {
    std::vector<path> folders;
    for (const std::string_view variable : compiler.variables) {
        if (const auto value = platform::environment_variable(std::string(variable).c_str())) {
            folders.push_back(path(*value) / "bin");
        }
    }
    for (const std::string_view folder : compiler.folders) {
        if (!folder.empty()) {
            folders.emplace_back(folder);
        }
    }
    return folders;
}

Result<path> find_gpu_compiler(const GpuCompiler& compiler) {
    if (compiler.program.empty()) {
        return path();
    }
    path found = find_beside(compiler.program, folders_of(compiler));
    if (found.empty()) {
        return missing(fmt::format("{}, the compiler of {}, is neither in $PATH nor in {}",
                                   compiler.program, compiler.product, compiler.folders.front()),
                       std::string(compiler.hint));
    }
    return found;
}

}  // namespace

Result<Toolchain> find_toolchain(std::string_view flavour) {
    TRILBY_TRY(source, find_source());
    Toolchain toolchain{.cmake = find_program("cmake"), .source = source, .compiler = {}};
    if (toolchain.cmake.empty()) {
        return missing("cmake is not in $PATH",
                       "install cmake and a C++ compiler: 'sudo dnf install cmake gcc-c++' on "
                       "Fedora");
    }
    TRILBY_CHECK(require_host_compiler());
    TRILBY_TRY(compiler, find_gpu_compiler(find_backend(flavour)->compiler));
    toolchain.compiler = compiler;
    return toolchain;
}

}  // namespace trilby::builder
