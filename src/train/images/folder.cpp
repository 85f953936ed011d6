// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/image_folder.hpp"
#include "data/image_split.hpp"
#include "train/images/check.hpp"
#include "train/images/pixel_statistics.hpp"

namespace trilby::train::images {
namespace {

/// The schema without the statistics of the pixels, which are not decoded yet.
Schema schema_of(const Settings& settings, const data::ImageFolder& folder) {
    return {.height = settings.side,
            .width = settings.side,
            .channels = settings.channels,
            .classes = folder.classes,
            .mean = {},
            .deviation = {}};
}

Result<void> check_channels(const Settings& settings, const Recipe& recipe) {
    if (settings.channels == 1 || settings.channels == 3) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: [data]: 'channels' is {}, expected 1 (gray) or 3 (colors)",
                               recipe.place_of("data.channels"), settings.channels));
}

std::string_view own_part(const data::ImageFolder& folder, data::Part part) {
    return std::ranges::find(folder.parts, part, &data::ImagePart::part) == folder.parts.end()
               ? ""
               : "a folder of its own";
}

std::vector<std::string> notes_on(const data::ImageFolder& folder) {
    std::vector<std::string> notes;
    if (folder.stray_images > 0) {
        const bool is_one = folder.stray_images == 1;
        notes.push_back(fmt::format("{} image{} left out: {} not in the folder of a class",
                                    format_count(folder.stray_images), is_one ? " is" : "s are",
                                    is_one ? "it is" : "they are"));
    }
    if (folder.other_files > 0) {
        const bool is_one = folder.other_files == 1;
        notes.push_back(fmt::format("{} file{} left out that {} neither PNG nor JPEG by name",
                                    format_count(folder.other_files), is_one ? " is" : "s are",
                                    is_one ? "is" : "are"));
    }
    if (const std::size_t empty = folder.empty_folders.size(); empty > 0) {
        const std::string first = folder.empty_folders.front().string();
        notes.push_back(empty == 1
                            ? fmt::format("folder '{}' has no images, so it is not a class", first)
                            : fmt::format("{} folders have no images, so they are not classes; the "
                                          "first: '{}'",
                                          format_count(empty), first));
    }
    return notes;
}

/// The classes of which a part has no image.
std::vector<std::string> classes_without(const data::SplitImages& images, const data::Range& part,
                                         const std::vector<std::string>& classes) {
    std::vector<bool> has(classes.size(), false);
    for (std::int64_t i = part.first; i < part.last; ++i) {
        has[static_cast<std::size_t>(images.labels[static_cast<std::size_t>(i)])] = true;
    }
    std::vector<std::string> missing;
    for (std::size_t label = 0; label < classes.size(); ++label) {
        if (!has[label]) {
            missing.push_back(classes[label]);
        }
    }
    return missing;
}

/// Decisions on classes that have too few images for all parts.
std::vector<std::string> notes_on_few(const data::SplitImages& images,
                                      const std::vector<std::string>& classes) {
    std::vector<std::string> notes;
    for (const auto& [verb, part] : {std::pair("validated", images.parts.validation),
                                     std::pair("tested", images.parts.test)}) {
        const std::vector<std::string> missing = classes_without(images, part, classes);
        if (missing.size() == 1) {
            notes.push_back(
                fmt::format("class '{}' has too few images to be {}", missing.front(), verb));
        } else if (!missing.empty()) {
            notes.push_back(fmt::format("{} classes have too few images to be {}; the first: '{}'",
                                        format_count(missing.size()), verb, missing.front()));
        }
    }
    return notes;
}

}  // namespace

Baseline most_frequent_class(std::span<const std::int32_t> labels, const data::Parts& parts) {
    const auto count = [&](const data::Range& part, std::int32_t label) {
        return std::count(labels.begin() + part.first, labels.begin() + part.last, label);
    };
    const std::int32_t classes = *std::ranges::max_element(labels) + 1;
    std::int32_t guess = 0;
    for (std::int32_t label = 1; label < classes; ++label) {
        if (count(parts.training, label) > count(parts.training, guess)) {
            guess = label;
        }
    }
    const double accuracy =
        static_cast<double>(count(parts.test, guess)) / static_cast<double>(parts.test.size());
    return {"most frequent class", {{"accuracy", {accuracy}}}};
}

data::PixelFormat pixel_format(const Schema& schema) {
    return {.side = static_cast<std::uint32_t>(schema.height),
            .channels = static_cast<std::uint32_t>(schema.channels)};
}

Result<SharedArrays> reserve_images(std::size_t count, const Schema& schema) {
    const auto images = static_cast<std::int64_t>(count);
    auto arrays = SharedArrays::reserve(
        {{"images", ElementType::u8, {images, schema.height, schema.width, schema.channels}},
         {"labels", ElementType::i32, {images}}});
    if (!arrays && arrays.error().code == ErrorCode::io) {
        arrays.error().hint += ", or set 'side' in [data] to fewer pixels";
    }
    return arrays;
}

std::vector<std::string> notes_on_damage(const data::DecodedFiles& decoded, std::size_t files) {
    const std::size_t damaged = files - decoded.kept.size();
    if (!decoded.first_damage) {
        return {};
    }
    return {fmt::format("{} damaged image{} left out; the first: {}", format_count(damaged),
                        damaged == 1 ? " is" : "s are", decoded.first_damage->message)};
}

std::string note_on_split(const Settings& settings, std::string_view own_validation,
                          std::string_view own_test) {
    const auto origin = [](std::string_view own, double fraction) {
        return own.empty() ? fmt::format("{:.0f} % of each class", 100 * fraction)
                           : std::string(own);
    };
    return fmt::format("split: validation is {}, test is {}; split_seed {}",
                       origin(own_validation, settings.fractions.validation),
                       origin(own_test, settings.fractions.test), settings.split_seed);
}

Result<PreparedData> prepare_folder(const Settings& settings, const Recipe& recipe) {
    TRILBY_CHECK(check_channels(settings, recipe));
    TRILBY_TRY(folder, data::list_images(settings.path));
    TRILBY_TRY(images, data::split_images(folder, settings.fractions,
                                          static_cast<std::uint64_t>(settings.split_seed)));
    Schema schema = schema_of(settings, folder);
    TRILBY_CHECK(check_network(settings, schema, recipe));
    const std::size_t listed = images.files.size();
    TRILBY_TRY(arrays, reserve_images(listed, schema));
    const auto pixels = arrays.elements<std::uint8_t>("images");
    const data::DecodedFiles decoded =
        data::read_all_pixels(images.files, pixel_format(schema), pixels);
    TRILBY_CHECK(data::check_damage(decoded, listed));
    TRILBY_CHECK(data::keep_only(decoded.kept, images));
    std::ranges::copy(images.labels, arrays.elements<std::int32_t>("labels").begin());
    const auto training = pixels.first(static_cast<std::size_t>(images.parts.training.last) *
                                       pixel_format(schema).size_bytes());
    const PixelStatistics statistics = pixel_statistics(training, settings.channels);
    schema.mean = statistics.mean;
    schema.deviation = statistics.deviation;
    std::vector<std::string> notes = notes_on_damage(decoded, listed);
    std::ranges::move(notes_on(folder), std::back_inserter(notes));
    std::ranges::move(notes_on_few(images, folder.classes), std::back_inserter(notes));
    notes.push_back(note_on_split(settings, own_part(folder, data::Part::validation),
                                  own_part(folder, data::Part::test)));
    return PreparedData{.source = settings.path,
                        .schema = to_json(schema),
                        .arrays = std::move(arrays),
                        .parts = images.parts,
                        .baselines = {most_frequent_class(images.labels, images.parts)},
                        .notes = std::move(notes)};
}

}  // namespace trilby::train::images
