// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that do not depend on the GPU vendor: slots, memory, disks, package sources, and
/// machines on which no GPU can compute.

#include <algorithm>
#include <array>
#include <set>

#include "base/units.hpp"
#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;

Evidence apple_silicon(const Facts& facts) {
    const auto compatible = facts.text(watched::texts.device_tree);
    return compatible.value_or("").find("apple,arm-platform") != std::string::npos
               ? found(quote(compatible))
               : std::nullopt;
}

Evidence virtual_machine_without_gpu(const Facts& facts) {
    const auto& devices = facts.machine.pci_devices;
    if (!devices || devices->empty() || is_wsl(facts.machine) ||
        !std::ranges::all_of(*devices, is_virtual_display)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const PciDevice& device : *devices) {
        lines.push_back(fmt::format("{}: {}", devices.source(), describe(device)));
    }
    return lines;
}

/// A virtual machine, whose link widths are not real.
bool is_virtual_machine(const Facts& facts) {
    constexpr std::array<std::string_view, 6> makers{"Amazon EC2",   "Google", "QEMU",
                                                     "VMware, Inc.", "Xen",    "innotek GmbH"};
    const std::string maker = facts.text(watched::texts.system_vendor).value_or("");
    const std::string product = facts.text(watched::texts.product_name).value_or("");
    return std::ranges::find(makers, maker) != makers.end() || product == "Virtual Machine" ||
           std::ranges::any_of(facts.machine.pci_devices.value_or({}), is_virtual_display);
}

bool is_fast_and_narrow(const PciLink& link) {
    constexpr std::uint32_t few_lanes = 2;
    constexpr std::uint32_t many_lanes = 8;
    // Cards that save power slow down to 2.5 or 5 GT/s, and some switch lanes off as well.
    constexpr double idle_gt_per_s = 5.0;
    return link.width && link.max_width && link.speed_gt_per_s && *link.width <= few_lanes &&
           *link.max_width >= many_lanes && *link.speed_gt_per_s > idle_gt_per_s;
}

Evidence narrow_link(const Facts& facts) {
    if (is_virtual_machine(facts)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const PciDevice& device : facts.machine.pci_devices.value_or({})) {
        const std::uint16_t vendor = device.vendor_id.value_or(0);
        if ((vendor == pci_vendor::nvidia || vendor == pci_vendor::amd) &&
            is_fast_and_narrow(device.link)) {
            lines.push_back(fmt::format("{}: {} uses {} of {} lanes, at {} GT/s",
                                        printable(device.link.width.source(), 256),
                                        describe(device), *device.link.width,
                                        *device.link.max_width, *device.link.speed_gt_per_s));
        }
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

/// Only GPUs that are used for computing. An APU beside a card is not.
Evidence slow_gpu(const Facts& facts) {
    constexpr std::array levels{"low", "profile_min_sclk", "profile_min_mclk"};
    const auto cards = amd_compute_cards(facts.machine);
    std::set<std::string> lines;
    for (const KfdNode* node : cards.empty() ? amd_compute_nodes(facts.machine) : cards) {
        const AmdGpu* gpu = amd_gpu_of(facts.machine, *node);
        const std::string level = gpu != nullptr ? gpu->performance_level.value_or("") : "";
        if (std::ranges::find(levels, level) != levels.end()) {
            lines.insert(quote(gpu->performance_level));
        }
    }
    return has_working_nvidia_device(facts.machine) ? std::nullopt
                                                    : found_if_any({lines.begin(), lines.end()});
}

Evidence compressed_swap_only(const Facts& facts) {
    constexpr std::uint64_t little = 12 * gib;
    const auto& swaps = facts.machine.environment.swaps;
    const auto& total = facts.machine.memory.total_bytes;
    if (!swaps || swaps->empty() || !total || *total >= little || !is_on_host(facts.machine)) {
        return std::nullopt;
    }
    const bool are_compressed = std::ranges::all_of(
        *swaps, [](const std::string& name) { return name.starts_with("/dev/zram"); });
    return are_compressed
               ? Evidence({fmt::format("{}: only {}", swaps.source(), swaps->front()),
                           fmt::format("{}: {} of memory", total.source(), format_bytes(*total))})
               : std::nullopt;
}

Evidence little_space(const Facts& facts) {
    constexpr std::uint64_t little = 10 * gib;
    const auto& free = facts.machine.environment.free_cache_bytes;
    return free && *free < little
               ? found(fmt::format("{}: {} free", free.source(), format_bytes(*free)))
               : std::nullopt;
}

/// The N of "fedoraN" in an address of NVIDIA's CUDA repository; nothing for other addresses.
std::optional<unsigned> cuda_release(std::string_view address) {
    constexpr std::string_view place = "/compute/cuda/repos/fedora";
    const std::size_t at = address.find(place);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = address.substr(at + place.size());
    return parse_number<unsigned>(rest.substr(0, rest.find('/')));
}

bool has_key_of_other_release(const Repository& repository) {
    constexpr unsigned first_with_own_key = 43;
    const auto packages = cuda_release(repository.base_url);
    const auto key = cuda_release(repository.gpg_key);
    return packages && key && *packages != *key && std::max(*packages, *key) >= first_with_own_key;
}

/// The first enabled repository with a property; null if there is none.
const Repository* find_repository(const Facts& facts, const auto& has_property) {
    const auto& repositories = facts.machine.environment.repositories;
    if (!repositories) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(*repositories, [&](const Repository& repository) {
        return repository.is_enabled && has_property(repository);
    });
    return found == repositories->end() ? nullptr : &*found;
}

std::string quote_base_url(const Repository& repository) {
    return fmt::format("{}: baseurl={}", printable(repository.path, 256),
                       printable(repository.base_url, 256));
}

Evidence key_of_other_release(const Facts& facts) {
    const Repository* repository = find_repository(facts, has_key_of_other_release);
    return repository == nullptr
               ? std::nullopt
               : Evidence({quote_base_url(*repository),
                           fmt::format("{}: gpgkey={}", printable(repository->path, 256),
                                       printable(repository->gpg_key, 256))});
}

/// The file of a repository and the release that its packages are for.
Values file_and_release(const Repository* repository) {
    return repository == nullptr
               ? Values()
               : Values{{"file", repository->path},
                        {"release", fmt::format("{}", *cuda_release(repository->base_url))}};
}

Values repository_with_other_key(const Facts& facts) {
    return file_and_release(find_repository(facts, has_key_of_other_release));
}

/// The release of this Fedora; nothing on other systems.
std::optional<unsigned> fedora_release(const Facts& facts) {
    const auto& os = facts.machine.os;
    return os.id.value_or("") == "fedora" ? parse_number<unsigned>(os.version_id.value_or(""))
                                          : std::nullopt;
}

const Repository* foreign_repository(const Facts& facts) {
    const auto release = fedora_release(facts);
    return find_repository(facts, [&](const Repository& repository) {
        const auto packages = cuda_release(repository.base_url);
        return release && packages && *packages != *release;
    });
}

Evidence repository_of_other_release(const Facts& facts) {
    const Repository* repository = foreign_repository(facts);
    return repository == nullptr
               ? std::nullopt
               : Evidence({quote_base_url(*repository),
                           fmt::format("this is Fedora {}", *fedora_release(facts))});
}

Values repository_for_other_release(const Facts& facts) {
    return file_and_release(foreign_repository(facts));
}

Evidence intel_without_level_zero(const Facts& facts) {
    const auto devices = devices_of(facts.machine, pci_vendor::intel);
    const auto card = std::ranges::find_if(
        devices, [](const PciDevice* device) { return is_intel_card(*device); });
    if (card == devices.end()) {
        return std::nullopt;
    }
    for (const char* name : {"libze_intel_gpu.so.1", "libze_loader.so.1"}) {
        if (is_library_missing(facts.machine, name)) {
            return Evidence(
                {fmt::format("{}, with the driver {}", describe(**card), *(*card)->driver),
                 fmt::format("none of the loader's folders has {}", name)});
        }
    }
    return std::nullopt;
}

/// The number of cards that could share the work. Integrated graphics do not count.
std::size_t gpu_count(const Machine& machine) {
    constexpr std::uint64_t least_memory = 4 * gib;
    const auto cards = machine.amd_gpus.value_or({});
    const auto amd_count = std::ranges::count_if(
        cards, [](const AmdGpu& gpu) { return gpu.vram_bytes.value_or(0) >= least_memory; });
    return std::max(devices_of(machine, pci_vendor::nvidia).size(),
                    static_cast<std::size_t>(amd_count));
}

bool cannot_connect(const LibTorch& libtorch) {
    const auto is_without = [](const Observed<bool>& has) { return !has.value_or(true); };
    return is_without(libtorch.has_gloo) && !libtorch.has_nccl.value_or(false) &&
           !libtorch.has_rccl.value_or(false) &&
           (is_without(libtorch.has_nccl) || is_without(libtorch.has_rccl));
}

Evidence no_way_between_gpus(const Facts& facts) {
    if (gpu_count(facts.machine) < 2) {
        return std::nullopt;
    }
    for (const LibTorch& libtorch : facts.machine.libtorch.value_or({})) {
        if (cannot_connect(libtorch)) {
            return found(fmt::format("the LibTorch in {} has neither Gloo nor NCCL nor RCCL ({})",
                                     printable(libtorch.folder, 256), libtorch.has_gloo.source()));
        }
    }
    return std::nullopt;
}

Evidence no_rocm_configuration(const Facts& facts) {
    constexpr watched::Name wanted = watched::files.rocblas_cmake;
    if (!facts.has_file(watched::files.cmake) || !facts.lacks_file(wanted)) {
        return std::nullopt;
    }
    for (const LibTorch& libtorch : facts.machine.libtorch.value_or({})) {
        if (libtorch.flavour.value_or("") == "rocm" &&
            libtorch.folder.starts_with("/usr/lib64/python3")) {
            return Evidence(
                {fmt::format("the LibTorch in {} is for ROCm", printable(libtorch.folder, 256)),
                 fmt::format("/usr/bin/cmake is installed, but {} does not exist", wanted)});
        }
    }
    return std::nullopt;
}

constexpr std::array system_table{
    Condition{.id = "TRL-G021",
              .severity = Severity::hint,
              .reads = {watched::texts.device_tree},
              .find = apple_silicon},
    Condition{.id = "TRL-G013", .severity = Severity::hint, .find = virtual_machine_without_gpu},
    Condition{.id = "TRL-G016",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::texts.system_vendor, watched::texts.product_name},
              .find = narrow_link},
    Condition{
        .id = "TRL-G015", .severity = Severity::degrades, .place = Place::host, .find = slow_gpu},
    Condition{.id = "TRL-G018",
              .severity = Severity::degrades,
              .find = key_of_other_release,
              .values = repository_with_other_key},
    Condition{.id = "TRL-G019",
              .severity = Severity::hint,
              .find = repository_of_other_release,
              .values = repository_for_other_release},
    Condition{.id = "TRL-G020", .severity = Severity::hint, .find = intel_without_level_zero},
    Condition{.id = "TRL-G001", .severity = Severity::hint, .find = no_way_between_gpus},
    Condition{.id = "TRL-G003",
              .severity = Severity::hint,
              .place = Place::host,
              .find = compressed_swap_only},
    Condition{.id = "TRL-G011", .severity = Severity::hint, .find = little_space},
    Condition{.id = "TRL-G010",
              .severity = Severity::hint,
              .reads = {watched::files.cmake, watched::files.rocblas_cmake},
              .find = no_rocm_configuration},
};

}  // namespace

std::span<const Condition> system_conditions() {
    return system_table;
}

}  // namespace trilby::doctor
