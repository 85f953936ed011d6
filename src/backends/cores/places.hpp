// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The CPUs of this process, and which of them compute at the same time.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::cores {

/// A CPU as the kernel counts them: a core, or one of the threads of a core with SMT. A text is
/// empty if the kernel does not say.
struct CpuPlace {
    std::uint32_t cpu = 0;
    std::string core;      ///< its number in the package
    std::string package;   ///< the number of the socket
    std::string siblings;  ///< the CPUs of this core with itself: "3,67"
};

[[nodiscard]] CpuPlace place_of(std::uint32_t cpu, const platform::FileTree& tree);

/// The CPUs that this process may use; empty if the kernel does not say.
[[nodiscard]] std::vector<CpuPlace> usable_places(const platform::FileTree& tree);

/// "CPU 3 (core 3 of package 0, SMT siblings 3,67)"
[[nodiscard]] std::string name_of(const CpuPlace& place);

/// CPUs that compute at the same time.
using Group = std::vector<CpuPlace>;

/// Each CPU is tried alone and together with others, cold and hot: a marginal core may fail in only
/// one of these conditions.
struct Condition {
    std::string_view name;
    std::vector<Group> groups;  ///< that take turns
    double share = 0;           ///< of the time of the check
    double rest_share = 0;      ///< in which all CPUs rest before
    unsigned repetitions = 1;   ///< of the work of a group, without a pause
};

/// In the order in which they follow each other. Those with SMT siblings are left out where no core
/// has two threads in `places`.
[[nodiscard]] std::vector<Condition> conditions_of(const std::vector<CpuPlace>& places);

}  // namespace trilby::cores
