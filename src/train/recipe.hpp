// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A recipe: a TOML file that determines a training run (docs/recipes.md).

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "train/network.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct DataSettings {
    std::string dataset;
    /// Training images that are held out to measure the accuracy after every epoch.
    std::int64_t validation_examples = 0;
    /// Number of the other training images, and of the test images, to use; 0 means all.
    std::int64_t training_examples = 0;
    std::int64_t test_examples = 0;
    bool horizontal_flip = false;   ///< mirror half of the training images, at random
    std::int64_t shift_pixels = 0;  ///< move training images by up to this much, at random
};

struct LoopSettings {
    std::int64_t epochs = 1;
    std::int64_t batch_size = 128;
    std::int64_t seed = 1;
    double label_smoothing = 0.0;
};

struct OptimizerSettings {
    enum class Kind : std::uint8_t { sgd, adamw };
    Kind kind = Kind::adamw;
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double momentum = 0.9;  ///< sgd only, Nesterov momentum
    double beta1 = 0.9;     ///< adamw only
    double beta2 = 0.999;   ///< adamw only
};

struct ScheduleSettings {
    enum class Kind : std::uint8_t { constant, cosine };
    Kind kind = Kind::constant;
    double warmup_epochs = 0.0;   ///< the rate rises linearly from 0
    double final_fraction = 0.0;  ///< cosine only: the final rate as a fraction of the peak
};

/// Positions in the file as "file:line:column", for errors that are found when the recipe is
/// compared with the data.
struct RecipePlaces {
    std::string dataset;
    std::string validation_examples;
    std::string shift_pixels;
    std::vector<std::string> layers;
};

struct Recipe {
    std::string name;
    std::string summary;
    DataSettings data;
    LoopSettings training;
    OptimizerSettings optimizer;
    ScheduleSettings schedule;
    std::vector<Layer> layers;
    RecipePlaces places;
};

/// The word for a choice in a recipe: "sgd", "cosine", ...
[[nodiscard]] std::string_view word_for(OptimizerSettings::Kind kind);
[[nodiscard]] std::string_view word_for(ScheduleSettings::Kind kind);

/// Parses and checks a recipe. `where` is the file's name in errors, which have line and column.
[[nodiscard]] Result<Recipe> parse_recipe(std::string_view text, std::string_view where);

/// Reads and parses a file.
[[nodiscard]] Result<Recipe> read_recipe(const std::filesystem::path& path);

/// The recipe as TOML with all settings. parse_recipe() returns the same recipe.
[[nodiscard]] std::string to_toml(const Recipe& recipe);

}  // namespace trilby::train
