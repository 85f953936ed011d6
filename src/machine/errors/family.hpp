// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parts of the tables of error counters.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "machine/errors/error_meaning.hpp"

namespace trilby::errors {

enum class Remedy : std::uint8_t {
    none,
    watch,
    check_program,
    restart_program,
    restart_program_and_reset_nvidia_later,
    follow_other_errors,
    follow_kernel_log,
    reset_nvidia,
    reset_nvidia_later,
    reset_amd,
    reboot,
    cold_start,
    reseat,
    check_bridges,
    update,
    report,
    replace_card,
    replace_module,
    replace_cpu,
};

/// The first remedy, and the one to try if the error happens again.
struct Remedies {
    Remedy first = Remedy::none;
    Remedy again = Remedy::none;
};

/// Healthy memory and links correct an error now and then, and faulty ones do so all the time. DCGM
/// of NVIDIA warns at the same rate of packets that were sent again.
inline constexpr std::uint64_t corrections_per_minute = 8;

[[nodiscard]] ErrorMeaning meaning_of(ErrorOrigin origin, std::string_view meaning,
                                      Remedies remedies, std::uint64_t most_per_minute = 0);

/// The two parts of "umc, not corrected"; nothing without a comma.
struct QualifiedName {
    std::string_view name;
    std::string_view kind;
};
[[nodiscard]] std::optional<QualifiedName> split_qualified(std::string_view text);

/// The families. Each takes what follows its prefix, and returns nothing if that is not one of its
/// names.
[[nodiscard]] std::optional<ErrorMeaning> xid_meaning(std::string_view number);
[[nodiscard]] std::optional<ErrorMeaning> pci_express_meaning(std::string_view name);
[[nodiscard]] std::optional<ErrorMeaning> ras_meaning(std::string_view name);
[[nodiscard]] std::optional<ErrorMeaning> other_meaning(std::string_view name);

}  // namespace trilby::errors
