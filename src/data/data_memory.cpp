// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/data_memory.hpp"

#include <fmt/format.h>
#include <limits>

#include "base/units.hpp"
#include "platform/available_memory.hpp"
#include "platform/environment.hpp"

namespace trilby::data {
namespace {

constexpr const char* variable = "TRILBY_DATA_MEMORY";

}  // namespace

Result<std::uint64_t> data_memory_bytes() {
    if (const auto text = platform::environment_variable(variable)) {
        if (const auto bytes = parse_bytes(*text)) {
            return *bytes;
        }
        return failure(ErrorCode::usage,
                       fmt::format("{} is '{}', expected a size", variable, *text),
                       "give a number with a unit, such as 4G or 500M");
    }
    const auto available = platform::available_memory_bytes(platform::FileTree());
    return available ? *available / 2 : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace trilby::data
