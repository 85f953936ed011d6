// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The backend that a command computes with, and its number of threads.

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Values of the command line.
struct DeviceOptions {
    std::optional<std::string> backend;
    std::int64_t device = 0;
    std::optional<std::int64_t> threads;
};

/// Adds --backend, --device and --threads. `options` must outlive `parser`.
void add_device_options(CLI::App& parser, DeviceOptions& options);
/// The same, one by one.
void add_backend_option(CLI::App& parser, DeviceOptions& options);
void add_threads_option(CLI::App& parser, DeviceOptions& options);

/// Accepts the number of a device.
[[nodiscard]] CLI::Validator device_number();

struct ChosenBackend {
    Machine machine;
    std::string name;
    std::filesystem::path module;
    std::string libtorch;  ///< version that the module was built with
};

/// Selects a backend for the machine. `option` is the value of --backend.
[[nodiscard]] Result<ChosenBackend> choose_backend(const std::optional<std::string>& option,
                                                   const Machine& machine = probe());

/// `option`, else OMP_NUM_THREADS as for any OpenMP program, else the number of usable CPUs.
[[nodiscard]] std::int64_t thread_count(const std::optional<std::int64_t>& option,
                                        const Machine& machine);

}  // namespace trilby::cli
