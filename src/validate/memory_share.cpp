// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/memory_share.hpp"

#include <algorithm>
#include <vector>

namespace trilby::validate {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t fallback_bytes = 256 * mebibyte;  // where the free memory is not known

std::uint64_t free_of_host(const Memory& memory) {
    const std::uint64_t limit = memory.control_group_limit_bytes.value_or(UINT64_MAX);
    return std::min(memory.available_bytes.value_or(fallback_bytes), limit / 2);
}

// A GPU with less uses the memory of the host; graphics cards have had more for years.
constexpr std::uint64_t least_of_a_card = 2048 * mebibyte;

std::uint64_t free_of(const AmdGpu& gpu, std::uint64_t host) {
    const std::uint64_t total = gpu.vram_bytes.value_or(0);
    return total >= least_of_a_card ? total - std::min(gpu.vram_used_bytes.value_or(0), total)
                                    : std::min(host, gpu.gtt_bytes.value_or(host));
}

std::uint64_t free_of(const Machine& machine, const Subject& subject) {
    const std::uint64_t host = free_of_host(machine.memory);
    if (subject.pci_address.empty()) {
        return host;
    }
    if (subject.card.memory_free_bytes) {
        return *subject.card.memory_free_bytes;
    }
    const std::vector<AmdGpu> gpus = machine.amd_gpus.value_or({});
    if (const auto gpu = std::ranges::find(gpus, subject.pci_address, &AmdGpu::pci_address);
        gpu != gpus.end()) {
        return free_of(*gpu, host);
    }
    const std::uint64_t total = subject.memory_total_bytes.value_or(0);
    return total >= least_of_a_card ? total : host;
}

}  // namespace

std::uint64_t memory_share(const Machine& machine, const Subject& subject, int level) {
    const std::uint64_t free = free_of(machine, subject);
    switch (level) {
        case lowest_level:
        case 1:
            return std::min(free / 8, 192 * mebibyte);
        case 2:
            return std::min(free / 4, 1024 * mebibyte);
        case 3:
            return std::min(free / 2, 16384 * mebibyte);
        default:
            return free / 4 * 3;
    }
}

}  // namespace trilby::validate
