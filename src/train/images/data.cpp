// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "data/idx.hpp"
#include "data/idx_folder.hpp"
#include "train/images/check.hpp"
#include "train/images/folder.hpp"
#include "train/images/idx_data.hpp"

namespace trilby::train::images {

TRILBY_DESCRIBE(Schema, height, width, channels, classes, mean, deviation)

namespace {

Result<data::IdxFile> open_with_shape(const std::filesystem::path& path, const Shape& expected) {
    TRILBY_TRY(file, data::IdxFile::open(path));
    if (file.shape() != expected) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' holds an array of {}, expected {}", path.string(),
                                   format_shape(file.shape()), format_shape(expected)),
                       "check whether files are swapped or belong to another data set");
    }
    return std::move(file);
}

Result<void> check_labels(const std::filesystem::path& path, std::span<const std::byte> labels,
                          std::size_t classes) {
    const auto wrong = std::ranges::find_if(
        labels, [&](std::byte label) { return std::to_integer<std::size_t>(label) >= classes; });
    if (wrong == labels.end()) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}': label {} is {}, expected 0 to {}", path.string(),
                               wrong - labels.begin(), std::to_integer<int>(*wrong), classes - 1),
                   "check whether the file belongs to another data set");
}

/// Reads the two files of images.
Result<void> fill_images(std::span<std::byte> images, const Dataset& dataset,
                         const std::filesystem::path& folder) {
    struct Part {
        std::size_t file;  ///< index in dataset.files
        std::int64_t count;
    };
    for (const Part& part :
         {Part{0, dataset.images->training_count}, Part{2, dataset.images->test_count}}) {
        TRILBY_TRY(file,
                   open_with_shape(folder / dataset.files[part.file].name,
                                   {part.count, dataset.images->height, dataset.images->width}));
        TRILBY_CHECK(file.read(images.first(file.size_bytes())));
        images = images.subspan(file.size_bytes());
    }
    return {};
}

/// Reads the two files of labels, which are bytes.
Result<void> fill_labels(std::span<std::int32_t> labels, const Dataset& dataset,
                         const std::filesystem::path& folder) {
    struct Part {
        std::size_t file;
        std::int64_t count;
    };
    for (const Part& part :
         {Part{1, dataset.images->training_count}, Part{3, dataset.images->test_count}}) {
        const std::filesystem::path path = folder / dataset.files[part.file].name;
        TRILBY_TRY(file, open_with_shape(path, {part.count}));
        std::vector<std::byte> bytes(file.size_bytes());
        TRILBY_CHECK(file.read(bytes));
        TRILBY_CHECK(check_labels(path, bytes, dataset.images->classes.size()));
        std::ranges::transform(bytes, labels.begin(), [](std::byte label) {
            return std::to_integer<std::int32_t>(label);
        });
        labels = labels.subspan(bytes.size());
    }
    return {};
}

Schema schema_of(const Dataset& dataset) {
    return {.height = dataset.images->height,
            .width = dataset.images->width,
            .channels = 1,
            .classes = {dataset.images->classes.begin(), dataset.images->classes.end()},
            .mean = {dataset.images->pixel_mean},
            .deviation = {dataset.images->pixel_deviation}};
}

/// All examples if `wanted` is 0.
data::Range limited(data::Range range, std::int64_t wanted) {
    return wanted == 0 ? range
                       : data::Range{range.first, range.first + std::min(wanted, range.size())};
}

/// The validation part is the end of the training images.
data::Parts parts_of(const Dataset& dataset, const Settings& settings) {
    const std::int64_t training = dataset.images->training_count - settings.validation_examples;
    const std::int64_t end = dataset.images->training_count + dataset.images->test_count;
    return {.training = limited({0, training}, settings.training_examples),
            .validation = {training, dataset.images->training_count},
            .test = limited({dataset.images->training_count, end}, settings.test_examples)};
}

std::vector<ArrayLayout> layout_of(const Dataset& dataset) {
    const std::int64_t count = dataset.images->training_count + dataset.images->test_count;
    return {{"images", ElementType::u8, {count, dataset.images->height, dataset.images->width, 1}},
            {"labels", ElementType::i32, {count}}};
}

}  // namespace

Result<Schema> parse_schema(const json::object& document) {
    constexpr std::string_view where = "schema of images";
    constexpr std::int64_t side_limit = 65'536;
    Schema schema;
    constexpr json::ReadLimits limits{.rows = 65'536};
    TRILBY_CHECK(json::Reader(limits).read_members(schema, document, where));
    const auto is_side = [](std::int64_t side) { return side >= 1 && side <= side_limit; };
    const auto is_positive = [](double deviation) { return deviation > 0; };
    const auto channels = static_cast<std::size_t>(std::max<std::int64_t>(0, schema.channels));
    if (!is_side(schema.height) || !is_side(schema.width) || (channels != 1 && channels != 3) ||
        schema.classes.empty() || schema.mean.size() != channels ||
        schema.deviation.size() != channels ||
        !std::ranges::all_of(schema.deviation, is_positive)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: no images can be {} of {} classes", where,
                                   format_shape(schema.shape()), schema.classes.size()));
    }
    return schema;
}

json::object to_json(const Schema& schema) {
    return json::to_json(schema, json::whole_texts);
}

Result<PreparedData> prepare_dataset(const Dataset& dataset, const std::filesystem::path& folder,
                                     const Settings& settings) {
    TRILBY_TRY(arrays, SharedArrays::reserve(layout_of(dataset)));
    return PreparedData{.source = folder,
                        .schema = to_json(schema_of(dataset)),
                        .arrays = std::move(arrays),
                        .parts = parts_of(dataset, settings),
                        .fill = [&dataset, folder](SharedArrays& into) -> Result<void> {
                            TRILBY_CHECK(fill_images(into.bytes_of("images"), dataset, folder));
                            return fill_labels(into.elements<std::int32_t>("labels"), dataset,
                                               folder);
                        }};
}

Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                             const std::optional<std::filesystem::path>& folder) {
    if (!settings.path.empty()) {
        return data::is_idx_folder(settings.path) ? prepare_idx_folder(settings, recipe)
                                                  : prepare_folder(settings, recipe);
    }
    TRILBY_TRY(dataset, dataset_of(settings, recipe));
    TRILBY_CHECK(check_counts(settings, *dataset, recipe));
    TRILBY_CHECK(check_network(settings, schema_of(*dataset), recipe));
    TRILBY_TRY(located, locate_dataset(*dataset, folder));
    TRILBY_TRY(prepared, prepare_dataset(*dataset, located, settings));
    prepared.baselines = {
        Baseline{"one class always",
                 {{"accuracy", {1.0 / static_cast<double>(dataset->images->classes.size())}}}}};
    return std::move(prepared);
}

}  // namespace trilby::train::images
