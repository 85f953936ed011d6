// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The known backends as data: each is a list of requirements, and each requirement is a pure
/// function of the facts.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/selection.hpp>

namespace trilby::selection {

struct Facts {
    const Machine& machine;
    const BackendFolder& installed;
    std::string_view backend;  ///< the backend whose requirements are checked
};

using Check = Requirement (*)(const Facts& facts);

struct Backend {
    std::string_view name;
    std::span<const Check> checks;
};

/// The preferred one first.
[[nodiscard]] std::span<const Backend> backends();

/// cuda_checks() and so on, each defined in the file of its backend.
#define TRILBY_BACKEND_ROW(name, ...) [[nodiscard]] std::span<const Check> name##_checks();
#include "base/backends.def"
#undef TRILBY_BACKEND_ROW

/// The last requirements of every backend: its module is installed and fits this version of Trilby.
[[nodiscard]] Requirement module_is_installed(const Facts& facts);
[[nodiscard]] Requirement module_fits(const Facts& facts);
/// The module was compiled for one of `gpus`, the GPUs of this machine.
[[nodiscard]] Requirement module_has_code(const Facts& facts, const std::vector<std::string>& gpus);

/// This backend's entry in the folder, or nullptr.
[[nodiscard]] const InstalledBackend* find_installed(const Facts& facts);

[[nodiscard]] Requirement met(std::string_view id, std::string evidence);
[[nodiscard]] Requirement missed(std::string_view id, std::string evidence, std::string hint);
[[nodiscard]] Requirement unknown(std::string_view id, std::string evidence);
/// For a missing fact: says which, and whether it was absent, denied or malformed.
[[nodiscard]] Requirement unknown(std::string_view id, Presence presence, std::string_view source);

}  // namespace trilby::selection
