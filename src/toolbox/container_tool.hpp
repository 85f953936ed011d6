// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The programs that create containers for daily work, which share the home folder and the devices.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "toolbox/image.hpp"
#include <trilby/result.hpp>

namespace trilby::toolbox {

enum class ContainerToolKind : std::uint8_t { toolbox, distrobox, podman };

struct ContainerTool {
    ContainerToolKind kind = ContainerToolKind::toolbox;
    std::filesystem::path program;
    std::filesystem::path podman;  ///< every tool runs it
};

/// "toolbox", "distrobox", "podman": the program's name.
[[nodiscard]] std::string_view container_tool_name(ContainerToolKind kind);

/// The first tool in $PATH, in the order above; ErrorCode::unavailable without Podman.
[[nodiscard]] Result<ContainerTool> find_container_tool();

/// ErrorCode::usage if Podman rejects the name or a program could mistake it for an option.
[[nodiscard]] Result<void> check_container_name(std::string_view name);
[[nodiscard]] Result<void> check_image_name(std::string_view name);

struct ContainerPlan {
    std::string container;
    std::string image;
    Gpu gpu = Gpu::none;
    std::filesystem::path home;  ///< shared with the container
    bool is_for_root = false;
};

/// Arguments of `tool.program`.
[[nodiscard]] std::vector<std::string> create_arguments(ContainerToolKind kind,
                                                        const ContainerPlan& plan);
[[nodiscard]] std::vector<std::string> enter_arguments(ContainerToolKind kind,
                                                       const std::string& container);

}  // namespace trilby::toolbox
