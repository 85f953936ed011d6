// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How much memory an AMD GPU may use.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;

std::string amount(const Observed<std::uint64_t>& bytes) {
    return fmt::format("{}: {:.1f} GiB", printable(bytes.source(), 256),
                       static_cast<double>(*bytes) / static_cast<double>(gib));
}

struct Shared {
    const KfdNode* node;
    const AmdGpu* gpu;
};

/// The GPUs that can compute and share the memory of the CPU.
std::vector<Shared> sharing_gpus(const Machine& machine) {
    std::vector<Shared> gpus;
    for (const KfdNode* node : amd_compute_nodes(machine)) {
        const AmdGpu* gpu = amd_gpu_of(machine, *node);
        if (is_apu(*node) && gpu != nullptr) {
            gpus.push_back({node, gpu});
        }
    }
    return gpus;
}

/// Before Linux 6.16.9 the compute driver treated the memory of Strix Halo like that of a small
/// APU.
Evidence capped(const Facts& facts) {
    constexpr std::string_view first_good = "6.16.9";
    constexpr std::uint64_t cap = 16 * gib;
    constexpr std::uint64_t much = 24 * gib;
    const auto& release = facts.machine.os.kernel_release;
    if (!release || compare_versions(*release, first_good) >= 0) {
        return std::nullopt;
    }
    for (const auto& [node, gpu] : sharing_gpus(facts.machine)) {
        const std::uint64_t seen = node->vram_bytes.value_or(0);
        const auto& larger = gpu->vram_bytes.value_or(0) > gpu->gtt_bytes.value_or(0)
                                 ? gpu->vram_bytes
                                 : gpu->gtt_bytes;
        if (*node->gfx_target == "gfx1151" && seen > 0 && seen <= cap &&
            larger.value_or(0) >= much) {
            return Evidence({amount(node->vram_bytes), amount(larger), quote(release)});
        }
    }
    return std::nullopt;
}

/// Not found if the user reserved memory in the firmware or set the limit.
Evidence half_of_memory(const Facts& facts) {
    constexpr std::uint64_t small_reserve = 2 * gib;
    constexpr std::uint64_t much = 48 * gib;
    const auto& total = facts.machine.memory.total_bytes;
    for (const auto& [node, gpu] : sharing_gpus(facts.machine)) {
        const bool is_known = total && *total >= much && gpu->gtt_bytes && gpu->vram_bytes;
        if (!is_known || *node->gfx_target != "gfx1151" || *gpu->vram_bytes > small_reserve) {
            continue;
        }
        const double part = static_cast<double>(*gpu->gtt_bytes) / static_cast<double>(*total);
        if (part > 0.4 && part < 0.55) {
            return Evidence({amount(gpu->gtt_bytes), amount(total)});
        }
    }
    return std::nullopt;
}

constexpr std::string_view gtt_size = "amdgpu.gttsize";

Evidence old_parameter(const Facts& facts) {
    if (has_working_nvidia_device(facts.machine) ||
        !has_bound_device(facts.machine, pci_vendor::amd, "amdgpu")) {
        return std::nullopt;
    }
    if (const std::string word = boot_parameter(facts.machine, gtt_size);
        !word.empty() && word != "amdgpu.gttsize=-1") {
        return found(fmt::format("{}: {}", facts.machine.kernel.boot_parameters.source(),
                                 printable(word, 128)));
    }
    const auto& parameters = facts.machine.kernel.module_parameters;
    const auto parameter = std::ranges::find(parameters, gtt_size, &ModuleParameter::name);
    return parameter != parameters.end() && parameter->value.value_or("-1") != "-1"
               ? found(quote(parameter->value))
               : std::nullopt;
}

Values gtt_size_word(const Facts& facts) {
    return value_if_any("word", boot_parameter(facts.machine, gtt_size));
}

Evidence large_reserve(const Facts& facts) {
    const auto& total = facts.machine.memory.total_bytes;
    for (const auto& [node, gpu] : sharing_gpus(facts.machine)) {
        if (total && gpu->vram_bytes.value_or(0) > *total) {
            return Evidence({amount(gpu->vram_bytes), amount(total)});
        }
    }
    return std::nullopt;
}

/// The small reserved memory of an APU is always full.
Evidence full(const Facts& facts) {
    for (const KfdNode* node : amd_compute_nodes(facts.machine)) {
        const AmdGpu* gpu = amd_gpu_of(facts.machine, *node);
        if (gpu == nullptr || is_apu(*node) || !node->gfx_target) {
            continue;
        }
        const std::uint64_t total = gpu->vram_bytes.value_or(0);
        const std::uint64_t used = gpu->vram_used_bytes.value_or(0);
        if (total >= gib && used <= total && total - used < total / 20) {
            return Evidence({amount(gpu->vram_used_bytes), amount(gpu->vram_bytes)});
        }
    }
    return std::nullopt;
}

constexpr std::array amd_memory_table{
    Condition{.id = "TRL-A015",
              .severity = Severity::degrades,
              .place = Place::host,
              .causes = {"TRL-A013"},
              .find = capped},
    Condition{
        .id = "TRL-A016", .severity = Severity::hint, .place = Place::host, .find = half_of_memory},
    Condition{.id = "TRL-A017",
              .severity = Severity::hint,
              .place = Place::host,
              .find = old_parameter,
              .values = gtt_size_word},
    Condition{
        .id = "TRL-A018", .severity = Severity::hint, .place = Place::host, .find = large_reserve},
    Condition{.id = "TRL-A023", .severity = Severity::degrades, .find = full},
};

}  // namespace

std::span<const Condition> amd_memory_conditions() {
    return amd_memory_table;
}

}  // namespace trilby::doctor
