// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/samples.hpp"

#include <algorithm>

#include "base/try.hpp"
#include "data/resample.hpp"
#include "train/images/data.hpp"

namespace trilby::train::images {
namespace {

/// An image of an array, not larger than people need.
data::Image picture_of(const Schema& schema, std::span<const std::uint8_t> pixels) {
    constexpr std::uint32_t most_pixels = 96;
    data::Image image{.width = static_cast<std::uint32_t>(schema.width),
                      .height = static_cast<std::uint32_t>(schema.height),
                      .channels = static_cast<std::uint32_t>(schema.channels),
                      .pixels = {pixels.begin(), pixels.end()}};
    if (std::max(image.width, image.height) <= most_pixels) {
        return image;
    }
    data::Image smaller{.width = most_pixels, .height = most_pixels, .channels = image.channels};
    smaller.pixels.resize(std::size_t{most_pixels} * most_pixels * image.channels);
    data::resample_center(image, most_pixels, smaller.pixels);
    return smaller;
}

}  // namespace

Result<Samples> choose_samples(const Settings& /*settings*/, const PreparedData& data,
                               std::span<const float> outputs) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const auto first = static_cast<std::size_t>(data.parts.test.first);
    const auto labels =
        data::part_of(data.arrays.elements<std::int32_t>("labels"), data.parts.test);
    const auto pixels = data.arrays.elements<std::uint8_t>("images");
    const auto size = static_cast<std::size_t>(schema.height * schema.width * schema.channels);
    return class_samples(schema.classes, labels, outputs, [&](std::size_t i) {
        return picture_of(schema, pixels.subspan((first + i) * size, size));
    });
}

}  // namespace trilby::train::images
