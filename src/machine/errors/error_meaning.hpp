// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The meaning of the error counters that drivers and kernel keep, and what to do when one rises.
/// Each family of counters is a table of its own in this folder.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trilby {

enum class ErrorOrigin : std::uint8_t {
    notice,              ///< not a fault
    program,             ///< a fault of a program that used the device, or its end
    driver,              ///< a fault of the driver or the firmware
    driver_or_hardware,  ///< the counter does not distinguish them
    hardware,            ///< a fault of the device, its link or its power supply
};

/// "notice", "program", "driver", "driver or hardware", "hardware".
[[nodiscard]] std::string_view error_origin_name(ErrorOrigin origin);

struct ErrorMeaning {
    ErrorOrigin origin = ErrorOrigin::hardware;
    std::string meaning;  ///< "the GPU no longer answers on the PCI Express bus"
    std::string remedy;   ///< an imperative: "reset the GPU; if it happens again, replace it"
    /// The rise in a minute that a healthy device may have.
    std::uint64_t most_per_minute = 0;
};

/// The meaning of a counter by its name:
///
///     Xid 79
///     PCIe BadTLP, corrected          or: not fatal, fatal
///     RAS umc, not corrected          or: corrected, deferred
///     bad pages, retired              or: pending, not retired; of AMD cards
///     faulty rows, pending            or: not replaced; of NVIDIA cards
///     card errors, corrected          or: not corrected
///     memory errors, corrected        or: not corrected
///     machine checks, fatal           or: deferred
///     link replays
///
/// A member of a family that its table does not have gets a general meaning. Nothing for a name of
/// no family.
[[nodiscard]] std::optional<ErrorMeaning> error_meaning(std::string_view counter);

/// Whether a rise of the counter counts against the device: not if a program or nothing is at
/// fault. True for a name of no family.
[[nodiscard]] bool is_fault_of_device(std::string_view counter);

}  // namespace trilby
