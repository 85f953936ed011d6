// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What keeps a driver's module from being loaded: a word of the kernel command line, or else a
/// line of modprobe.d.

#pragma once

#include <string>
#include <string_view>

#include "doctor/values.hpp"
#include <trilby/probe.hpp>

namespace trilby::doctor {

/// The evidence "/proc/cmdline: modprobe.blacklist=amdgpu"; empty if nothing blacklists the module.
[[nodiscard]] std::string quote_blacklist(const Machine& machine, std::string_view module);

/// The "word" and, if it lists other modules, "others": the word without this module. Or else the
/// "file" of the line.
[[nodiscard]] Values blacklist_place(const Machine& machine, std::string_view module);

}  // namespace trilby::doctor
