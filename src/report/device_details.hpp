// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include <trilby/probe.hpp>

namespace trilby::report {

/// "gfx1100, 96 compute units, 24 GiB, PCIe 16 GT/s x16"; empty if nothing is known.
[[nodiscard]] std::string device_details(const PciDevice& device, const Machine& machine);

}  // namespace trilby::report
