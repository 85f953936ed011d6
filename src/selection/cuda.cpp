// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/nvidia.hpp"
#include "machine/requirements.hpp"
#include "selection/requirements.hpp"

namespace trilby::selection {
namespace {

std::vector<std::string> nvidia_targets_of(const Machine& machine) {
    std::vector<std::string> targets;
    for (const PciDevice* card : working_nvidia_cards(machine)) {
        if (std::string target = nvidia_target(machine, *card); !target.empty()) {
            targets.push_back(std::move(target));
        }
    }
    return targets;
}

}  // namespace

const Backend& cuda_backend() {
    static constexpr Backend backend{
        .name = "cuda",
        .gpu = Gpu{
            .family = "nvidia", .requirements = cuda_requirements, .targets = nvidia_targets_of}};
    return backend;
}

}  // namespace trilby::selection
