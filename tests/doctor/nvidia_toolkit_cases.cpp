// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void install_toolkit(MadeFacts& made, const std::string& version) {
    made.set_file("/usr/local/cuda/bin/nvcc", true);
    made.set_text("/usr/local/cuda/version.json",
                  R"({"cuda" : {"name" : "CUDA SDK", "version" : "1.0"},
                      "cuda_nvcc" : {"name" : "CUDA NVCC", "version" : ")" +
                      version + R"("}})");
}

void set_c_library(MadeFacts& made, const char* version) {
    made.machine.environment.c_library_version = fact<std::string>(version, "gnu_get_libc_version");
}

void set_gcc(MadeFacts& made, std::vector<std::uint32_t> versions) {
    made.machine.environment.gcc_versions = fact(std::move(versions), "/usr/libexec/gcc");
}

}  // namespace

std::vector<ConditionCase> nvidia_toolkit_cases() {
    return {
        {"TRL-N028", "nvcc 12.9 and glibc 2.42",
         [](MadeFacts& made) {
             install_toolkit(made, "12.9.86");
             set_c_library(made, "2.42");
         },
         "nvcc 13.0 and glibc 2.42",
         [](MadeFacts& made) {
             install_toolkit(made, "13.0.88");
             set_c_library(made, "2.42");
         },
         healthy_nvidia_machine},
        {"TRL-N029", "nvcc 12.8 and GCC 15 only",
         [](MadeFacts& made) {
             install_toolkit(made, "12.8.93");
             set_gcc(made, {15});
         },
         "nvcc 12.8 and GCC 14 beside GCC 15",
         [](MadeFacts& made) {
             install_toolkit(made, "12.8.93");
             set_gcc(made, {14, 15});
         },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
