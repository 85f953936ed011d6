// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>

#include <trilby/backend_abi.h>

namespace trilby::testing {

/// A host that takes no notice of what a backend reports, and never cancels.
inline trilby_host silent_host() {
    return {.struct_size = sizeof(trilby_host),
            .abi_version = TRILBY_BACKEND_ABI_VERSION,
            .context = nullptr,
            .event = [](void*, const char*, std::size_t) {},
            .result = [](void*, const char*, std::size_t) {},
            .error = [](void*, const char*, const char*) {},
            .is_cancelled = [](void*) { return 0; }};
}

}  // namespace trilby::testing
