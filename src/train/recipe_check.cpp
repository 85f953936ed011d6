// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/recipe_check.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace trilby::train {

Result<const Dataset*> dataset_of(const Recipe& recipe) {
    auto dataset = find_dataset(recipe.data.dataset);
    if (!dataset) {  // the error is in the recipe, not in the command line
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {}", recipe.places.dataset, dataset.error().message),
                       dataset.error().hint);
    }
    return dataset;
}

Result<std::vector<Shape>> check_against(const Recipe& recipe, const ImageLayout& layout) {
    const std::int64_t available = layout.training_count - recipe.data.validation_examples;
    if (available < 1) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: [data]: 'validation_examples' is {}, expected at most {} "
                        "of {} training images",
                        recipe.places.validation_examples, recipe.data.validation_examples,
                        layout.training_count - 1, layout.training_count),
            "leave some images for training");
    }
    if (recipe.data.shift_pixels >= std::min(layout.height, layout.width)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: [data]: 'shift_pixels' is {}, but the images are {} x {}",
                                   recipe.places.shift_pixels, recipe.data.shift_pixels,
                                   layout.height, layout.width),
                       "use a few pixels at most");
    }
    return check_classifier(recipe.layers, {1, layout.height, layout.width}, layout.classes,
                            recipe.places.layers);
}

}  // namespace trilby::train
