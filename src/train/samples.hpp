// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Single examples of an evaluation, for people to look at. Their number is bounded.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/image_file.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// An example of a classification.
struct ClassSample {
    std::int64_t example = 0;  ///< counted from 1 in the part
    std::string truth;
    std::string predicted;
    double probability = 0.0;  ///< of the predicted class
    std::optional<data::Image> picture;
};

/// Numbers that a network predicts.
struct NumberSamples {
    std::string name;
    std::vector<std::pair<double, double>> pairs;  ///< truth and prediction
};

/// A window of a variable of a series.
struct ForecastSample {
    std::string variable;
    std::int64_t window = 0;       ///< counted from 1 in the part
    std::vector<double> past;      ///< its end
    std::vector<double> truth;     ///< not a number where a value is missing
    std::vector<double> forecast;  ///< as long as the truth
};

struct Samples {
    std::vector<ClassSample> first;   ///< the first examples, whether they are right or wrong
    std::vector<ClassSample> errors;  ///< the wrong predictions with the highest probabilities
    std::optional<NumberSamples> numbers;
    std::vector<ForecastSample> forecasts;
    /// For a text: the first token of each piece, and its nats per token.
    std::vector<std::pair<double, double>> text_losses;
    std::string generated;  ///< text; filled by the caller, who runs the network
};

/// The samples for the outputs for data with targets.
[[nodiscard]] Result<Samples> choose_samples(const Recipe& recipe, const PreparedData& data,
                                             std::span<const float> outputs);

/// So many of `size` positions, at the same distance.
[[nodiscard]] std::vector<std::size_t> spread(std::size_t size, std::size_t most);

/// Labels and the probabilities of the classes, with a function for the picture of an example.
[[nodiscard]] Samples class_samples(const std::vector<std::string>& classes,
                                    std::span<const std::int32_t> truth,
                                    std::span<const float> probabilities,
                                    const std::function<data::Image(std::size_t)>& picture = {});

}  // namespace trilby::train
