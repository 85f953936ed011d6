// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/memory_share.hpp"

#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using trilby::testing::fact;

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

Machine host_with(std::uint64_t free_bytes) {
    Machine machine;
    machine.memory.available_bytes = fact(free_bytes);
    return machine;
}

Machine with_gpu(std::uint64_t vram, std::uint64_t used, std::uint64_t gtt) {
    Machine machine = host_with(64 * gibibyte);
    AmdGpu gpu;
    gpu.pci_address = "0000:03:00.0";
    gpu.vram_bytes = fact(vram);
    gpu.vram_used_bytes = fact(used);
    gpu.gtt_bytes = fact(gtt);
    machine.amd_gpus = fact(std::vector{gpu});
    return machine;
}

const Subject cpu{.backend = "cpu"};
const Subject card{.backend = "rocm", .pci_address = "0000:03:00.0"};

TEST(MemoryShare, GrowsWithTheLevel) {
    const Machine machine = host_with(64 * gibibyte);
    for (int level = 1; level < 4; ++level) {
        EXPECT_LT(memory_share(machine, cpu, level), memory_share(machine, cpu, level + 1));
    }
    EXPECT_EQ(memory_share(machine, cpu, 4), 48 * gibibyte);
    // A check that was requested by name runs there as at level 1.
    EXPECT_EQ(memory_share(machine, cpu, 0), memory_share(machine, cpu, 1));
}

TEST(MemoryShare, StaysBelowTheLimitOfAContainer) {
    Machine machine = host_with(64 * gibibyte);
    machine.memory.control_group_limit_bytes = fact(2 * gibibyte);
    EXPECT_LT(memory_share(machine, cpu, 4), gibibyte);
}

TEST(MemoryShare, OfACardIsAShareOfItsFreeMemory) {
    EXPECT_EQ(memory_share(with_gpu(24 * gibibyte, 4 * gibibyte, 32 * gibibyte), card, 4),
              15 * gibibyte);
}

// An APU does not compute in the memory that the firmware reserves for it.
TEST(MemoryShare, OfAnApuIsAShareOfTheHostsMemory) {
    EXPECT_EQ(memory_share(with_gpu(gibibyte / 2, 0, 32 * gibibyte), card, 4), 24 * gibibyte);
    EXPECT_EQ(memory_share(with_gpu(gibibyte / 2, 0, 512 * gibibyte), card, 4), 48 * gibibyte);
}

TEST(MemoryShare, OfAnUnprobedCardIsAShareOfWhatTheBackendReports) {
    Subject known = card;
    known.memory_total_bytes = 80 * gibibyte;
    EXPECT_EQ(memory_share(host_with(8 * gibibyte), known, 4), 60 * gibibyte);
    EXPECT_EQ(memory_share(host_with(8 * gibibyte), card, 4), 6 * gibibyte);
    known.card.memory_free_bytes = 40 * gibibyte;
    EXPECT_EQ(memory_share(host_with(8 * gibibyte), known, 4), 30 * gibibyte);
}

}  // namespace
}  // namespace trilby::validate
