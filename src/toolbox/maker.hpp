// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The programs that make containers for working in: they share the home folder and the devices.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "toolbox/image.hpp"
#include <trilby/result.hpp>

namespace trilby::toolbox {

enum class MakerKind : std::uint8_t { toolbox, distrobox, podman };

struct Maker {
    MakerKind kind = MakerKind::toolbox;
    std::filesystem::path program;
    std::filesystem::path podman;  ///< which they all build upon
};

/// "toolbox", "distrobox", "podman": the program's name.
[[nodiscard]] std::string_view maker_name(MakerKind kind);

/// The first of them in $PATH, in the order above; ErrorCode::unavailable if there is none, or no
/// Podman.
[[nodiscard]] Result<Maker> find_maker();

/// A name that none of the programs can take for an option, and that Podman accepts; else
/// ErrorCode::usage.
[[nodiscard]] Result<void> check_container_name(std::string_view name);
[[nodiscard]] Result<void> check_image_name(std::string_view name);

struct ContainerPlan {
    std::string container;
    std::string image;
    Gpu gpu = Gpu::none;
    std::filesystem::path home;  ///< shared with the container
    bool is_for_root = false;
};

/// Arguments of `maker.program`.
[[nodiscard]] std::vector<std::string> create_arguments(MakerKind kind, const ContainerPlan& plan);
[[nodiscard]] std::vector<std::string> enter_arguments(MakerKind kind,
                                                       const std::string& container);

}  // namespace trilby::toolbox
