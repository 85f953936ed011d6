// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a container will find of the GPU, told on the host before it is made.

#pragma once

#include <string>
#include <vector>

#include "toolbox/maker.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::toolbox {

struct Prospect {
    std::string what;  ///< "nodes", "groups", "driver", "CDI", "SELinux"
    std::string text;
};

/// Pure. Empty where the container needs no GPU.
[[nodiscard]] std::vector<Prospect> forecast(const Machine& machine, const ContainerPlan& plan,
                                             MakerKind maker);

/// Those findings about the host that hold inside as well: its driver, its nodes, its
/// specifications. Its own libraries of others do not matter there.
[[nodiscard]] std::vector<Finding> findings_inside(const Diagnosis& of_host);

}  // namespace trilby::toolbox
