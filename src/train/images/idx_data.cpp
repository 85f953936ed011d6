// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/idx_data.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/try.hpp"
#include "data/idx_folder.hpp"
#include "data/image_file.hpp"
#include "data/image_split.hpp"
#include "data/large_vector.hpp"
#include "data/resample.hpp"
#include "data/split.hpp"
#include "train/images/check.hpp"
#include "train/images/folder.hpp"
#include "train/images/pixel_statistics.hpp"

namespace trilby::train::images {
namespace {

/// The rows of the arrays that the images of a file take.
using Rows = data::LargeVector<std::int64_t>;

struct Division {
    data::Parts parts;
    std::vector<Rows> rows;  ///< by IdxFolder::parts
};

/// The images of the training file, then those of the test file. A part that has no file of its own
/// gets a share of each class of the training file.
Result<Division> divide(const data::IdxFolder& folder, data::SplitFractions fractions,
                        std::uint64_t seed) {
    const bool has_test = folder.parts.size() > 1;
    TRILBY_TRY(labels, data::read_idx_labels(folder, folder.parts.front()));
    if (has_test) {
        fractions.test = 0.0;
    }
    const data::LargeVector<std::uint32_t> classes(labels.begin(), labels.end());
    const data::Split split = data::split_classes_at_random(classes, fractions, seed);
    Division division{.parts = {}, .rows = {Rows(classes.size())}};
    std::int64_t next = 0;
    const auto place = [&](data::Part part) {
        const std::int64_t first = next;
        for (const std::uint64_t i : data::rows_of(split, part)) {
            division.rows.front()[i] = next++;
        }
        return data::Range{first, next};
    };
    division.parts.training = place(data::Part::training);
    division.parts.validation = place(data::Part::validation);
    division.parts.test = place(data::Part::test);
    if (has_test) {
        division.rows.emplace_back();
        for (std::size_t i = 0; i < folder.parts[1].size(); ++i) {
            division.rows.back().push_back(next++);
        }
        division.parts.test.last = next;
    }
    return division;
}

/// Writes the images of a part into the arrays, as squares, with their labels.
Result<void> fill(const data::IdxFolder& folder, const data::IdxPart& part, const Rows& rows,
                  const Schema& schema, SharedArrays& arrays) {
    const auto side = static_cast<std::uint32_t>(schema.height);
    const std::size_t size = std::size_t{side} * side;
    const auto pixels = arrays.elements<std::uint8_t>("images");
    const auto labels = arrays.elements<std::int32_t>("labels");
    TRILBY_TRY(classes, data::read_idx_labels(folder, part));
    data::Image image{.width = static_cast<std::uint32_t>(folder.width),
                      .height = static_cast<std::uint32_t>(folder.height),
                      .channels = 1};
    return data::read_idx_images(folder, part,
                                 [&](std::size_t i, std::span<const std::uint8_t> from) {
                                     const auto row = static_cast<std::size_t>(rows[i]);
                                     const auto to = pixels.subspan(row * size, size);
                                     labels[row] = classes[i];
                                     if (image.width == side && image.height == side) {
                                         std::ranges::copy(from, to.begin());
                                     } else {
                                         image.pixels.assign(from.begin(), from.end());
                                         data::resample_center(image, side, to);
                                     }
                                 });
}

Result<void> check_gray(std::int64_t channels, const std::string& where) {
    return channels == 1
               ? Result<void>()
               : failure(ErrorCode::bad_data,
                         fmt::format("{}: IDX files have gray images, but the channels are {}",
                                     where, channels),
                         "use images of the kind that the network was trained for: 'channels' is "
                         "1 for gray");
}

}  // namespace

Result<PreparedData> prepare_idx_folder(const Settings& settings, const Recipe& recipe) {
    TRILBY_CHECK(check_gray(settings.channels, recipe.place_of("data.channels")));
    TRILBY_TRY(folder, data::open_idx_folder(settings.path));
    TRILBY_TRY(division,
               divide(folder, settings.fractions, static_cast<std::uint64_t>(settings.split_seed)));
    TRILBY_CHECK(data::check_parts(division.parts));
    Schema schema{.height = settings.side,
                  .width = settings.side,
                  .classes = folder.classes,
                  .mean = {},
                  .deviation = {}};
    TRILBY_CHECK(check_network(settings, schema, recipe));
    const auto images = static_cast<std::size_t>(division.parts.test.last);
    TRILBY_TRY(arrays, reserve_images(images, schema));
    for (std::size_t i = 0; i < folder.parts.size(); ++i) {
        TRILBY_CHECK(fill(folder, folder.parts[i], division.rows[i], schema, arrays));
    }
    const auto training =
        static_cast<std::size_t>(division.parts.training.last * settings.side * settings.side);
    const PixelStatistics statistics =
        pixel_statistics(arrays.elements<std::uint8_t>("images").first(training), 1);
    schema.mean = statistics.mean;
    schema.deviation = statistics.deviation;
    const std::string_view own_test = folder.parts.size() > 1 ? "the files of the test" : "";
    Baseline baseline =
        most_frequent_class(arrays.elements<std::int32_t>("labels"), division.parts);
    return PreparedData{.source = settings.path,
                        .schema = to_json(schema),
                        .arrays = std::move(arrays),
                        .parts = division.parts,
                        .baselines = {std::move(baseline)},
                        .notes = {note_on_split(settings, "", own_test)}};
}

Result<PreparedData> prepare_idx_inputs(const json::object& document,
                                        const std::filesystem::path& path) {
    TRILBY_TRY(schema, parse_schema(document));
    TRILBY_CHECK(check_gray(schema.channels, path.string()));
    TRILBY_TRY(folder, data::open_idx_folder(path));
    if (folder.classes != schema.classes || schema.height != schema.width) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the classes of '{}' are not those of the network", path.string()),
            "give images of the data set that the network was trained on");
    }
    const data::IdxPart& part = folder.parts.back();
    Rows rows;
    for (std::size_t i = 0; i < part.size(); ++i) {
        rows.push_back(static_cast<std::int64_t>(i));
    }
    TRILBY_TRY(arrays, reserve_images(rows.size(), schema));
    TRILBY_CHECK(fill(folder, part, rows, schema, arrays));
    PreparedData data{.source = path,
                      .schema = document,
                      .arrays = std::move(arrays),
                      .parts = {.test = {0, static_cast<std::int64_t>(rows.size())}}};
    if (folder.parts.size() > 1) {
        data.notes = {fmt::format("only the test part of '{}' is used", path.string())};
    }
    return data;
}

}  // namespace trilby::train::images
