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

Evidence old_parameter(const Facts& facts) {
    constexpr std::string_view name = "amdgpu.gttsize";
    if (has_working_nvidia_device(facts.machine) ||
        !has_bound_device(facts.machine, pci_vendor::amd, "amdgpu")) {
        return std::nullopt;
    }
    if (const std::string word = boot_parameter(facts.machine, name);
        !word.empty() && word != "amdgpu.gttsize=-1") {
        return found(fmt::format("{}: {}", facts.machine.kernel.boot_parameters.source(),
                                 printable(word, 128)));
    }
    const auto& parameters = facts.machine.kernel.module_parameters;
    const auto parameter = std::ranges::find(parameters, name, &ModuleParameter::name);
    return parameter != parameters.end() && parameter->value.value_or("-1") != "-1"
               ? found(quote(parameter->value))
               : std::nullopt;
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

constexpr std::array conditions{
    Condition{.id = "TRL-A015",
              .severity = Severity::degrades,
              .title = "The kernel lets ROCm use only a small part of the GPU's memory",
              .why = "Programs run out of memory at about 15.5 GiB, however much is installed.",
              .remedy = {.any = "Update the kernel to 6.16.9 or newer, then reboot.",
                         .fedora = "sudo dnf upgrade --refresh kernel\nsudo systemctl reboot",
                         .atomic = "rpm-ostree upgrade\nsudo systemctl reboot",
                         .toolbx = "On the host: sudo dnf upgrade --refresh kernel\n"
                                   "On an Atomic host instead: rpm-ostree upgrade\n"
                                   "On the host: sudo systemctl reboot"},
              .place = Place::host,
              .causes = {"TRL-A013"},
              .find = capped},
    Condition{
        .id = "TRL-A016",
        .severity = Severity::hint,
        .title = "The GPU may use only half of the memory, which is the default",
        .why = "Models that fit into the memory of this machine may not fit on the GPU.",
        .remedy = {.any = "Add to the kernel command line, with 128 GiB of memory: "
                          "ttm.pages_limit=25165824 (96 GiB)\n"
                          "With 96 GiB: ttm.pages_limit=18874368 (72 GiB)\n"
                          "With 64 GiB: ttm.pages_limit=12582912 (48 GiB)\n"
                          "Always leave at least 8 GiB to the CPU.\n"
                          "Restart.",
                   .fedora = "With 128 GiB of memory, to let the GPU use 96: sudo grubby "
                             "--update-kernel=ALL --args=ttm.pages_limit=25165824\n"
                             "With 96 GiB, to let it use 72: sudo grubby --update-kernel=ALL "
                             "--args=ttm.pages_limit=18874368\n"
                             "With 64 GiB, to let it use 48: sudo grubby --update-kernel=ALL "
                             "--args=ttm.pages_limit=12582912\n"
                             "Always leave at least 8 GiB to the CPU.\n"
                             "sudo systemctl reboot",
                   .atomic = "With 128 GiB of memory, to let the GPU use 96: rpm-ostree kargs "
                             "--append-if-missing=ttm.pages_limit=25165824\n"
                             "With 96 GiB, to let it use 72: rpm-ostree kargs "
                             "--append-if-missing=ttm.pages_limit=18874368\n"
                             "With 64 GiB, to let it use 48: rpm-ostree kargs "
                             "--append-if-missing=ttm.pages_limit=12582912\n"
                             "Always leave at least 8 GiB to the CPU.\n"
                             "systemctl reboot"},
        .place = Place::host,
        .find = half_of_memory},
    Condition{.id = "TRL-A017",
              .severity = Severity::hint,
              .title = "The parameter amdgpu.gttsize is deprecated",
              .why = "It raises the limit that the driver reports, but not the kernel's limit.",
              .remedy = {.any = "Remove amdgpu.gttsize from the kernel command line and "
                                "/etc/modprobe.d.\n"
                                "To set ttm.pages_limit instead, see: trilby "
                                "doctor --explain TRL-A016\n"
                                "Restart.",
                         .fedora = "sudo grubby --update-kernel=ALL --remove-args=amdgpu.gttsize\n"
                                   "To set ttm.pages_limit instead, see: trilby "
                                   "doctor --explain TRL-A016\n"
                                   "sudo systemctl reboot",
                         .atomic = "rpm-ostree kargs --delete=amdgpu.gttsize\n"
                                   "To set ttm.pages_limit instead, see: trilby "
                                   "doctor --explain TRL-A016\n"
                                   "systemctl reboot"},
              .place = Place::host,
              .find = old_parameter},
    Condition{
        .id = "TRL-A018",
        .severity = Severity::hint,
        .title = "The firmware reserves more than half of the memory for the GPU",
        .why = "The CPU cannot use that memory, and needs memory to load data and models.",
        .remedy = {.any = "In the firmware setup: set the memory of the GPU (UMA frame buffer) "
                          "to 512 MiB.\n"
                          "To change how much memory the GPU may then use: trilby doctor "
                          "--explain TRL-A016"},
        .place = Place::host,
        .find = large_reserve},
    Condition{
        .id = "TRL-A023",
        .severity = Severity::degrades,
        .title = "The memory of the AMD GPU is almost full",
        .why = "A program that starts now runs out of memory, or its data moves over PCI Express.",
        .remedy =
            {.any =
                 "rocm-smi --showpids\nEnd programs that you do not need, such as: systemctl stop "
                 "ollama"},
        .find = full},
};

}  // namespace

std::span<const Condition> amd_memory_conditions() {
    return conditions;
}

}  // namespace trilby::doctor
