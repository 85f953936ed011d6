// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/engines.hpp"

#include <fmt/format.h>
#include <system_error>

namespace trilby::group {

Result<std::filesystem::path> find_engine(const std::filesystem::path& folder,
                                          const std::string& mpi) {
    const std::string name = mpi.empty() ? "gloo" : mpi;
    const std::filesystem::path module = folder / (name + ".so");
    std::error_code ignored;
    if (std::filesystem::exists(module, ignored)) {
        return module;
    }
    return failure(
        ErrorCode::unavailable,
        fmt::format("there is no engine '{}' for several processes", module.string()),
        fmt::format("install the package trilby-{}{}", name,
                    mpi.empty() ? "" : ", or set MASTER_ADDR and MASTER_PORT to use Gloo"));
}

}  // namespace trilby::group
