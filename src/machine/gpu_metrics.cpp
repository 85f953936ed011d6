// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/gpu_metrics.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

#include "base/little_endian.hpp"
#include "base/try.hpp"

namespace trilby {
namespace {

constexpr std::string_view power_cap = "power cap";
constexpr std::string_view heat_of_die = "heat of the die";
constexpr std::string_view heat_of_regulators = "heat of the voltage regulators";
constexpr std::string_view heat_of_memory = "heat of the memory";
constexpr std::string_view prochot = "PROCHOT";

struct StatusBits {
    unsigned first, last;
    std::string_view reason;
};

constexpr auto status_bits = std::to_array<StatusBits>({
    {0, 7, power_cap},
    {16, 23, "current limit"},
    {32, 33, heat_of_die},
    {34, 34, heat_of_memory},
    {35, 37, heat_of_die},
    {38, 41, heat_of_regulators},
    {42, 43, "heat of the coolant"},
    {44, 45, heat_of_regulators},
    {46, 47, prochot},
    {56, 56, "PPM"},
    {57, 57, "reliability limit (FIT)"},
});

std::string reason_of_bit(unsigned bit) {
    const auto found = std::ranges::find_if(
        status_bits, [&](const StatusBits& bits) { return bits.first <= bit && bit <= bits.last; });
    return found != status_bits.end() ? std::string(found->reason)
                                      : fmt::format("bit {} of its status", bit);
}

/// A number in a table; of no bytes if the table lacks it.
struct Field {
    std::size_t offset = 0;
    std::size_t bytes = 0;
};

/// Counters of the same size that follow each other: by reason, and before them how often the
/// firmware looked.
struct Counters {
    Field looks;
    Field first;
    std::span<const std::string_view> reasons;
};

constexpr std::array reasons_of_accelerators{prochot, power_cap, heat_of_die, heat_of_regulators,
                                             heat_of_memory};
// The limits for sustained, fast and slow changes; the heat of cores, graphics and the rest.
constexpr std::array reasons_of_apus{prochot,     power_cap,   power_cap,  power_cap,
                                     heat_of_die, heat_of_die, heat_of_die};

constexpr Counters counters_at(std::size_t offset, std::size_t bytes) {
    return {{offset, bytes}, {offset + bytes, bytes}, reasons_of_accelerators};
}

struct Layout {
    unsigned format, content;
    std::size_t size;
    Field power;
    double watts = 1;        ///< that one unit of power is
    Field status = {};       ///< the same bits for all chips
    Field chip_status = {};  ///< bits that differ between chips
    Counters counters = {};
};

// struct gpu_metrics_vA_B in the kernel's kgd_pp_interface.h. Version 1.6 was changed without a new
// number. The status of 1.4 and 1.5 is always 0, and the unit of power in 2.0 to 2.3 differs
// between chips. From 1.9 on, the table has no fixed layout.
constexpr auto layouts = std::to_array<Layout>({
    {1, 0, 80, {34, 2}, 1, {}, {68, 4}},
    {1, 1, 96, {22, 2}, 1, {}, {68, 4}},
    {1, 2, 104, {22, 2}, 1, {}, {68, 4}},
    {1, 3, 120, {22, 2}, 1, {112, 8}, {68, 4}},
    {1, 4, 288, {10, 2}},
    {1, 5, 360, {10, 2}},
    {1, 6, 384, {10, 2}, 1, {}, {}, counters_at(104, 4)},
    {1, 6, 1664, {10, 2}, 1, {}, {}, counters_at(32, 4)},
    {1, 7, 2208, {10, 2}, 1, {}, {}, counters_at(40, 4)},
    {1, 8, 3872, {10, 2}, 1, {}, {}, counters_at(40, 4)},
    {2, 0, 120, {}, 1, {}, {112, 4}},
    {2, 1, 120, {}, 1, {}, {108, 4}},
    {2, 2, 128, {}, 1, {120, 8}, {108, 4}},
    {2, 3, 152, {}, 1, {120, 8}, {108, 4}},
    {2, 4, 168, {40, 2}, 1e-3, {120, 8}, {108, 4}},
    {3, 0, 264, {112, 4}, 1e-3, {}, {}, {{}, {228, 4}, reasons_of_apus}},
});

// amdsmi_gpu_metrics_t has a layout of its own, with the members of all versions. Cards report
// either the average or the current power.
constexpr Field smi_current_power{120, 2};
constexpr Layout smi_layout{.format = 0,
                            .content = 0,
                            .size = amd_smi_metrics_bytes,
                            .power = {22, 2},
                            .status = {112, 8},
                            .chip_status = {68, 4},
                            .counters = counters_at(424, 8)};

/// Whether the driver's table of this version has a throttle status; AMD SMI passes on a constant
/// 0 where it does not.
bool has_status(std::uint64_t format, std::uint64_t content) {
    return std::ranges::any_of(layouts, [&](const Layout& known) {
        return known.format == format && known.content == content && known.chip_status.bytes != 0;
    });
}

/// Nothing for a field that the table lacks or whose bits are all ones.
std::optional<std::uint64_t> read(std::string_view table, Field field) {
    if (field.bytes == 0 || field.offset + field.bytes > table.size()) {
        return std::nullopt;
    }
    const std::string_view bytes = table.substr(field.offset, field.bytes);
    return std::ranges::all_of(bytes, [](char byte) { return byte == '\xff'; })
               ? std::nullopt
               : std::optional(decode_little_endian(bytes));
}

/// A running GPU always draws power, so that 0 is not a value.
std::optional<double> read_power(std::string_view table, Field field, double watts) {
    const auto power = read(table, field);
    return power.value_or(0) != 0 ? std::optional(static_cast<double>(*power) * watts)
                                  : std::nullopt;
}

std::optional<std::set<std::string>> read_reasons(std::string_view table, const Layout& layout) {
    if (const auto status = read(table, layout.status)) {
        return throttle_reasons_of(*status);
    }
    const auto chip_status = read(table, layout.chip_status);
    if (!chip_status) {
        return std::nullopt;
    }
    return *chip_status == 0 ? std::set<std::string>()
                             : std::set{fmt::format("the firmware (status 0x{:x})", *chip_status)};
}

void read_counters(GpuMetrics& metrics, std::string_view table, const Counters& counters) {
    Field next = counters.first;
    for (const std::string_view reason : counters.reasons) {
        if (const auto count = read(table, next)) {
            metrics.throttle_counts[std::string(reason)] += *count;
        }
        next.offset += next.bytes;
    }
    metrics.throttle_looks = read(table, counters.looks);
}

/// struct metrics_table_header
struct Header {
    std::uint64_t size = 0;
    std::uint64_t format = 0;
    std::uint64_t content = 0;
};

Result<Header> read_header(std::string_view table) {
    constexpr std::size_t header_bytes = 4;
    if (table.size() < header_bytes) {
        return failure(ErrorCode::bad_data,
                       fmt::format("gpu_metrics has {} bytes, expected a header of {}",
                                   table.size(), header_bytes));
    }
    return Header{.size = decode_little_endian(table.substr(0, 2)),
                  .format = decode_little_endian(table.substr(2, 1)),
                  .content = decode_little_endian(table.substr(3, 1))};
}

GpuMetrics read_all(std::string_view table, const Layout& layout) {
    GpuMetrics metrics{.power_w = read_power(table, layout.power, layout.watts),
                       .throttle_reasons = read_reasons(table, layout),
                       .throttle_counts = {},
                       .throttle_looks = {}};
    read_counters(metrics, table, layout.counters);
    return metrics;
}

}  // namespace

std::set<std::string> throttle_reasons_of(std::uint64_t status) {
    std::set<std::string> reasons;
    for (unsigned bit = 0; bit < 64; ++bit) {
        if ((status >> bit & 1) != 0) {
            reasons.insert(reason_of_bit(bit));
        }
    }
    return reasons;
}

Result<GpuMetrics> parse_gpu_metrics(std::string_view table) {
    TRILBY_TRY(header, read_header(table));
    const auto layout = std::ranges::find_if(layouts, [&](const Layout& known) {
        return known.format == header.format && known.content == header.content &&
               known.size == header.size;
    });
    if (layout == layouts.end()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("gpu_metrics has version {}.{} with {} bytes, which is not known",
                        header.format, header.content, header.size));
    }
    if (table.size() < header.size) {
        return failure(ErrorCode::bad_data, fmt::format("gpu_metrics ends after {} of {} bytes",
                                                        table.size(), header.size));
    }
    return read_all(table, *layout);
}

Result<GpuMetrics> parse_amd_smi_metrics(std::string_view table, int library_version) {
    constexpr int oldest_known = 24;
    constexpr int newest_known = 26;
    if (library_version < oldest_known || library_version > newest_known) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the metrics of AMD SMI {} are not known, expected {} to {}",
                                   library_version, oldest_known, newest_known));
    }
    TRILBY_TRY(header, read_header(table));
    Layout layout = smi_layout;
    if (!has_status(header.format, header.content)) {
        layout.status = layout.chip_status = {};
    }
    GpuMetrics metrics = read_all(table, layout);
    if (const auto current = read_power(table, smi_current_power, 1)) {
        metrics.power_w = current;
    }
    return metrics;
}

}  // namespace trilby
