// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The identity of every backend that Trilby knows, whether or not it is installed.

#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace trilby {

/// The compiler of GPU code that building a module needs. Unused places of an array are empty.
struct GpuCompiler {
    std::string_view program;                   ///< "nvcc"; empty if none is needed
    std::string_view product;                   ///< that contains it: "the CUDA toolkit"
    std::array<std::string_view, 2> variables;  ///< each may name a folder with bin/program
    std::array<std::string_view, 2> folders;    ///< to look at besides $PATH
    std::string_view hint;                      ///< how to install it
};

struct BackendIdentity {
    std::string_view name;           ///< "cuda"
    std::string_view title;          ///< "CUDA"
    std::string_view vendor;         ///< of its GPUs; empty for the CPU
    std::string_view torch_library;  ///< tells a LibTorch for this backend from others
    GpuCompiler compiler = {};
    std::string_view telemetry_job;  ///< of trilby-runtimes.so; empty if the kernel reports it all
    /// Lists the UUIDs of the devices; empty if their numbers select them all.
    std::string_view uuid_job = {};
    /// The variable that selects by UUID which devices a process sees.
    std::string_view visible_devices = {};
    /// Nobody may distribute a module that is linked to CUDA's LibTorch, but everybody may build
    /// one.
    bool may_be_packaged;
};

/// The preferred backend first; the CPU is the last.
[[nodiscard]] std::span<const BackendIdentity> known_backends();
/// nullptr if there is none of that name.
[[nodiscard]] const BackendIdentity* find_backend(std::string_view name);
/// "cuda, rocm or cpu", for a sentence.
[[nodiscard]] std::string backend_names();

}  // namespace trilby
