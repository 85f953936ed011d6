// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Chooses the image in containers/ that fits the hardware.

#pragma once

#include <cstdint>
#include <string>

#include <trilby/probe.hpp>

namespace trilby::toolbox {

/// The GPU that a container needs besides the CPU.
enum class Gpu : std::uint8_t { none, nvidia, amd };

struct Image {
    std::string name;  ///< its name in Podman once it is built
    Gpu gpu = Gpu::none;
    std::string reason;  ///< "NVIDIA AD102 at 0000:01:00.0"
};

/// Pure. An NVIDIA card takes precedence: only the CUDA image can use it, and that image also
/// computes on the CPU.
[[nodiscard]] Image choose_image(const Machine& machine);

}  // namespace trilby::toolbox
