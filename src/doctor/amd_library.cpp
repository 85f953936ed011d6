// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions in which LibTorch or ROCm's libraries cannot use an AMD GPU that the driver lists.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "binary/shared_library.hpp"
#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::doctor {
namespace {

constexpr std::string_view hip_prefix = "libamdhip64.so.";

/// The GPUs that can compute and whose target is known. Empty if the user overrides a target.
std::vector<const KfdNode*> named_nodes(const Facts& facts) {
    auto nodes = amd_compute_nodes(facts.machine);
    const bool is_any_overridden = std::ranges::any_of(nodes, [&](const KfdNode* node) {
        return facts.override_of(*node).presence() != Presence::absent;
    });
    if (is_any_overridden) {
        return {};
    }
    std::erase_if(nodes, [](const KfdNode* node) { return !node->gfx_target; });
    return nodes;
}

/// No build has code for any of these GPUs. One GPU that works is enough.
bool is_served_by_none(const std::vector<const LibTorch*>& builds,
                       const std::vector<const KfdNode*>& nodes) {
    return !builds.empty() && !nodes.empty() &&
           std::ranges::all_of(builds, [&](const LibTorch* build) {
               return std::ranges::all_of(nodes, [&](const KfdNode* node) {
                   return lacks_code_for(*build, *node->gfx_target);
               });
           });
}

bool has_supported(const std::vector<const KfdNode*>& nodes) {
    return std::ranges::any_of(nodes, [](const KfdNode* node) {
        return is_supported_by_rocm(node->gfx_target.value_or(""));
    });
}

/// Adds the GPUs, and where AMD has builds of LibTorch for them.
void add_gpus(std::vector<std::string>& lines, const std::vector<const KfdNode*>& nodes) {
    for (const KfdNode* node : nodes) {
        lines.push_back(describe(*node));
        add_build_folder(lines, node->gfx_target.value_or(""));
    }
}

std::vector<std::string> describe_targets(const std::vector<const LibTorch*>& builds,
                                          const std::vector<const KfdNode*>& nodes) {
    std::vector<std::string> lines;
    for (const LibTorch* build : builds) {
        lines.push_back(
            fmt::format("the LibTorch in {} has code for {}", printable(build->folder, 256),
                        printable(fmt::format("{}", fmt::join(*build->gpu_targets, " ")), 512)));
    }
    add_gpus(lines, nodes);
    return lines;
}

Evidence without_code(const Facts& facts, bool is_supported) {
    const auto builds = libtorch_builds(facts.machine, "rocm");
    const auto nodes = named_nodes(facts);
    return is_served_by_none(builds, nodes) && has_supported(nodes) == is_supported &&
                   is_complete(facts.machine, FactList::libtorch)
               ? Evidence(describe_targets(builds, nodes))
               : std::nullopt;
}

Evidence no_code(const Facts& facts) {
    return without_code(facts, true);
}

Evidence no_code_for_unsupported(const Facts& facts) {
    return without_code(facts, false);
}

bool is_for_strix_halo_only(const LibTorch& build) {
    return is_from_distribution(build) && build.gpu_targets &&
           *build.gpu_targets == std::vector<std::string>{"gfx1151"};
}

Evidence built_for_one(const Facts& facts) {
    const auto builds = libtorch_builds(facts.machine, "rocm");
    const bool is_any = std::ranges::any_of(
        builds, [](const LibTorch* build) { return is_for_strix_halo_only(*build); });
    return is_any && is_fedora_based(facts) ? no_code(facts) : std::nullopt;
}

using Targets = Observed<std::vector<std::string>>;

/// The targets of a library's data files.
Targets targets_of(const Observed<std::vector<std::string>>& files) {
    return files.parse([](const auto& names) { return std::optional(targets_in(names)); });
}

/// "FOLDER has data for gfx1030 gfx1100, but not for gfx906 at ...".
std::string describe_data(const Targets& targets, const KfdNode& node) {
    return fmt::format("{} has data for {}, but not for {}", printable(targets.source(), 256),
                       printable(fmt::format("{}", fmt::join(*targets, " ")), 512), describe(node));
}

/// A library's data files are known, and none is for the GPU.
bool lacks_data(const Targets& targets, const KfdNode& node) {
    return targets && !targets->empty() &&
           std::ranges::none_of(*targets, [&](const std::string& target) {
               return target_runs_on(target, *node.gfx_target);
           });
}

constexpr std::string_view amd_folder = "/opt/rocm/";

/// The distribution's LibTorch has code for the GPU, but the library that it uses has no data for
/// it.
Evidence without_data(const Facts& facts, const Targets& targets) {
    std::vector<std::string> lines;
    for (const KfdNode* node : named_nodes(facts)) {
        const auto builds = libtorch_builds(facts.machine, "rocm");
        const bool is_used = std::ranges::any_of(builds, [&](const LibTorch* build) {
            return is_from_distribution(*build) && has_code_for(*build, *node->gfx_target);
        });
        if (is_used && lacks_data(targets, *node)) {
            lines.push_back(describe_data(targets, *node));
        }
    }
    return found_if_any(std::move(lines));
}

bool is_data_elsewhere(const Facts& facts) {
    return facts.variable(watched::variables.rocblas_tensile_libpath).presence() !=
           Presence::absent;
}

bool is_from_amd(const Observed<std::vector<std::string>>& files) {
    return files.source().starts_with(amd_folder);
}

Evidence no_rocblas_data(const Facts& facts) {
    const auto& files = facts.machine.environment.rocblas_files;
    return is_from_amd(files) || is_data_elsewhere(facts) ? std::nullopt
                                                          : without_data(facts, targets_of(files));
}

/// The rocBLAS that a program would use for the GPU, if it has no data for it: that of every build
/// with code for the GPU, or that of AMD's packages if there is no LibTorch for ROCm.
std::vector<Targets> useless_data(const Machine& machine, const KfdNode& node) {
    std::vector<Targets> found;
    for (const LibTorch* build : libtorch_builds(machine, "rocm")) {
        if (has_code_for(*build, *node.gfx_target)) {
            found.push_back(build->rocblas_targets);
        }
    }
    const auto& files = machine.environment.rocblas_files;
    if (lacks_libtorch(machine, "rocm") && is_from_amd(files)) {
        found.push_back(targets_of(files));
    }
    const bool is_useless = is_complete(machine, FactList::libtorch) &&
                            std::ranges::all_of(found, [&](const Targets& targets) {
                                return lacks_data(targets, node);
                            });
    return is_useless ? found : std::vector<Targets>();
}

Evidence no_data_in_wheel_or_packages_of_amd(const Facts& facts) {
    if (is_data_elsewhere(facts)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const KfdNode* node : named_nodes(facts)) {
        const auto useless = useless_data(facts.machine, *node);
        for (const Targets& targets : useless) {
            lines.push_back(describe_data(targets, *node));
        }
        if (!useless.empty()) {
            add_build_folder(lines, *node->gfx_target);
        }
    }
    return found_if_any(std::move(lines));
}

Evidence no_hipblaslt_data(const Facts& facts) {
    const auto preference = facts.variable(watched::variables.torch_blas_prefer_hipblaslt);
    const bool is_elsewhere =
        facts.variable(watched::variables.hipblaslt_tensile_libpath).presence() != Presence::absent;
    if (preference.value_or("0") != "1" || is_elsewhere) {
        return std::nullopt;
    }
    auto evidence = without_data(facts, targets_of(facts.machine.environment.hipblaslt_files));
    if (evidence) {
        evidence->insert(evidence->begin(), quote(preference));
    }
    return evidence;
}

bool is_in_system_folder(const LibraryFile& file) {
    const std::string folder = file.path.substr(0, file.path.rfind('/'));
    return std::ranges::find(binary::system_library_folders, folder) !=
           binary::system_library_folders.end();
}

/// The distribution's copy of a library, if the loader finds `first` before it; else null.
const LibraryFile* shadowed(const Machine& machine, const LibraryFile& first) {
    const auto& files = *machine.libraries;
    const auto file = std::ranges::find_if(files, [&](const LibraryFile& other) {
        return other.name == first.name && is_in_system_folder(other);
    });
    return is_in_system_folder(first) || file == files.end() ? nullptr : &*file;
}

Evidence two_runtimes(const Facts& facts) {
    std::vector<std::string> lines;
    for (const std::string_view name : watched::libraries) {
        if (!name.starts_with(hip_prefix) && name != "libhsa-runtime64.so.1") {
            continue;
        }
        const LibraryFile* first = library(facts.machine, name);
        const LibraryFile* other = first == nullptr ? nullptr : shadowed(facts.machine, *first);
        if (other != nullptr) {
            lines.push_back(fmt::format("{} is loaded instead of {}", printable(first->path, 256),
                                        printable(other->path, 256)));
        }
    }
    return amd_compute_nodes(facts.machine).empty() ? std::nullopt : found_if_any(std::move(lines));
}

/// The first HIP runtime of any release; null if there is none.
const LibraryFile* any_hip(const Machine& machine) {
    const auto& files = *machine.libraries;
    const auto file = std::ranges::find_if(
        files, [](const LibraryFile& one) { return one.name.starts_with(hip_prefix); });
    return file == files.end() ? nullptr : &*file;
}

/// The builds that need a HIP runtime that is not installed; empty if any build works.
std::vector<const LibTorch*> builds_without_hip(const Facts& facts) {
    auto builds = libtorch_builds(facts.machine, "rocm");
    const bool is_every = std::ranges::all_of(builds, [&](const LibTorch* build) {
        return is_from_distribution(*build) &&
               build->foreign_hip.value_or("").starts_with(hip_prefix) &&
               is_library_missing(facts.machine, *build->foreign_hip);
    });
    const bool is_wanted = !amd_compute_nodes(facts.machine).empty();
    return is_every && is_wanted && is_complete(facts.machine, FactList::libtorch)
               ? builds
               : std::vector<const LibTorch*>();
}

std::string describe_need(const LibTorch& build) {
    return fmt::format("{} needs {}", printable(build.foreign_hip.source(), 256),
                       printable(*build.foreign_hip, 64));
}

Evidence other_hip(const Facts& facts) {
    std::vector<std::string> lines;
    for (const LibTorch* build : builds_without_hip(facts)) {
        if (const LibraryFile* file = any_hip(facts.machine)) {
            lines.push_back(fmt::format("{}, but only {} is installed", describe_need(*build),
                                        printable(file->path, 256)));
        }
    }
    return found_if_any(std::move(lines));
}

Evidence no_hip(const Facts& facts) {
    std::vector<std::string> lines;
    for (const LibTorch* build : builds_without_hip(facts)) {
        if (any_hip(facts.machine) == nullptr) {
            lines.push_back(
                fmt::format("{}, which is in none of the loader's folders", describe_need(*build)));
        }
    }
    return found_if_any(std::move(lines));
}

Evidence built_for_nvidia(const Facts& facts) {
    const auto nodes = amd_compute_nodes(facts.machine);
    const bool has_nvidia = !devices_of(facts.machine, pci_vendor::nvidia).empty() ||
                            !facts.lacks_file(watched::files.wsl_gpu);
    if (!has_supported(nodes) || has_nvidia || !lacks_libtorch(facts.machine, "rocm")) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const LibTorch& build : facts.machine.libtorch.value_or({})) {
        if (build.flavour.value_or("") == "cuda") {
            lines.push_back(
                fmt::format("{} is built for CUDA", printable(build.flavour.source(), 256)));
        }
    }
    if (!lines.empty()) {
        add_gpus(lines, {nodes.front()});
    }
    return found_if_any(std::move(lines));
}

/// A runtime that timed out may wait for a card to wake up; a missing one is another condition.
bool has_failed(const Runtime& hip) {
    const bool is_empty =
        hip.state == RuntimeState::answered && hip.devices && hip.devices->empty();
    return is_empty || hip.state == RuntimeState::refused ||
           hip.state == RuntimeState::wrong_version || hip.state == RuntimeState::crashed ||
           hip.state == RuntimeState::stuck;
}

Evidence runtime_without_gpu(const Facts& facts) {
    const Runtime* hip = runtime(facts.machine, "hip");
    const auto nodes = amd_compute_nodes(facts.machine);
    const DeviceNode* device = device_node(facts.machine, "/dev/kfd");
    const bool is_open = device != nullptr && device->may_open.value_or(false);
    if (hip == nullptr || nodes.empty() || !is_open || !has_failed(*hip)) {
        return std::nullopt;
    }
    const std::string said = hip->message ? printable(*hip->message, 256) : "no device";
    return Evidence({fmt::format("{}: {} ({})", printable(hip->library.value_or("HIP"), 256),
                                 runtime_state_name(hip->state), said),
                     describe(*nodes.front())});
}

Values folder_of_builds(const Facts& facts) {
    return build_folder(amd_compute_nodes(facts.machine));
}

/// The index of PyTorch's wheels with the last rocBLAS for GPUs that ROCm 6.4 dropped, or AMD's
/// folder.
Values builds_with_data(const Facts& facts) {
    const auto nodes = named_nodes(facts);
    const bool is_dropped = std::ranges::any_of(nodes, [](const KfdNode* node) {
        return *node->gfx_target == "gfx900" || *node->gfx_target == "gfx906";
    });
    return is_dropped ? Values{{"index", "rocm6.3"}} : build_folder(nodes);
}

constexpr std::array amd_library_table{
    Condition{.id = "TRL-A049",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .weigh = amd_severity,
              .reads = {watched::variables.hsa_override_gfx_version},
              .find = built_for_one,
              .values = folder_of_builds},
    Condition{.id = "TRL-A030",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .weigh = amd_severity,
              .causes = {"TRL-A049"},
              .reads = {watched::variables.hsa_override_gfx_version},
              .find = no_code,
              .values = folder_of_builds},
    Condition{.id = "TRL-A050",
              .severity = Severity::degrades,
              .reads = {watched::variables.hsa_override_gfx_version},
              .find = no_code_for_unsupported,
              .values = folder_of_builds},
    Condition{.id = "TRL-A031",
              .severity = Severity::degrades,
              .reads = {watched::variables.hsa_override_gfx_version,
                        watched::variables.rocblas_tensile_libpath},
              .find = no_rocblas_data,
              .values = folder_of_builds},
    Condition{.id = "TRL-A062",
              .severity = Severity::degrades,
              .reads = {watched::variables.hsa_override_gfx_version,
                        watched::variables.rocblas_tensile_libpath},
              .find = no_data_in_wheel_or_packages_of_amd,
              .values = builds_with_data},
    Condition{.id = "TRL-A032",
              .severity = Severity::hint,
              .reads = {watched::variables.hsa_override_gfx_version,
                        watched::variables.hipblaslt_tensile_libpath,
                        watched::variables.torch_blas_prefer_hipblaslt},
              .find = no_hipblaslt_data},
    Condition{.id = "TRL-A037", .severity = Severity::degrades, .find = two_runtimes},
    Condition{.id = "TRL-A039",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .weigh = amd_severity,
              .find = other_hip},
    Condition{.id = "TRL-A040",
              .severity = Severity::blocks,
              .concerns_libtorch = true,
              .weigh = amd_severity,
              .find = no_hip},
    Condition{.id = "TRL-A042",
              .severity = Severity::degrades,
              .reads = {watched::files.wsl_gpu},
              .find = built_for_nvidia,
              .values = folder_of_builds},
    Condition{.id = "TRL-A045",
              .severity = Severity::degrades,
              .causes = {"TRL-A004", "TRL-A036", "TRL-A037", "TRL-A039", "TRL-A040"},
              .find = runtime_without_gpu},
};

}  // namespace

std::span<const Condition> amd_library_conditions() {
    return amd_library_table;
}

}  // namespace trilby::doctor
