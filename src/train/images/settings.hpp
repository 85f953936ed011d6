// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "data/image_split.hpp"
#include "train/layers.hpp"

namespace trilby::train::images {

/// What a recipe says about images and the network that tells their classes apart.
struct Settings {
    static constexpr std::string_view name = "images";
    static constexpr std::string_view unit = "images";  ///< of the speed
    static constexpr bool may_use_bfloat16 = true;

    // A data set that Trilby knows.
    std::string dataset;
    /// Training images that are held out to measure the accuracy after every epoch.
    std::int64_t validation_examples = 0;
    /// Number of the other training images, and of the test images, to use; 0 means all.
    std::int64_t training_examples = 0;
    std::int64_t test_examples = 0;

    // Or a folder of the user's own images.
    std::string path;
    std::int64_t side = 0;        ///< images are squares of side x side pixels
    std::int64_t channels = 3;    ///< 1: gray, 3: red, green, blue
    std::int64_t split_seed = 1;  ///< chooses the images of parts that have no folder
    data::SplitFractions fractions = {.validation = 0.1, .test = 0.1};

    bool horizontal_flip = false;    ///< mirror half of the training images, at random
    std::int64_t shift_pixels = 0;   ///< move training images by up to this much, at random
    std::int64_t cutout_pixels = 0;  ///< the side of a square to remove from training images
    /// Take the mean of the scores of an image and its mirror image, except in training.
    bool flip_at_test = false;
    std::vector<Layer> layers;

    static void visit_data_keys(auto& settings, auto& keys) {
        constexpr std::int64_t side_limit = 1024;
        constexpr std::int64_t most = 1'000'000'000;
        if (settings.dataset.empty()) {  // always so before it is read
            keys.optional("path", settings.path);
        }
        if (settings.path.empty()) {
            keys.required("dataset", settings.dataset);
            keys.required("validation_examples", settings.validation_examples, 1, most);
            keys.optional("training_examples", settings.training_examples, 0, most);
            keys.optional("test_examples", settings.test_examples, 0, most);
        } else {
            keys.required("side", settings.side, 4, side_limit);
            keys.optional("channels", settings.channels, 1, 3);
            keys.optional("split_seed", settings.split_seed, 0,
                          std::numeric_limits<std::int64_t>::max());
            keys.optional("validation", settings.fractions.validation, 0.001, 0.4);
            keys.optional("test", settings.fractions.test, 0.001, 0.4);
        }
        keys.optional("horizontal_flip", settings.horizontal_flip);
        keys.optional("shift_pixels", settings.shift_pixels, 0, side_limit);
        keys.optional("cutout_pixels", settings.cutout_pixels, 0, side_limit);
        keys.optional("flip_at_test", settings.flip_at_test);
    }
    static void visit_keys_of_any_network(auto& /*settings*/, auto& /*keys*/) {}
    static void visit_network_keys(auto& settings, auto& keys) {
        keys.required("layers", settings.layers);
    }
};

}  // namespace trilby::train::images
