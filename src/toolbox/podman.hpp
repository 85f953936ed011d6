// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Asks Podman about Trilby's images and the containers created from them.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::toolbox {

struct Container {
    std::string name;
    std::string image;
    std::string state;  ///< "running", "exited", ...
};

/// Parses what 'podman ps --format json' prints; ErrorCode::bad_data if it is something else.
[[nodiscard]] Result<std::vector<Container>> parse_containers(std::string_view text);

/// The containers created from Trilby's images, with any tool.
[[nodiscard]] Result<std::vector<Container>> list_containers(const std::filesystem::path& podman);

/// ErrorCode::no_input, with a hint how to build it, if the image does not exist.
[[nodiscard]] Result<void> check_image_exists(const std::filesystem::path& podman,
                                              const std::string& image);

/// ErrorCode::no_input, with a hint how to create it, if the container does not exist.
[[nodiscard]] Result<void> check_container_exists(const std::filesystem::path& podman,
                                                  const std::string& name);

}  // namespace trilby::toolbox
