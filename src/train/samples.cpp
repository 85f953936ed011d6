// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/samples.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "train/images/samples.hpp"
#include "train/predictions.hpp"
#include "train/series/samples.hpp"
#include "train/table/samples.hpp"
#include "train/text/samples.hpp"

namespace trilby::train {

std::vector<std::size_t> spread(std::size_t size, std::size_t most) {
    const std::size_t count = std::min(size, most);
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < count; ++i) {
        positions.push_back(i * size / count);
    }
    return positions;
}

Samples class_samples(const std::vector<std::string>& classes, std::span<const std::int32_t> truth,
                      std::span<const float> probabilities,
                      const std::function<data::Image(std::size_t)>& picture) {
    constexpr std::size_t most_first = 8;
    constexpr std::size_t most_errors = 16;
    const std::vector<std::int32_t> predicted = largest(probabilities, classes.size());
    const auto probability = [&](std::size_t i) {
        const float value =
            probabilities[i * classes.size() + static_cast<std::size_t>(predicted[i])];
        return std::isfinite(value) ? double{value} : 0.0;
    };
    const auto sample = [&](std::size_t i) {
        return ClassSample{.example = static_cast<std::int64_t>(i + 1),
                           .truth = classes[static_cast<std::size_t>(truth[i])],
                           .predicted = classes[static_cast<std::size_t>(predicted[i])],
                           .probability = probability(i),
                           .picture = picture ? std::optional(picture(i)) : std::nullopt};
    };
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        if (predicted[i] != truth[i]) {
            wrong.push_back(i);
        }
    }
    std::ranges::stable_sort(wrong, std::greater(), probability);
    wrong.resize(std::min(wrong.size(), most_errors));
    Samples samples;
    for (std::size_t i = 0; i < std::min(predicted.size(), most_first); ++i) {
        samples.first.push_back(sample(i));
    }
    std::ranges::transform(wrong, std::back_inserter(samples.errors), sample);
    return samples;
}

Result<Samples> choose_samples(const Recipe& recipe, const PreparedData& data,
                               std::span<const float> outputs) {
    return std::visit([&](const auto& settings) { return choose_samples(settings, data, outputs); },
                      recipe.task);
}

}  // namespace trilby::train
