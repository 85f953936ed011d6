// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/layers.hpp"

namespace trilby::train::images {

/// What a recipe says about images and the network that tells their classes apart.
struct Settings {
    static constexpr std::string_view name = "images";

    std::string dataset;
    /// Training images that are held out to measure the accuracy after every epoch.
    std::int64_t validation_examples = 0;
    /// Number of the other training images, and of the test images, to use; 0 means all.
    std::int64_t training_examples = 0;
    std::int64_t test_examples = 0;
    bool horizontal_flip = false;   ///< mirror half of the training images, at random
    std::int64_t shift_pixels = 0;  ///< move training images by up to this much, at random
    std::vector<Layer> layers;

    static void visit_data_keys(auto& settings, auto& keys) {
        constexpr std::int64_t most = 1'000'000'000;
        keys.required("dataset", settings.dataset);
        keys.required("validation_examples", settings.validation_examples, 1, most);
        keys.optional("training_examples", settings.training_examples, 0, most);
        keys.optional("test_examples", settings.test_examples, 0, most);
        keys.optional("horizontal_flip", settings.horizontal_flip);
        keys.optional("shift_pixels", settings.shift_pixels, 0, 1024);
    }
    static void visit_network_keys(auto& settings, auto& keys) {
        keys.required("layers", settings.layers);
    }
};

}  // namespace trilby::train::images
