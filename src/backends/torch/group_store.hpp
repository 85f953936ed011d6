// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <memory>

#include "group/place.hpp"
#include "group/store.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// The store in which the processes of a place look for each other: files, or LibTorch's TCP store.
/// Other machines can reach the latter. It has no encryption and asks for no password.
[[nodiscard]] Result<std::unique_ptr<group::Store>> make_group_store(const group::Place& place);

}  // namespace trilby::backends
