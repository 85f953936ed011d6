// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "machine/nvidia.hpp"
#include "selection/requirements.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::selection {
namespace {

std::vector<std::string> cuda_gpus(const Machine& machine) {
    std::vector<std::string> gpus;
    if (!machine.runtimes) {
        return gpus;
    }
    for (const Runtime& runtime : *machine.runtimes) {
        const bool is_of_nvidia = runtime.name == "cuda" || runtime.name == "nvml";
        if (!is_of_nvidia || !runtime.devices) {
            continue;
        }
        for (const RuntimeDevice& device : *runtime.devices) {
            if (device.architecture) {
                gpus.push_back(nvidia_target(*device.architecture));
            }
        }
    }
    return gpus;
}

std::vector<std::string> rocm_gpus(const Machine& machine) {
    std::vector<std::string> gpus;
    if (machine.kfd_nodes) {
        for (const KfdNode& node : *machine.kfd_nodes) {
            if (node.gfx_target) {
                gpus.push_back(*node.gfx_target);
            }
        }
    }
    return gpus;
}

bool runs_any(const std::vector<std::string>& targets, const std::string& gpu) {
    return std::ranges::any_of(
        targets, [&](std::string_view target) { return target_runs_on(target, gpu); });
}

}  // namespace

Requirement module_has_code(const Facts& facts) {
    constexpr std::string_view id = "module-gpu-code";
    const InstalledBackend* installed = find_installed(facts);
    if (installed == nullptr || !installed->manifest) {
        return unknown(id, "there is no module to ask");
    }
    const auto& targets = installed->manifest->gpu_targets;
    if (targets.empty()) {
        return unknown(id, fmt::format("{} does not say which GPUs it is for", installed->path));
    }
    const auto gpus = facts.backend == "cuda" ? cuda_gpus(facts.machine) : rocm_gpus(facts.machine);
    if (gpus.empty()) {
        return unknown(id, "no runtime or driver says what the GPUs are");
    }
    const auto found =
        std::ranges::find_if(gpus, [&](const std::string& gpu) { return runs_any(targets, gpu); });
    if (found != gpus.end()) {
        return met(id, fmt::format("the module has code for {}", printable(*found, 64)));
    }
    return missed(id,
                  fmt::format("{} is for {}, and the GPU is {}", installed->path,
                              printable(fmt::format("{}", fmt::join(targets, ", ")), 400),
                              printable(gpus.front(), 64)),
                  "build a module for it with 'trilby backend build', or use another backend");
}

}  // namespace trilby::selection
