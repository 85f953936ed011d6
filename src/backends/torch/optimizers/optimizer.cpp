// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/optimizer.hpp"

#include <fmt/format.h>
#include <utility>

#include "backends/torch/optimizers/adamw.hpp"
#include "backends/torch/optimizers/muon.hpp"
#include "backends/torch/optimizers/sgd.hpp"

namespace trilby::backends {

std::unique_ptr<Optimizer> make_optimizer(const train::OptimizerSettings& settings,
                                          std::vector<Parameter> parameters) {
    using Kind = train::OptimizerSettings::Kind;
    if (settings.kind == Kind::sgd) {
        return std::make_unique<Sgd>(settings, std::move(parameters));
    }
    if (settings.kind == Kind::muon) {
        return std::make_unique<Muon>(settings, parameters);
    }
    return std::make_unique<AdamW>(settings, std::move(parameters));
}

void append_slot(NamedTensors& state, const char* slot, const std::vector<Parameter>& parameters,
                 const Tensors& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        state.emplace_back(fmt::format("{}.{}", slot, parameters[i].name), tensors[i]);
    }
}

}  // namespace trilby::backends
