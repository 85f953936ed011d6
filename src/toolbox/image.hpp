// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which of Trilby's images (containers/) fits the hardware.

#pragma once

#include <cstdint>
#include <string>

#include <trilby/probe.hpp>

namespace trilby::toolbox {

/// What a container has to reach besides the CPU.
enum class Gpu : std::uint8_t { none, nvidia, amd };

struct Image {
    std::string name;  ///< as Podman knows it once it is built
    Gpu gpu = Gpu::none;
    std::string reason;  ///< "NVIDIA AD102 at 0000:01:00.0"
};

/// Pure. An NVIDIA card comes first: its image computes on the CPU as well, and no other image with
/// it.
[[nodiscard]] Image choose_image(const Machine& machine);

}  // namespace trilby::toolbox
