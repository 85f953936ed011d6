// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/backends.hpp"

#include <algorithm>

namespace trilby {
namespace {

#define TRILBY_BACKEND_ROW(backend, ...) BackendIdentity{.name = #backend, __VA_ARGS__},
constexpr std::array backends{
#include "base/backends.def"
};
#undef TRILBY_BACKEND_ROW

}  // namespace

std::span<const BackendIdentity> known_backends() {
    return backends;
}

const BackendIdentity* find_backend(std::string_view name) {
    const auto* const found = std::ranges::find(backends, name, &BackendIdentity::name);
    return found == backends.end() ? nullptr : found;
}

std::string backend_names() {
    std::string names;
    for (const BackendIdentity& backend : backends) {
        names += &backend == &backends.front() ? "" : &backend == &backends.back() ? " or " : ", ";
        names += backend.name;
    }
    return names;
}

}  // namespace trilby
