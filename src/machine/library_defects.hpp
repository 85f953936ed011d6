// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Defects of libraries that make a device look faulty, as a table.

#pragma once

#include <span>
#include <string_view>

namespace trilby {

struct LibraryDefect {
    std::string_view library;        ///< "oneDNN"
    std::string_view first_version;  ///< the first release that has it
    std::string_view end_version;    ///< the first release after those that are known to have it
    std::string_view cpu_feature;    ///< only CPUs with it are affected
    std::string_view element_type;   ///< only operations on it are affected
    std::string_view symptom;
    std::string_view page;      ///< where the library's developers describe it
    std::string_view variable;  ///< of the environment, which avoids it with `value`
    std::string_view value;

    [[nodiscard]] bool is_in(std::string_view version) const;
};

namespace library_defects {

/// Seen with 2.6.3 and, by its developers, with 2.7.3.
inline constexpr LibraryDefect onednn_invalid_amx_code{
    .library = "oneDNN",
    .first_version = "2.6",
    .end_version = "2.8",
    .cpu_feature = "amx_bf16",
    .element_type = "bfloat16",
    .symptom =
        "some matrix products, such as those with an inner dimension of 63, execute an "
        "invalid AMX instruction",
    .page = "https://github.com/uxlfoundation/oneDNN/issues/1661",
    .variable = "ONEDNN_MAX_CPU_ISA",
    .value = "AVX512_CORE_BF16"};

}  // namespace library_defects

/// The defects that end a program.
[[nodiscard]] std::span<const LibraryDefect> crashing_library_defects();

}  // namespace trilby
