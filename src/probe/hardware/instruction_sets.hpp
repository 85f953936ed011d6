// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The usable instruction sets of a CPU, and the level that they form.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trilby::sources {

/// The instruction sets that matter to tensor libraries, as /proc/cpuinfo spells them; empty for an
/// architecture that Trilby does not know.
[[nodiscard]] std::span<const std::string_view> relevant_features(std::string_view architecture);

/// "x86-64-v1" to "x86-64-v4" for a set of features; nothing if it is not an x86-64 CPU.
[[nodiscard]] std::optional<std::string> isa_level(std::span<const std::string> features);

/// Asks this CPU, and checks that the kernel saves the registers: CPUID alone also reports
/// instructions that fault. Nothing on CPUs without such an instruction.
[[nodiscard]] std::optional<std::vector<std::string>> features_by_instruction();

}  // namespace trilby::sources
