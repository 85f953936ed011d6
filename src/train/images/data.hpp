// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Labeled images for a worker: the arrays "images" (examples x height x width x channels, u8) and
/// "labels" (examples, i32), the parts one after the other.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "train/dataset_catalog.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// What a network for images takes and gives.
struct Schema {
    std::int64_t height = 0;  ///< pixels
    std::int64_t width = 0;
    std::int64_t channels = 1;         ///< 1: gray, 3: red, green, blue
    std::vector<std::string> classes;  ///< the names, by label
    std::vector<double> mean;          ///< per channel, pixels scaled to 0..1
    std::vector<double> deviation;

    /// The shape of an image for the network: {channels, height, width}.
    [[nodiscard]] Shape shape() const { return {channels, height, width}; }
};

/// ErrorCode::bad_data for a schema that no images can have.
[[nodiscard]] Result<Schema> parse_schema(const json::object& document);
[[nodiscard]] json::object to_json(const Schema& schema);

/// The images of a known data set; the files are read when the data are filled.
[[nodiscard]] Result<PreparedData> prepare_dataset(const Dataset& dataset,
                                                   const std::filesystem::path& folder,
                                                   const Settings& settings);

[[nodiscard]] Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                                           const std::optional<std::filesystem::path>& folder);

}  // namespace trilby::train::images
