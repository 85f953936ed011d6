// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Devices by their UUIDs. CUDA shows a process at most one MIG instance, and no whole card beside
/// it, so a worker sees only the devices in its variable CUDA_VISIBLE_DEVICES.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "validate/run.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

/// A card, or a MIG instance of one. A card in MIG mode computes only in its instances.
struct NamedDevice {
    std::string uuid;         ///< "GPU-5d1f0d1e-..." or "MIG-9c2b6a1f-..."
    std::string name;         ///< "NVIDIA H100 80GB HBM3 MIG 1g.10gb"
    std::string pci_address;  ///< of the card
    std::string card = {};    ///< UUID of the card that an instance is a part of
    std::optional<std::uint32_t> gpu_instance = {};  ///< its instances share its memory

    [[nodiscard]] bool is_instance() const { return uuid.starts_with("MIG-"); }
};

/// Whether `text` may be a UUID or its beginning: "GPU-" or "MIG-" in letters of either case, and
/// more.
[[nodiscard]] bool is_uuid(std::string_view text);

struct NamedDeviceOptions {
    std::filesystem::path worker_program;
    std::filesystem::path runtimes_module;  ///< trilby-runtimes.so
    std::string backend;                    ///< decides which library is queried
    std::chrono::milliseconds limit{5000};
    platform::InterruptWatch* interrupts = nullptr;
};

/// Queries the vendor's library, whatever CUDA_VISIBLE_DEVICES is here.
[[nodiscard]] Result<std::vector<NamedDevice>> list_named_devices(
    const NamedDeviceOptions& options);

/// The device of this UUID, which may be abbreviated as long as it is unique.
[[nodiscard]] Result<NamedDevice> find_named(const std::vector<NamedDevice>& devices,
                                             std::string_view uuid);

/// The devices that `variable`, a value of CUDA_VISIBLE_DEVICES, selects. The UUID of a card in MIG
/// mode stands for all of its instances. As in CUDA, the first entry that selects nothing, or
/// several cards, ends the list. A number does so, too, because CUDA and NVML may count in
/// different orders.
[[nodiscard]] std::vector<NamedDevice> visible_devices(const std::vector<NamedDevice>& devices,
                                                       std::string_view variable);

/// Makes workers see the devices `shown` alone, in this order, and use the one at `index`.
[[nodiscard]] RunOptions run_on(RunOptions run, const std::vector<NamedDevice>& shown,
                                std::size_t index = 0);

}  // namespace trilby::validate
