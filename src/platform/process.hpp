// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How every program of Trilby starts.

#pragma once

namespace trilby::platform {

/// First in main(). Gives closed standard streams a descriptor on which reading or writing fails,
/// so that no file takes their numbers. Makes exceeding a file size limit an error of write(), like
/// a full disk, and lets the exit status of children be read even if our parent ignored SIGCHLD.
void prepare_process();

}  // namespace trilby::platform
