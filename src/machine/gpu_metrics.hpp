// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The table of metrics that the firmware of AMD GPUs fills: as amdgpu delivers it (the file
/// gpu_metrics of a card) and as AMD SMI does. Layouts differ by version; those not known here are
/// refused. Values that the firmware leaves at all-ones are unknown.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby {

struct GpuMetrics {
    std::optional<double> power_w;
    /// What slows the GPU down now: "power cap". Nothing if the table does not say.
    std::optional<std::set<std::string>> throttle_reasons;
    /// How often the firmware found the GPU slowed down, by reason, since the driver started.
    std::map<std::string, std::uint64_t> throttle_counts;
    /// How often it looked; nothing if the table does not say.
    std::optional<std::uint64_t> throttle_looks;

    [[nodiscard]] bool knows_throttling() const {
        return throttle_reasons || !throttle_counts.empty();
    }
};

/// Parses the file gpu_metrics. Errors are ErrorCode::bad_data and say which version was found.
[[nodiscard]] Result<GpuMetrics> parse_gpu_metrics(std::string_view table);

/// The first bytes of AMD SMI's amdsmi_gpu_metrics_t, whose layout is known.
inline constexpr std::size_t amd_smi_metrics_bytes = 472;

/// Parses amdsmi_gpu_metrics_t of `library_version`, the major number of AMD SMI. The caller fills
/// it with ones before the call, so that members that a release lacks are unknown.
[[nodiscard]] Result<GpuMetrics> parse_amd_smi_metrics(std::string_view table, int library_version);

/// The names of the bits of the throttle status that is the same for all chips.
[[nodiscard]] std::set<std::string> throttle_reasons_of(std::uint64_t status);

}  // namespace trilby
