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

/// The instruction sets of one architecture that matter to tensor libraries, and the key of
/// /proc/cpuinfo that lists those of a CPU.
struct FeatureTable {
    std::string_view key;
    std::span<const std::string_view> names;
};

/// Nothing for an architecture that Trilby does not know.
[[nodiscard]] std::optional<FeatureTable> feature_table(std::string_view architecture);

/// "x86-64-v1" to "x86-64-v4" for a set of features; nothing if it is not an x86-64 CPU.
[[nodiscard]] std::optional<std::string> isa_level(std::span<const std::string> features);

/// Asks this CPU, and checks that the kernel saves the registers: CPUID alone also reports
/// instructions that fault. Nothing on CPUs without such an instruction.
[[nodiscard]] std::optional<std::vector<std::string>> features_by_instruction();

}  // namespace trilby::sources
