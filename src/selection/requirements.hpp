// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The known backends, and the requirements besides those of the machine
/// (machine/requirements.hpp): each is a pure function of the facts.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby::selection {

/// How the GPUs of a backend are examined.
struct Gpu {
    std::string_view family;  ///< the doctor's conditions of these GPUs
    std::vector<Requirement> (*requirements)(const Machine& machine);
    /// The known targets of the GPUs (<trilby/gpu_target.hpp>).
    std::vector<std::string> (*targets)(const Machine& machine);
};

struct Backend {
    std::string_view name;
    std::optional<Gpu> gpu = std::nullopt;  ///< nothing for the CPU
};

/// The preferred one first.
[[nodiscard]] std::span<const Backend> backends();

/// cuda_backend() and so on, each defined in the file of its backend.
#define TRILBY_BACKEND_ROW(name, ...) [[nodiscard]] const Backend& name##_backend();
#include "base/backends.def"
#undef TRILBY_BACKEND_ROW

struct Facts {
    const Machine& machine;
    const Diagnosis& diagnosis;
    const BackendFolder& installed;
    std::string_view backend;  ///< the backend whose requirements are checked
};

/// The doctor knows nothing that keeps the GPUs of `family` from computing.
[[nodiscard]] Requirement nothing_blocks(const Facts& facts, std::string_view family);

/// The last requirements of every backend: its module is installed and fits this version of Trilby.
[[nodiscard]] Requirement module_is_installed(const Facts& facts);
[[nodiscard]] Requirement module_fits(const Facts& facts);
/// The module was compiled for one of `gpus`, the GPUs of this machine.
[[nodiscard]] Requirement module_has_code(const Facts& facts, const std::vector<std::string>& gpus);

/// This backend's entry in the folder, or nullptr.
[[nodiscard]] const InstalledBackend* find_installed(const Facts& facts);

}  // namespace trilby::selection
