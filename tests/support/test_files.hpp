// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The files that tests use. They lie beside the tests, both in the build tree and when installed.

#pragma once

#include <cstdlib>
#include <filesystem>

#include "install/paths.hpp"

namespace trilby::testing {

/// ${libexecdir}/trilby/tests, which holds `modules` and `vendors`.
inline std::filesystem::path test_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

/// Installed tests have the machines in an archive, which is unpacked to TRILBY_MADE_MACHINES.
inline std::filesystem::path made_machines() {
    const char* unpacked = std::getenv("TRILBY_MADE_MACHINES");
    return unpacked != nullptr ? std::filesystem::path(unpacked) : test_folder() / "machines";
}

/// Models that torch.export.save() wrote, with what Python computes (tests/pt2/write_models.py).
inline std::filesystem::path exported_models() {
    return test_folder() / "models";
}

inline std::filesystem::path worker_program() {
    return test_folder().parent_path() / "trilby-worker";
}

inline std::filesystem::path installation_prefix() {
    std::filesystem::path prefix = test_folder().parent_path();
    for ([[maybe_unused]] const auto& part : std::filesystem::path(install::paths::libexec)) {
        prefix = prefix.parent_path();
    }
    return prefix;
}

/// ${libdir}/trilby
inline std::filesystem::path library_folder() {
    return installation_prefix() / install::paths::lib;
}

/// ${datadir}/trilby
inline std::filesystem::path data_folder() {
    return installation_prefix() / install::paths::data;
}

}  // namespace trilby::testing
