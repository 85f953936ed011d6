// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds the BLAS implementation of a library, which determines how fast matrices are on the CPU.

#pragma once

#include <string>
#include <string_view>

#include "binary/shared_library.hpp"
#include "platform/file_tree.hpp"

namespace trilby::sources {

/// "openblas", "mkl", "blis", "atlas", "reference" and so on, with " (flexiblas)" if FlexiBLAS
/// selects it by the variable FLEXIBLAS or its configuration. Names such as libblas.so.3 are
/// resolved through links, as by the loader. Absent if `library`, a file in `folder`, loads no
/// BLAS.
[[nodiscard]] Observed<std::string> read_blas(const platform::FileTree& tree,
                                              const Observed<binary::SharedLibrary>& library,
                                              std::string_view folder);

}  // namespace trilby::sources
