// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Marks what libtrilby exports; everything else is hidden.

#pragma once

#define TRILBY_API __attribute__((visibility("default")))
