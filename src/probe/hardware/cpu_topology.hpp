// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The packages, cores and kinds of cores of the logical CPUs.

#pragma once

#include "platform/file_tree.hpp"
#include "probe/hardware/cpu_list.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

inline constexpr const char* cpus_path = "/sys/devices/system/cpu";

/// The numbers of the online CPUs, from the kernel's list or from the folders of CPUs.
[[nodiscard]] Observed<CpuNumbers> read_online_cpus(const platform::FileTree& tree);

[[nodiscard]] Observed<std::uint32_t> read_core_count(const platform::FileTree& tree,
                                                      const Observed<CpuNumbers>& online);
[[nodiscard]] Observed<std::uint32_t> read_package_count(const platform::FileTree& tree,
                                                         const Observed<CpuNumbers>& online);

/// `cpuinfo` is the start of /proc/cpuinfo.
[[nodiscard]] Observed<std::vector<CoreKind>> read_core_kinds(const platform::FileTree& tree,
                                                              const Observed<CpuNumbers>& online,
                                                              const Observed<std::string>& cpuinfo);

}  // namespace trilby::sources
