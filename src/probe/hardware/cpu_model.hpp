// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Who made the CPU and what it is called, from the text of /proc/cpuinfo. Arm's says numbers only.

#pragma once

#include <string>

#include <trilby/observed.hpp>

namespace trilby::sources {

[[nodiscard]] Observed<std::string> read_cpu_vendor(const Observed<std::string>& cpuinfo);
[[nodiscard]] Observed<std::string> read_cpu_model(const Observed<std::string>& cpuinfo);

}  // namespace trilby::sources
