// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which implementation of BLAS a library uses: how fast matrices are on the CPU.

#pragma once

#include <string>
#include <string_view>

#include "binary/shared_library.hpp"
#include "platform/file_tree.hpp"

namespace trilby::sources {

/// "openblas", "mkl", "blis", "atlas", "reference" and so on; with " (flexiblas)" where that
/// switches between them, as the variable FLEXIBLAS or its configuration says. Names such as
/// libblas.so.3 are followed through links, as the loader does. Absent if `library`, which lies in
/// `folder`, loads no BLAS.
[[nodiscard]] Observed<std::string> read_blas(const platform::FileTree& tree,
                                              const Observed<binary::SharedLibrary>& library,
                                              std::string_view folder);

}  // namespace trilby::sources
