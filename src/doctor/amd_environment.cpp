// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Variables that hide an AMD GPU from programs, or make ROCm treat it as another one.

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/ranges.h>
#include <optional>
#include <set>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/software.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::doctor {
namespace {

constexpr watched::Name rocr_name = watched::variables.rocr_visible_devices;
constexpr watched::Name hip_name = watched::variables.hip_visible_devices;
constexpr watched::Name cuda_name = watched::variables.cuda_visible_devices;

bool is_set(const Facts& facts, watched::Name variable) {
    return facts.variable(variable).presence() != Presence::absent;
}

std::vector<std::string_view> split_list(std::string_view list) {
    std::vector<std::string_view> words;
    for (;;) {
        const std::size_t end = list.find(',');
        words.push_back(trim(list.substr(0, end)));
        if (end == std::string_view::npos) {
            return words;
        }
        list.remove_prefix(end + 1);
    }
}

struct Visible {
    std::size_t count = 0;
    bool has_too_large = false;  ///< contains a number that no GPU has
};

/// The GPUs that a list leaves of `count`: the runtimes read it up to the first invalid word.
/// Nothing if it contains UUIDs, because those of the GPUs are not known.
std::optional<Visible> visible_of(std::string_view list, std::size_t count) {
    Visible visible;
    for (const std::string_view word : split_list(list)) {
        if (word.starts_with("GPU-") || word.starts_with("gpu-") || word.starts_with("0x")) {
            return std::nullopt;
        }
        const auto number = parse_number<std::uint32_t>(word);
        visible.has_too_large = number && *number >= count;
        if (visible.count == count || !number || *number >= count) {
            break;
        }
        ++visible.count;
    }
    return visible;
}

bool hides(const Visible& visible, std::size_t count) {
    return visible.count == 0 || (visible.has_too_large && visible.count < count);
}

std::string describe_list(const Observed<std::string>& variable, std::size_t count) {
    return fmt::format("{}, where the runtime counts {} GPU{} from 0", quote(variable), count,
                       count == 1 ? "" : "s");
}

/// HIP reads NVIDIA's variable if its own is empty or not set.
Observed<std::string> hip_list(const Facts& facts) {
    auto own = facts.variable(hip_name);
    return own.value_or("").empty() ? facts.variable(cuda_name) : own;
}

Evidence hidden(const Facts& facts) {
    if (amd_compute_nodes(facts.machine).empty() || !are_kfd_nodes_readable(facts.machine)) {
        return std::nullopt;
    }
    std::size_t count = facts.machine.kfd_nodes->size();
    // An empty ROCR_VISIBLE_DEVICES hides every GPU; an empty HIP variable does not.
    if (const auto list = facts.variable(rocr_name)) {
        const auto visible = visible_of(*list, count);
        if (!visible || hides(*visible, count)) {
            return visible ? found(describe_list(list, count)) : std::nullopt;
        }
        count = visible->count;
    }
    const auto list = hip_list(facts);
    if (list.value_or("").empty()) {
        return std::nullopt;
    }
    const auto visible = visible_of(*list, count);
    return visible && hides(*visible, count) ? found(describe_list(list, count)) : std::nullopt;
}

/// "gfx11" of "gfx1100".
std::string_view generation(std::string_view target) {
    constexpr std::size_t minor_and_stepping = 2;
    return target.substr(0, target.size() - std::min(target.size(), minor_and_stepping));
}

/// A build has code that runs on the GPU but not on the pretended one. If all code is for the whole
/// family, the variable changes nothing.
bool has_code_of_its_own(const Facts& facts, const std::string& native,
                         const std::string& pretended) {
    const auto builds = libtorch_builds(facts.machine, "rocm");
    return std::ranges::any_of(builds, [&](const LibTorch* build) {
        return std::ranges::any_of(build->gpu_targets.value_or({}), [&](const std::string& code) {
            return target_runs_on(code, native) && !target_runs_on(code, pretended);
        });
    });
}

/// Code for gfx1100 causes faults on these APUs, although all are gfx11.
bool is_known_to_fail(std::string_view native, std::string_view pretended) {
    return (native.starts_with("gfx115") && pretended.starts_with("gfx110")) ||
           (native == "gfx1103" && pretended == "gfx1100");
}

bool is_harmful(const Facts& facts, const std::string& native, const std::string& pretended) {
    return native != pretended &&
           (generation(native) != generation(pretended) || is_known_to_fail(native, pretended) ||
            has_code_of_its_own(facts, native, pretended));
}

/// A GPU that ROCm treats as another one, and the variable that causes it.
struct Overridden {
    const KfdNode* node;
    Observed<std::string> variable;
    std::string pretended;
    bool is_harmed;
};

std::vector<Overridden> overridden_gpus(const Facts& facts) {
    std::vector<Overridden> all;
    for (const KfdNode* node : amd_compute_nodes(facts.machine)) {
        auto variable = facts.override_of(*node);
        std::string pretended = gfx_target_of_version(variable.value_or(""));
        const std::string native = node->gfx_target.value_or("");
        if (!native.empty() && !pretended.empty() && native != pretended) {
            const bool is_harmed = is_harmful(facts, native, pretended);
            all.push_back({node, std::move(variable), std::move(pretended), is_harmed});
        }
    }
    return all;
}

/// The name of the variable that overrides the target of a node.
std::string variable_for(const Facts& facts, const KfdNode& node) {
    std::string own = override_variable(node.number);
    const bool is_own = variable(facts.machine, own).presence() != Presence::absent;
    return is_own ? own : std::string(watched::variables.hsa_override_gfx_version);
}

std::string describe(const Overridden& one) {
    return fmt::format("{}, which is {}, on {}", quote(one.variable), one.pretended,
                       trilby::describe(*one.node));
}

/// Another GPU needs the variable that harms this one.
bool is_shared(const Overridden& harmed, const std::vector<Overridden>& all) {
    return std::ranges::any_of(all, [&](const Overridden& other) {
        return !other.is_harmed && other.variable.source() == harmed.variable.source();
    });
}

std::vector<std::string> harmed_gpus(const std::vector<Overridden>& all, bool are_shared) {
    std::vector<std::string> lines;
    for (const Overridden& one : all) {
        if (one.is_harmed && is_shared(one, all) == are_shared) {
            lines.push_back(describe(one));
        }
    }
    return lines;
}

/// The harmed GPUs that no LibTorch has code for.
std::vector<const KfdNode*> gpus_without_code(const Facts& facts) {
    const auto builds = libtorch_builds(facts.machine, "rocm");
    std::vector<const KfdNode*> gpus;
    for (const Overridden& one : overridden_gpus(facts)) {
        const bool has_code = std::ranges::any_of(builds, [&](const LibTorch* build) {
            return !lacks_code_for(*build, *one.node->gfx_target);
        });
        if (one.is_harmed && !builds.empty() && !has_code) {
            gpus.push_back(one.node);
        }
    }
    return gpus;
}

Evidence needless_override(const Facts& facts) {
    auto lines = harmed_gpus(overridden_gpus(facts), false);
    if (!lines.empty()) {
        for (const KfdNode* node : gpus_without_code(facts)) {
            add_build_folder(lines, *node->gfx_target);
        }
    }
    return found_if_any(std::move(lines));
}

/// The variables to unset, and what to install for GPUs that no LibTorch has code for.
Values needless_variables(const Facts& facts) {
    const auto all = overridden_gpus(facts);
    std::set<std::string> names;
    for (const Overridden& one : all) {
        if (one.is_harmed && !is_shared(one, all)) {
            names.insert(variable_for(facts, *one.node));
        }
    }
    Values values = build_folder(gpus_without_code(facts));
    for (const std::string& name : names) {
        values.push_back({"variable", name});
    }
    return values;
}

/// "HSA_OVERRIDE_GFX_VERSION_2=10.3.0".
std::string setting_of_its_own(const Overridden& one) {
    return fmt::format("{}={}", override_variable(one.node->number), *one.variable);
}

Evidence override_for_one_gpu(const Facts& facts) {
    const auto all = overridden_gpus(facts);
    auto lines = harmed_gpus(all, true);
    for (const Overridden& one : all) {
        if (!lines.empty() && !one.is_harmed) {
            lines.push_back(
                fmt::format("{} needs {}", trilby::describe(*one.node), setting_of_its_own(one)));
        }
    }
    return found_if_any(std::move(lines));
}

Values settings_of_their_own(const Facts& facts) {
    Values values;
    for (const Overridden& one : overridden_gpus(facts)) {
        if (!one.is_harmed) {
            values.push_back({"setting", setting_of_its_own(one)});
        }
    }
    return values;
}

/// The position of a node in the order in which the runtimes count.
std::ptrdiff_t position_of(const Machine& machine, const KfdNode& node) {
    return &node - machine.kfd_nodes->data();
}

std::string describe_position(const Machine& machine, const KfdNode& node) {
    return fmt::format("GPU {} is {}", position_of(machine, node), describe(node));
}

Evidence small_beside_large(const Facts& facts) {
    const bool is_chosen =
        is_set(facts, rocr_name) || is_set(facts, hip_name) || is_set(facts, cuda_name);
    const auto large = amd_compute_nodes(facts.machine);
    if (is_chosen || large.empty() || !are_kfd_nodes_readable(facts.machine)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const KfdNode& node : *facts.machine.kfd_nodes) {
        if (is_small_apu(node)) {
            lines.push_back(describe_position(facts.machine, node));
        }
    }
    if (!lines.empty()) {
        lines.push_back(describe_position(facts.machine, *large.front()));
    }
    return found_if_any(std::move(lines));
}

/// The positions of the GPUs that can compute: "0,2".
Values positions_of_cards(const Facts& facts) {
    std::vector<std::ptrdiff_t> positions;
    for (const KfdNode* node : amd_compute_nodes(facts.machine)) {
        positions.push_back(position_of(facts.machine, *node));
    }
    return {{"cards", fmt::format("{}", fmt::join(positions, ","))}};
}

/// "gfx11" if the module "rocm/gfx11" is loaded; empty if no module for a GPU is.
std::string_view family_of_module(std::string_view loaded) {
    constexpr std::string_view prefix = "rocm/gfx";
    const std::size_t start = loaded.find(prefix);
    if (start == std::string_view::npos) {
        return {};
    }
    loaded.remove_prefix(start + prefix.size() - 3);
    return loaded.substr(0, loaded.find(':'));
}

Evidence module_of_another_gpu(const Facts& facts) {
    const auto loaded = facts.variable(watched::variables.loadedmodules);
    const std::string modules = loaded.value_or("");
    const std::string_view family = family_of_module(modules);
    const auto nodes = amd_compute_nodes(facts.machine);
    const bool is_for_none = std::ranges::none_of(nodes, [&](const KfdNode* node) {
        return !node->gfx_target || node->gfx_target->starts_with(family);
    });
    return !family.empty() && !nodes.empty() && is_for_none
               ? Evidence({quote(loaded), describe(*nodes.front())})
               : std::nullopt;
}

constexpr std::array amd_environment_table{
    Condition{
        .id = "TRL-A036",
        .severity = Severity::degrades,
        .reads = {watched::variables.cuda_visible_devices, watched::variables.hip_visible_devices,
                  watched::variables.rocr_visible_devices},
        .find = hidden},
    Condition{.id = "TRL-A033",
              .severity = Severity::degrades,
              .reads = {watched::variables.hsa_override_gfx_version},
              .find = needless_override,
              .values = needless_variables},
    Condition{.id = "TRL-A060",
              .severity = Severity::degrades,
              .reads = {watched::variables.hsa_override_gfx_version},
              .find = override_for_one_gpu,
              .values = settings_of_their_own},
    Condition{
        .id = "TRL-A035",
        .severity = Severity::hint,
        .reads = {watched::variables.cuda_visible_devices, watched::variables.hip_visible_devices,
                  watched::variables.rocr_visible_devices},
        .find = small_beside_large,
        .values = positions_of_cards},
    Condition{.id = "TRL-A038",
              .severity = Severity::hint,
              .reads = {watched::variables.loadedmodules},
              .find = module_of_another_gpu},
};

}  // namespace

std::span<const Condition> amd_environment_conditions() {
    return amd_environment_table;
}

}  // namespace trilby::doctor
