// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/check.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::train::images {
namespace {

std::vector<std::string> places_of_layers(const Settings& settings, const Recipe& recipe) {
    std::vector<std::string> places;
    for (std::size_t i = 0; i < settings.layers.size(); ++i) {
        places.push_back(recipe.place_of(fmt::format("network.layers[{}]", i)));
    }
    return places;
}

}  // namespace

Result<const Dataset*> dataset_of(const Settings& settings, const Recipe& recipe) {
    auto dataset = find_dataset(settings.dataset);
    if (!dataset) {  // the error is in the recipe, not in the command line
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: {}", recipe.place_of("data.dataset"), dataset.error().message),
            dataset.error().hint);
    }
    return dataset;
}

Result<void> check_counts(const Settings& settings, const Dataset& dataset, const Recipe& recipe) {
    if (settings.validation_examples >= dataset.training_count) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: [data]: 'validation_examples' is {}, expected at most {} "
                        "of {} training images",
                        recipe.place_of("data.validation_examples"), settings.validation_examples,
                        dataset.training_count - 1, dataset.training_count),
            "leave some images for training");
    }
    return {};
}

Result<std::vector<Shape>> check_network(const Settings& settings, const Schema& schema,
                                         const Recipe& recipe) {
    if (settings.shift_pixels >= std::min(schema.height, schema.width)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: [data]: 'shift_pixels' is {}, but the images are {} x {}",
                                   recipe.place_of("data.shift_pixels"), settings.shift_pixels,
                                   schema.height, schema.width),
                       "use a few pixels at most");
    }
    return check_classifier(settings.layers, schema.shape(),
                            static_cast<std::int64_t>(schema.classes.size()),
                            places_of_layers(settings, recipe));
}

}  // namespace trilby::train::images
