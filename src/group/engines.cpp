// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/engines.hpp"

#include <fmt/format.h>
#include <system_error>

namespace trilby::group {
namespace {

std::string how_to_get(const std::string& name) {
    if (name == local_engine) {
        return "reinstall Trilby";
    }
    if (name == "gloo") {
        return "install the package trilby-gloo";
    }
    return fmt::format(
        "install the package trilby-{}, or set MASTER_ADDR and MASTER_PORT, so that MPI is not "
        "needed",
        name);
}

}  // namespace

std::string engine_for(const Launched& launched) {
    if (!launched.mpi.empty()) {
        return launched.mpi;
    }
    const bool is_local = !launched.has_several_machines && launched.place.interface.empty();
    return is_local ? local_engine : "gloo";
}

Result<std::filesystem::path> find_engine(const std::filesystem::path& folder,
                                          const std::string& name) {
    const std::filesystem::path module = folder / (name + ".so");
    std::error_code ignored;
    if (std::filesystem::exists(module, ignored)) {
        return module;
    }
    return failure(ErrorCode::unavailable,
                   fmt::format("there is no engine '{}' for several processes", module.string()),
                   how_to_get(name));
}

}  // namespace trilby::group
