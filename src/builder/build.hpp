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
    std::filesystem::path work_folder;  ///< empty, for intermediate files
    std::filesystem::path log;
    std::int64_t jobs = 1;
    bool with_library = false;  ///< libtrilby-train too, for programs that train
    platform::InterruptWatch* interrupts = nullptr;
    std::function<void(const std::string&)> on_step = [](const std::string&) {};
};

/// Folders below the work folder.
struct Built {
    std::filesystem::path module;   ///< of trilby-backend-NAME.so and its manifest
    std::filesystem::path library;  ///< with `include` and `lib`; empty without the library
};

[[nodiscard]] std::expected<Built, CommandFailure> build_module(const BuildOptions& options);

/// The outcome of trying a module.
struct Trial {
    bool has_run = false;  ///< it computed the known answer
    std::string message;   ///< otherwise, why there was no device
};

/// Loads the module in a worker and computes the known answer. A module that does not load or
/// computes a wrong answer is an error; a missing device is not.
[[nodiscard]] Result<Trial> try_module(const std::filesystem::path& module,
                                       platform::InterruptWatch* interrupts);

}  // namespace trilby::builder
