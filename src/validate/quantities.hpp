// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the checks measure. A check, the catalog and a threshold share one constant, so that a
/// renamed quantity keeps its threshold.

#pragma once

#include <string_view>

namespace trilby::validate {

struct Quantity {
    std::string_view name;  ///< Measurement::name
    std::string_view unit;
};

/// More of it is better.
[[nodiscard]] constexpr bool is_speed(std::string_view unit) {
    return unit.ends_with("/s");
}
/// Less of it is better.
[[nodiscard]] constexpr bool is_time(std::string_view unit) {
    return unit == "us";
}

namespace quantities {

inline constexpr Quantity copy{"copy", "GB/s"};
inline constexpr Quantity scale{"scale", "GB/s"};
inline constexpr Quantity copy_by_runtime{"copy by the runtime", "GB/s"};
inline constexpr Quantity add{"add", "GB/s"};
inline constexpr Quantity triad{"triad", "GB/s"};
inline constexpr Quantity bandwidth{"bandwidth", "GB/s"};  ///< of all of these together

inline constexpr Quantity matmul_float64{"matmul float64", "GFLOP/s"};
inline constexpr Quantity matmul_float32{"matmul float32", "GFLOP/s"};
inline constexpr Quantity matmul_float16{"matmul float16", "GFLOP/s"};
inline constexpr Quantity matmul_bfloat16{"matmul bfloat16", "GFLOP/s"};

inline constexpr Quantity pulses_1_ms{"matmul in pulses of 1 ms", "GFLOP/s"};
inline constexpr Quantity pulses_10_ms{"matmul in pulses of 10 ms", "GFLOP/s"};
inline constexpr Quantity pulses_100_ms{"matmul in pulses of 100 ms", "GFLOP/s"};
inline constexpr Quantity pulses_1_s{"matmul in pulses of 1 s", "GFLOP/s"};

inline constexpr Quantity with_telemetry{"matmul with telemetry", "GFLOP/s"};
inline constexpr Quantity without_telemetry{"matmul without telemetry", "GFLOP/s"};
inline constexpr Quantity kept_with_telemetry{"speed kept with telemetry", "%"};

inline constexpr Quantity to_device{"to the device", "GB/s"};
inline constexpr Quantity to_host{"to the host", "GB/s"};
inline constexpr Quantity to_device_pinned{"to the device, pinned", "GB/s"};
inline constexpr Quantity to_host_pinned{"to the host, pinned", "GB/s"};

/// Followed by the number of another device: "to device 3".
inline constexpr Quantity to_peer{"to device ", "GB/s"};
inline constexpr Quantity from_peer{"from device ", "GB/s"};

/// The bus bandwidth of an operation of all devices: what each link carries, whatever their number.
inline constexpr Quantity all_reduce{"all-reduce", "GB/s"};
inline constexpr Quantity reduce_scatter{"reduce-scatter", "GB/s"};
inline constexpr Quantity all_gather{"all-gather", "GB/s"};
inline constexpr Quantity broadcast{"broadcast", "GB/s"};
inline constexpr Quantity all_to_all{"all-to-all", "GB/s"};

inline constexpr Quantity launches_in_a_row{"launches in a row", "1/s"};
inline constexpr Quantity launch_and_wait{"launch and wait", "us"};
inline constexpr Quantity memory_latency{"latency of memory", "ns"};
inline constexpr Quantity memory_checked{"memory checked", "GiB"};
inline constexpr Quantity training{"training", "images/s"};

}  // namespace quantities
}  // namespace trilby::validate
