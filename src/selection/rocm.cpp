// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/requirements.hpp"
#include "selection/requirements.hpp"

namespace trilby::selection {
namespace {

std::vector<std::string> amd_targets_of(const Machine& machine) {
    std::vector<std::string> targets;
    if (machine.kfd_nodes) {
        for (const KfdNode& node : *machine.kfd_nodes) {
            if (node.gfx_target) {
                targets.push_back(*node.gfx_target);
            }
        }
    }
    return targets;
}

}  // namespace

const Backend& rocm_backend() {
    static constexpr Backend backend{
        .name = "rocm",
        .gpu = Gpu{.family = "amd", .requirements = rocm_requirements, .targets = amd_targets_of}};
    return backend;
}

}  // namespace trilby::selection
