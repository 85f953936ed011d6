// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How a container will reach the GPU, found on the host before the container is created.

#pragma once

#include <string>
#include <vector>

#include "toolbox/container_tool.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::toolbox {

/// One aspect of the access to the GPU.
struct GpuAccess {
    std::string what;  ///< "nodes", "groups", "driver", "CDI", "SELinux"
    std::string text;
};

/// Pure. Empty if the container needs no GPU.
[[nodiscard]] std::vector<GpuAccess> gpu_access(const Machine& machine, const ContainerPlan& plan,
                                                ContainerToolKind tool);

/// The findings about the host that also apply in its containers: those about its driver, device
/// nodes and CDI specifications, but not its other libraries.
[[nodiscard]] std::vector<Finding> findings_inside(const Diagnosis& of_host);

}  // namespace trilby::toolbox
