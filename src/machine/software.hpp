// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about the kernel, libraries, runtimes and builds of LibTorch.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

/// The word of the kernel's command line that is `key` or starts with "key="; empty if there is
/// none or the command line is unknown.
[[nodiscard]] std::string boot_parameter(const Machine& machine, std::string_view key);
/// The first word with one of the keys, such as "rd.driver.blacklist", that lists `module`; empty
/// if there is none.
[[nodiscard]] std::string blacklisting_word(const Machine& machine,
                                            std::initializer_list<std::string_view> keys,
                                            std::string_view module);
/// The kernel's command line prevents `module` from being loaded.
[[nodiscard]] bool is_blacklisted(const Machine& machine, std::string_view module);

/// The line of modprobe.d that keeps a module from being loaded; null if there is none.
[[nodiscard]] const SettingLine* line_against(const Machine& machine, std::string_view module);

/// Such a line is known, or not all of modprobe.d could be read.
[[nodiscard]] bool may_be_kept_out(const Machine& machine, std::string_view module);

/// The modules of the running kernel; null if they are unknown or do not exist.
[[nodiscard]] const KernelFolder* running_kernel(const Machine& machine);

/// The library of this name that the loader uses.
[[nodiscard]] const LibraryFile* library(const Machine& machine, std::string_view name);
/// Known not to exist; only names in machine/watched.hpp are known.
[[nodiscard]] bool is_library_missing(const Machine& machine, std::string_view name);

/// The answer of a runtime; null if it was not queried.
[[nodiscard]] const Runtime* runtime(const Machine& machine, std::string_view name);
/// The runtime was queried and reported this error, such as "(CUDA error 999)".
[[nodiscard]] bool has_answered(const Machine& machine, std::string_view runtime_name,
                                std::string_view code);

/// The installed builds of LibTorch for "cuda", "rocm" or "cpu".
[[nodiscard]] std::vector<const LibTorch*> libtorch_builds(const Machine& machine,
                                                           std::string_view flavour);
/// Known to have no such build in the places that were searched.
[[nodiscard]] bool lacks_libtorch(const Machine& machine, std::string_view flavour);
/// Installed by a distribution package, and using the distribution's ROCm.
[[nodiscard]] bool is_from_distribution(const LibTorch& libtorch);
/// Known to have code for a GPU, and known to have none.
[[nodiscard]] bool has_code_for(const LibTorch& libtorch, std::string_view target);
[[nodiscard]] bool lacks_code_for(const LibTorch& libtorch, std::string_view target);

/// Compares versions such as "6.17.9" and "6.18.4-300.fc43" number by number: less than, equal to
/// or greater than 0.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);
/// 580 for "580.95.05"; 0 if there is no number.
[[nodiscard]] std::uint32_t major_version(std::string_view version);

}  // namespace trilby
