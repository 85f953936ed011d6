// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/toolchain.hpp"

#include <fmt/format.h>
#include <initializer_list>

#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/environment.hpp"

namespace trilby::builder {
namespace {

using platform::find_program;
using platform::is_program;
using std::filesystem::path;

path find_beside(std::string_view name, std::initializer_list<path> folders) {
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

Result<path> find_gpu_compiler(std::string_view flavour) {
    const auto folder_in = [](const char* variable) {
        const auto value = platform::environment_variable(variable);
        return value ? path(*value) / "bin" : path();
    };
    path found;
    if (flavour == "cuda") {
        found = find_beside("nvcc", {folder_in("CUDA_PATH"), folder_in("CUDAToolkit_ROOT"),
                                     "/usr/local/cuda/bin", "/opt/cuda/bin"});
        if (found.empty()) {
            return missing(
                "nvcc, the compiler of the CUDA toolkit, is neither in $PATH nor in "
                "/usr/local/cuda/bin",
                "install NVIDIA's CUDA toolkit in the version that your LibTorch was "
                "built with, and put its bin folder into PATH");
        }
    } else if (flavour == "rocm") {
        found = find_beside("hipcc", {folder_in("ROCM_PATH"), "/opt/rocm/bin"});
        if (found.empty()) {
            return missing("hipcc, the compiler of ROCm, is neither in $PATH nor in /opt/rocm/bin",
                           "install hipcc: 'sudo dnf install hipcc rocm-hip-devel' on Fedora");
        }
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
    TRILBY_TRY(compiler, find_gpu_compiler(flavour));
    toolchain.compiler = compiler;
    return toolchain;
}

}  // namespace trilby::builder
