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

/// A number of pixels must be smaller than the images.
Result<void> check_pixels(std::string_view key, std::int64_t pixels, const Schema& schema,
                          const Recipe& recipe) {
    if (pixels < std::min(schema.height, schema.width)) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: [data]: '{}' is {}, but the images are {} x {}",
                               recipe.place_of(fmt::format("data.{}", key)), key, pixels,
                               schema.height, schema.width),
                   "use a few pixels at most");
}

}  // namespace

Result<const Dataset*> dataset_of(const Settings& settings, const Recipe& recipe) {
    auto dataset = find_dataset(settings.dataset);
    if (dataset && !(*dataset)->images) {
        dataset = failure(ErrorCode::bad_data,
                          fmt::format("data set '{}' does not have images", settings.dataset));
    }
    if (!dataset) {  // the error is in the recipe, not in the command line
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: {}", recipe.place_of("data.dataset"), dataset.error().message),
            dataset.error().hint);
    }
    return dataset;
}

Result<void> check_counts(const Settings& settings, const Dataset& dataset, const Recipe& recipe) {
    if (settings.validation_examples >= dataset.images->training_count) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: [data]: 'validation_examples' is {}, expected at most {} "
                        "of {} training images",
                        recipe.place_of("data.validation_examples"), settings.validation_examples,
                        dataset.images->training_count - 1, dataset.images->training_count),
            "leave some images for training");
    }
    return {};
}

Result<std::vector<Shape>> check_network(const Settings& settings, const Schema& schema,
                                         const Recipe& recipe) {
    TRILBY_CHECK(check_pixels("shift_pixels", settings.shift_pixels, schema, recipe));
    TRILBY_CHECK(check_pixels("cutout_pixels", settings.cutout_pixels, schema, recipe));
    if (recipe.other.is_there()) {
        return std::vector<Shape>{schema.shape()};  // its layers are not in the recipe
    }
    return check_classifier(settings.layers, schema.shape(),
                            static_cast<std::int64_t>(schema.classes.size()),
                            places_of_layers(settings, recipe));
}

}  // namespace trilby::train::images
