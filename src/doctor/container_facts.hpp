// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about containers, and about specifications that hand devices to them.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "doctor/condition.hpp"

namespace trilby::doctor {

/// Known to be no container, as opposed to not known.
[[nodiscard]] bool is_on_host(const Machine& machine);

[[nodiscard]] bool is_in_toolbx(const Facts& facts);
/// Distrobox leaves the marks of Toolbx as well.
[[nodiscard]] bool is_in_distrobox(const Facts& facts);
/// Of those that keep the host's devices, memory and limits apart: neither of the two above.
[[nodiscard]] bool is_in_closed_container(const Facts& facts);

/// This system was meant to compute with cards of a maker, as far as it tells: it is no closed
/// container, or one that was given device nodes, asks for cards or has a LibTorch for them.
[[nodiscard]] bool is_meant_to_compute(const Facts& facts, std::uint16_t vendor_id);

/// A node that programs open to compute, as opposed to one of graphics.
[[nodiscard]] bool is_for_computing(const DeviceNode& node);

/// NVIDIA's driver runs and can be reached, and the library that CUDA begins with is missing.
[[nodiscard]] bool lacks_cuda_library(const Machine& machine);

/// A host whose NVIDIA cards run, and on which NVIDIA's container toolkit is installed.
[[nodiscard]] bool is_nvidia_toolkit_host(const Facts& facts);

/// Specifications of NVIDIA's GPUs, all of them.
[[nodiscard]] std::vector<const CdiSpecification*> nvidia_specifications(const Machine& machine);
/// Those that engines take: /run/cdi goes before /etc/cdi.
[[nodiscard]] std::vector<const CdiSpecification*> used_nvidia_specifications(
    const Machine& machine);

}  // namespace trilby::doctor
