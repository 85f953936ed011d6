// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compiles the module of a backend from the installed sources against the user's own LibTorch.

#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>

#include "builder/libtorch_folder.hpp"
#include "builder/logged_command.hpp"
#include "builder/toolchain.hpp"
#include "platform/interrupt.hpp"

namespace trilby::builder {

struct BuildOptions {
    LibTorchFolder libtorch;
    Toolchain toolchain;
    std::filesystem::path work_folder;  ///< empty, for what is needed in between
    std::filesystem::path log;
    std::int64_t jobs = 1;
    platform::InterruptWatch* interrupts = nullptr;
    std::function<void(const std::string&)> on_step = [](const std::string&) {};
};

/// The folder below the work folder in which trilby-backend-NAME.so and its manifest lie.
[[nodiscard]] std::expected<std::filesystem::path, CommandFailure> build_module(
    const BuildOptions& options);

/// What trying the module has shown.
struct Trial {
    bool has_run = false;  ///< the known answer came out
    std::string message;   ///< else why there was no device to try it on
};

/// Loads the module in a worker and computes the known answer. A module that cannot be loaded, or
/// computes wrongly, is an error; a device that is not there is not.
[[nodiscard]] Result<Trial> try_module(const std::filesystem::path& module,
                                       platform::InterruptWatch* interrupts);

}  // namespace trilby::builder
