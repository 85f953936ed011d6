// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "machine/requirements.hpp"
#include "selection/requirements.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::selection {
namespace {

bool runs_any(const std::vector<std::string>& targets, const std::string& gpu) {
    return std::ranges::any_of(
        targets, [&](std::string_view target) { return target_runs_on(target, gpu); });
}

}  // namespace

Requirement module_has_code(const Facts& facts, const std::vector<std::string>& gpus) {
    constexpr std::string_view id = "module-gpu-code";
    const InstalledBackend* installed = find_installed(facts);
    if (installed == nullptr || !installed->manifest) {
        return unknown(id, "no module is installed");
    }
    const auto& targets = installed->manifest->gpu_targets;
    if (targets.empty()) {
        return unknown(id, fmt::format("{} does not say which GPUs it is for", installed->path));
    }
    if (gpus.empty()) {
        return unknown(id, "the targets of the GPUs are not known");
    }
    const auto found =
        std::ranges::find_if(gpus, [&](const std::string& gpu) { return runs_any(targets, gpu); });
    if (found != gpus.end()) {
        return met(id, fmt::format("the module has code for {}", printable(*found, 64)));
    }
    return missed(id,
                  fmt::format("{} is for {}, but the GPU is {}", installed->path,
                              printable(fmt::format("{}", fmt::join(targets, ", ")), 400),
                              printable(gpus.front(), 64)),
                  "build a module for it with 'trilby backend build', or use another backend");
}

}  // namespace trilby::selection
