// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/library_defects.hpp"

#include <array>

#include "machine/software.hpp"

namespace trilby {
namespace {

constexpr std::array crashing{library_defects::onednn_invalid_amx_code};

}  // namespace

bool LibraryDefect::is_in(std::string_view version) const {
    return compare_versions(version, first_version) >= 0 &&
           compare_versions(version, end_version) < 0;
}

std::span<const LibraryDefect> crashing_library_defects() {
    return crashing;
}

}  // namespace trilby
