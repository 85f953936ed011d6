// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "platform/file_descriptor.hpp"

namespace trilby::platform {

/// Opens a path as if `root` were the root folder: no link and no ".." leads out of it. Links of
/// /proc to open files are refused. Without a descriptor, errno says why.
[[nodiscard]] FileDescriptor open_in_root(const FileDescriptor& root, const std::string& path,
                                          int flags);

/// The same, one component after the other, for kernels before 5.6 and for sandboxes without
/// openat2().
[[nodiscard]] FileDescriptor open_by_components(const FileDescriptor& root, const std::string& path,
                                                int flags);

}  // namespace trilby::platform
