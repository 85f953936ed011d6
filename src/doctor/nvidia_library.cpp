// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Why programs cannot use an NVIDIA card whose driver works.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

const LibraryFile* first_cuda_library(const Machine& machine) {
    return library(machine, "libcuda.so.1");
}

Evidence no_cuda_library(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const bool is_missing = is_library_missing(facts.machine, "libcuda.so.1");
    return !cards.empty() && is_missing && !is_in_container(facts.machine)
               ? Evidence(
                     std::vector{bound_to(*cards.front()),
                                 fmt::format("none of the loader's folders has libcuda.so.1 "
                                             "(searched those in {} and the system's)",
                                             printable(facts.machine.libraries.source(), 256))})
               : std::nullopt;
}

Evidence no_nvidia_smi(const Facts& facts) {
    const LibraryFile* nvml = nvidia_library(facts.machine, "libnvidia-ml.so.1");
    const bool is_host =
        !is_in_container(facts.machine) && loaded_driver(facts.machine, "nvidia") != nullptr;
    return is_host && nvml != nullptr && facts.lacks_file(watched::files.nvidia_smi)
               ? found(fmt::format("{} exists, but /usr/bin/nvidia-smi does not",
                                   printable(nvml->path, 256)))
               : std::nullopt;
}

struct NeededDriver {
    std::uint32_t cuda;    ///< major version of the toolkit
    std::uint32_t driver;  ///< oldest major version that supports it
};
constexpr std::array needed_drivers{NeededDriver{11, 450}, NeededDriver{12, 525},
                                    NeededDriver{13, 580}};

/// The major version of the driver that a LibTorch needs; nothing if it is not known.
std::optional<std::uint32_t> needed_driver(const LibTorch& libtorch) {
    const std::uint32_t cuda = major_version(libtorch.cuda_version.value_or(""));
    const auto* needed = std::ranges::find(needed_drivers, cuda, &NeededDriver::cuda);
    return needed == needed_drivers.end() ? std::nullopt : std::optional(needed->driver);
}

Evidence driver_too_old(const Facts& facts) {
    const LibraryFile* cuda = nvidia_library(facts.machine, "libcuda.so.1");
    const auto libtorchs = libtorch_builds(facts.machine, "cuda");
    if (cuda == nullptr || cuda != first_cuda_library(facts.machine) ||
        working_nvidia_cards(facts.machine).empty() ||
        !is_complete(facts.machine, FactList::libtorch)) {
        return std::nullopt;
    }
    const bool is_too_old_for_all =
        !libtorchs.empty() && std::ranges::all_of(libtorchs, [&](const LibTorch* libtorch) {
            return needed_driver(*libtorch).value_or(0) > major_version(*cuda->version);
        });
    if (!is_too_old_for_all) {
        return std::nullopt;
    }
    std::vector lines{fmt::format("{} has release {}", printable(cuda->path, 256),
                                  printable(*cuda->version, 64))};
    for (const LibTorch* libtorch : libtorchs) {
        lines.push_back(fmt::format(
            "the LibTorch in {} was built with CUDA {}, which needs "
            "release {} ({})",
            printable(libtorch->folder, 256), printable(*libtorch->cuda_version, 32),
            *needed_driver(*libtorch), printable(libtorch->cuda_version.source(), 256)));
    }
    return lines;
}

Evidence no_code_for_card(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const auto libtorchs = libtorch_builds(facts.machine, "cuda");
    if (cards.empty() || libtorchs.empty() || !is_complete(facts.machine, FactList::libtorch)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const PciDevice* card : cards) {
        const std::string target = nvidia_target(facts.machine, *card);
        const bool has_any = std::ranges::any_of(libtorchs, [&](const LibTorch* libtorch) {
            return !lacks_code_for(*libtorch, target);
        });
        // One card that works is enough.
        if (target.empty() || has_any) {
            return std::nullopt;
        }
        lines.push_back(fmt::format("{} needs code for {}", describe(*card), target));
    }
    for (const LibTorch* libtorch : libtorchs) {
        lines.push_back(
            fmt::format("the LibTorch in {} has code for {} ({})", printable(libtorch->folder, 256),
                        printable(fmt::format("{}", fmt::join(*libtorch->gpu_targets, ", ")), 256),
                        printable(libtorch->gpu_targets.source(), 256)));
    }
    return lines;
}

Evidence stub_library(const Facts& facts) {
    const LibraryFile* cuda = first_cuda_library(facts.machine);
    if (has_answered(facts.machine, "cuda", "(CUDA error 34)")) {
        return found(quote_message(*runtime(facts.machine, "cuda")));
    }
    return cuda != nullptr && cuda->path.find("/stubs/") != std::string::npos
               ? found(fmt::format("{} is the first libcuda.so.1 that the loader finds",
                                   printable(cuda->path, 256)))
               : std::nullopt;
}

/// The number of cards that an index can select; nothing if cards are divided.
std::optional<std::size_t> countable_cards(const Machine& machine) {
    if (!machine.nvidia_gpus || machine.nvidia_gpus->empty()) {
        return std::nullopt;
    }
    const bool is_divided = std::ranges::any_of(*machine.nvidia_gpus, [](const NvidiaGpu& gpu) {
        return !gpu.mig_instances.value_or({}).empty();
    });
    return is_divided ? std::nullopt : std::optional(machine.nvidia_gpus->size());
}

/// CUDA reads the list up to the first entry that is not a card.
Evidence hidden_cards(const Facts& facts) {
    const auto visible = facts.variable(watched::variables.cuda_visible_devices);
    const auto count = countable_cards(facts.machine);
    if (!visible || !count || working_nvidia_cards(facts.machine).empty()) {
        return std::nullopt;
    }
    const std::string_view list = trim(*visible);
    if (list.empty() || list == "NoDevFiles") {
        return found(quote(visible));
    }
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const auto index = parse_number<std::int64_t>(trim(list.substr(begin, end - begin)));
        begin = end + 1;
        // The entry is an identifier. Those of the cards are not known.
        if (!index) {
            return std::nullopt;
        }
        if (*index < 0 || *index >= static_cast<std::int64_t>(*count)) {
            return found(fmt::format("{}, but the cards are 0 to {} ({})", quote(visible),
                                     *count - 1,
                                     printable(facts.machine.nvidia_gpus.source(), 256)));
        }
    }
    return std::nullopt;
}

bool are_all_geforce(const Machine& machine) {
    return machine.nvidia_gpus && !machine.nvidia_gpus->empty() &&
           std::ranges::all_of(*machine.nvidia_gpus, [](const NvidiaGpu& gpu) {
               return gpu.model.value_or("").find("GeForce") != std::string::npos;
           });
}

Evidence compatibility_library(const Facts& facts) {
    if (has_answered(facts.machine, "cuda", "(CUDA error 804)")) {
        return found(quote_message(*runtime(facts.machine, "cuda")));
    }
    const LibraryFile* cuda = nvidia_library(facts.machine, "libcuda.so.1");
    const auto* driver = loaded_nvidia_version(facts.machine);
    const bool is_newer =
        cuda != nullptr && driver != nullptr && cuda == first_cuda_library(facts.machine) &&
        is_compatibility_library(*cuda) && compare_versions(*cuda->version, **driver) > 0;
    return is_newer && are_all_geforce(facts.machine)
               ? Evidence(std::vector{fmt::format("{} has release {}", printable(cuda->path, 256),
                                                  printable(*cuda->version, 64)),
                                      quote(*driver),
                                      quote(facts.machine.nvidia_gpus->front().model)})
               : std::nullopt;
}

bool has_usable_rocm(const Machine& machine) {
    return has_bound_device(machine, pci_vendor::amd, "amdgpu") &&
           !libtorch_builds(machine, "rocm").empty();
}

Evidence no_libtorch_for_cuda(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const auto& libtorchs = facts.machine.libtorch;
    if (cards.empty() || !libtorchs || libtorchs->empty() || has_usable_rocm(facts.machine) ||
        !is_complete(facts.machine, FactList::libtorch)) {
        return std::nullopt;
    }
    std::vector lines{bound_to(*cards.front())};
    for (const LibTorch& libtorch : *libtorchs) {
        const std::string flavour = libtorch.flavour.value_or("cuda");
        if (flavour == "cuda") {
            return std::nullopt;
        }
        lines.push_back(fmt::format("the LibTorch in {} is for {} ({})",
                                    printable(libtorch.folder, 256), printable(flavour, 32),
                                    printable(libtorch.flavour.source(), 256)));
    }
    return lines;
}

Evidence not_ready(const Facts& facts) {
    return has_answered(facts.machine, "cuda", "(CUDA error 802)")
               ? found(quote_message(*runtime(facts.machine, "cuda")))
               : std::nullopt;
}

Evidence cuda_sees_nothing(const Facts& facts) {
    const Runtime* nvml = runtime(facts.machine, "nvml");
    const bool has_devices = nvml != nullptr && nvml->state == RuntimeState::answered &&
                             !nvml->devices.value_or({}).empty();
    return has_devices && has_answered(facts.machine, "cuda", "(CUDA error 100)")
               ? Evidence(std::vector{quote_message(*runtime(facts.machine, "cuda")),
                                      fmt::format("nvml: {} devices", nvml->devices->size())})
               : std::nullopt;
}

bool is_wheel(const LibTorch& libtorch) {
    return libtorch.folder.find("/site-packages/") != std::string::npos ||
           libtorch.folder.find("/dist-packages/") != std::string::npos;
}

/// The release that the LibTorch was built with. CUDA's own libraries are numbered like CUDA.
const Observed<std::string>& needed_release(const LibTorch& libtorch, std::string_view library) {
    if (library.starts_with("libcudnn.")) {
        return libtorch.cudnn_version;
    }
    return library.starts_with("libnccl.") ? libtorch.nccl_version : libtorch.cuda_version;
}

/// The loader uses this library for the LibTorch, which was built with a newer one.
bool shadows_newer(const LibraryFile& library, const LibTorch& libtorch) {
    const std::string needed = needed_release(libtorch, library.name).value_or("");
    const std::string version = library.version.value_or("");
    return is_wheel(libtorch) && !needed.empty() && !version.empty() &&
           major_version(version) == major_version(needed) && compare_versions(version, needed) < 0;
}

struct Shadowing {
    const LibraryFile* library;
    const LibTorch* libtorch;
};

std::vector<Shadowing> shadowing_libraries(const Machine& machine) {
    std::vector<Shadowing> found;
    for (const LibTorch* libtorch : libtorch_builds(machine, "cuda")) {
        for (const LibraryFile& library : machine.environment.preferred_libraries) {
            if (shadows_newer(library, *libtorch)) {
                found.push_back({&library, libtorch});
            }
        }
    }
    return found;
}

std::string describe(const Shadowing& one) {
    const auto& needed = needed_release(*one.libtorch, one.library->name);
    return fmt::format(
        "LD_LIBRARY_PATH has {} of release {}, but the LibTorch in {} was built with {} ({})",
        printable(one.library->path, 256), printable(*one.library->version, 64),
        printable(one.libtorch->folder, 256), printable(*needed, 32),
        printable(needed.source(), 256));
}

Evidence older_libraries_first(const Facts& facts) {
    if (working_nvidia_cards(facts.machine).empty() && !is_wsl(facts.machine)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const Shadowing& one : shadowing_libraries(facts.machine)) {
        lines.push_back(describe(one));
    }
    return found_if_any(std::move(lines));
}

/// These lack symbols that the newer libraries of the wheel need, so importing torch fails.
Severity severity_of_older_libraries(const Facts& facts) {
    const bool keeps_from_loading =
        std::ranges::any_of(shadowing_libraries(facts.machine), [](const Shadowing& one) {
            return one.library->name.starts_with("libnvJitLink.") ||
                   one.library->name.starts_with("libnccl.");
        });
    return keeps_from_loading ? Severity::blocks : Severity::degrades;
}

/// A library of a driver for Linux. Windows' own, in /usr/lib/wsl/lib, has no release in its name.
bool is_linux_driver(const LibraryFile& library) {
    return library.name == "libcuda.so.1" && is_driver_version(library.version) &&
           !library.path.starts_with("/usr/lib/wsl/") && !is_compatibility_library(library);
}

Evidence linux_driver_in_wsl(const Facts& facts) {
    if (!is_wsl(facts.machine) || is_in_container(facts.machine)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const LibraryFile* one : find_all(facts.machine.libraries, is_linux_driver)) {
        lines.push_back(fmt::format("{} is of release {} for Linux", printable(one->path, 256),
                                    printable(*one->version, 64)));
    }
    return found_if_any(std::move(lines));
}

Values linux_driver_files(const Facts& facts) {
    Values values;
    for (const LibraryFile* one : find_all(facts.machine.libraries, is_linux_driver)) {
        values.push_back({"file", one->path});
    }
    return values;
}

Severity severity_of_linux_driver(const Facts& facts) {
    const LibraryFile* used = first_cuda_library(facts.machine);
    return used != nullptr && is_linux_driver(*used) ? Severity::blocks : Severity::degrades;
}

constexpr std::array nvidia_library_table{
    Condition{.id = "TRL-N051",
              .severity = Severity::blocks,
              .weigh = severity_of_linux_driver,
              .find = linux_driver_in_wsl,
              .values = linux_driver_files},
    Condition{.id = "TRL-N050",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .weigh = severity_of_older_libraries,
              .find = older_libraries_first},
    Condition{.id = "TRL-N021",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N001", "TRL-N002", "TRL-N004", "TRL-C026"},
              .find = no_cuda_library},
    Condition{.id = "TRL-N022",
              .severity = Severity::hint,
              .place = Place::host,
              .causes = {"TRL-N010"},
              .reads = {watched::files.nvidia_smi},
              .find = no_nvidia_smi},
    Condition{.id = "TRL-N023",
              .severity = Severity::blocks,
              .place = Place::host,
              .concerns_libtorch = true,
              .causes = {"TRL-N010", "TRL-N027"},
              .find = driver_too_old},
    Condition{.id = "TRL-N024",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .find = no_code_for_card},
    Condition{.id = "TRL-N025", .severity = Severity::blocks, .find = stub_library},
    Condition{.id = "TRL-N026",
              .severity = Severity::degrades,
              .reads = {watched::variables.cuda_visible_devices},
              .find = hidden_cards},
    Condition{.id = "TRL-N027", .severity = Severity::blocks, .find = compatibility_library},
    Condition{.id = "TRL-N030", .severity = Severity::degrades, .find = no_libtorch_for_cuda},
    Condition{.id = "TRL-N031",
              .severity = Severity::blocks,
              .causes = {"TRL-N010", "TRL-N014", "TRL-N025", "TRL-N026", "TRL-N016", "TRL-N051"},
              .find = cuda_sees_nothing},
    Condition{.id = "TRL-N033",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N043", "TRL-N052"},
              .find = not_ready},
};

}  // namespace

std::span<const Condition> nvidia_library_conditions() {
    return nvidia_library_table;
}

}  // namespace trilby::doctor
