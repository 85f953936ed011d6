// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <map>
#include <string>

#include <trilby/probe.hpp>

namespace trilby::recording {

/// The files that are too large to record, by path, reduced to what the probe has found in them:
/// the databases of PCI names, and the lists of kernel modules.
[[nodiscard]] std::map<std::string, std::string> derived_files(const Machine& machine);

}  // namespace trilby::recording
