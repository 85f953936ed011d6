// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Podman's lists of Trilby's images and of the containers made from them.

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

/// The containers made from an image of Trilby's, whichever tool made them.
[[nodiscard]] Result<std::vector<Container>> list_containers(const std::filesystem::path& podman);

/// ErrorCode::no_input, with how to build it, if there is no such image here.
[[nodiscard]] Result<void> check_image_exists(const std::filesystem::path& podman,
                                              const std::string& image);

/// ErrorCode::no_input, with how to make it, if there is no such container here.
[[nodiscard]] Result<void> check_container_exists(const std::filesystem::path& podman,
                                                  const std::string& name);

}  // namespace trilby::toolbox
