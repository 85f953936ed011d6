// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/frozen_parts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "train/frozen.hpp"

namespace trilby::backends {
namespace {

/// The modules with parameters of their own; the first ones of many.
std::string names_of_parts(const torch::nn::Module& network) {
    constexpr std::size_t most = 40;
    std::vector<std::string> names;
    for (const auto& module : network.named_modules("", /*include_self=*/false)) {
        if (!module.value()->parameters(/*recurse=*/false).empty()) {
            names.push_back(module.key());
        }
    }
    for (const auto& parameter : network.named_parameters(/*recurse=*/false)) {
        names.push_back(parameter.key());
    }
    const char* more = names.size() > most ? ", ..." : "";
    names.resize(std::min(most, names.size()));
    return fmt::format("{}{}", fmt::join(names, ", "), more);
}

Result<void> check_part(const torch::nn::Module& network, const std::string& part,
                        const std::string& place) {
    const auto parameters = network.named_parameters();
    if (std::ranges::any_of(parameters, [&](const auto& parameter) {
            return train::is_frozen(parameter.key(), {part});
        })) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("{}: [training]: 'frozen' has '{}', but the network has no such part", place,
                    printable(part, 200)),
        fmt::format("its parts are {}", printable(names_of_parts(network), 2000)));
}

}  // namespace

Result<void> freeze(torch::nn::Module& network, const train::Recipe& recipe) {
    const std::vector<std::string>& frozen = recipe.training.frozen;
    for (std::size_t i = 0; i < frozen.size(); ++i) {
        TRILBY_CHECK(
            check_part(network, frozen[i], recipe.place_of(fmt::format("training.frozen[{}]", i))));
    }
    bool is_trained = false;
    for (const auto& parameter : network.named_parameters()) {
        if (train::is_frozen(parameter.key(), frozen)) {
            parameter.value().set_requires_grad(false);
        }
        is_trained = is_trained || parameter.value().requires_grad();
    }
    return is_trained ? Result<void>()
                      : failure(ErrorCode::bad_data,
                                fmt::format("{}: the network has no parameters to train",
                                            recipe.place_of("training.frozen")),
                                "freeze fewer parts of the network");
}

void set_training(torch::nn::Module& network, const std::vector<std::string>& frozen) {
    network.train();
    for (const auto& module : network.named_modules("", /*include_self=*/false)) {
        if (train::is_frozen(module.key(), frozen)) {
            module.value()->eval();
        }
    }
}

}  // namespace trilby::backends
