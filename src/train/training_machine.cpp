// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/training_machine.hpp"

#include <utility>

#include "install/version.hpp"

namespace trilby::train {
namespace {

std::optional<std::string> if_known(const Observed<std::string>& fact) {
    return fact ? std::optional(*fact) : std::nullopt;
}

}  // namespace

TrainingMachine training_machine(const OperatingSystem& system, std::string backend) {
    return {.trilby = version,
            .backend = std::move(backend),
            .device = {},
            .libtorch = {},
            .system = if_known(system.pretty_name),
            .kernel = if_known(system.kernel_release)};
}

}  // namespace trilby::train
