// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/predictions.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "base/try.hpp"
#include "data/gzip_file.hpp"
#include "data/idx_folder.hpp"
#include "data/image_folder.hpp"
#include "train/images/folder.hpp"
#include "train/images/idx_data.hpp"

namespace trilby::train::images {
namespace {

using Path = std::filesystem::path;

struct Inputs {
    std::vector<Path> files;
    std::vector<std::int32_t> labels;  ///< by the schema; 0 for files whose class is not known
    std::vector<std::string> notes = {};
    bool has_labels = false;
    bool are_typed = false;  ///< whether the user gave files, not only folders
};

Result<std::int32_t> label_of(const std::string& name, const std::vector<std::string>& classes) {
    const auto at = std::ranges::find(classes, name);
    if (at == classes.end()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the network does not know the class '{}'; it knows {}", name,
                                   fmt::join(classes, ", ")),
                       "name the folders of the classes as for training");
    }
    return static_cast<std::int32_t>(at - classes.begin());
}

/// The files of a folder's test part, or of all parts if it has none.
Result<Inputs> labeled_inputs(const Path& path, const std::vector<std::string>& classes) {
    TRILBY_TRY(folder, data::list_images(path));
    const bool has_test = folder.parts.back().part == data::Part::test;
    Inputs inputs{.files = {}, .labels = {}, .has_labels = true};
    for (const data::ImagePart& part : folder.parts) {
        if (has_test && part.part != data::Part::test) {
            continue;
        }
        for (const data::ImageClass& one : part.classes) {
            TRILBY_TRY(label, label_of(one.name, classes));
            inputs.files.insert(inputs.files.end(), one.files.begin(), one.files.end());
            inputs.labels.resize(inputs.files.size(), label);
        }
    }
    if (has_test && folder.parts.size() > 1) {
        inputs.notes = {fmt::format("only the test part of '{}' is used", path.string())};
    }
    return inputs;
}

/// The files, with the images of each folder in its place. ErrorCode::no_input for a file that
/// cannot be opened, bad_data for a folder without images.
Result<Inputs> unlabeled_inputs(const std::vector<Path>& paths) {
    Inputs inputs;
    for (const Path& path : paths) {
        std::vector<Path> images = data::images_in(path);
        if (images.empty()) {
            TRILBY_CHECK(data::GzipFile::open(path));
            inputs.are_typed = true;
            images = {path};
        }
        std::ranges::move(images, std::back_inserter(inputs.files));
    }
    inputs.labels.resize(inputs.files.size(), 0);
    return inputs;
}

Result<Inputs> list_inputs(const std::vector<Path>& files,
                           const std::vector<std::string>& classes) {
    if (files.size() == 1 && data::is_image_folder(files.front())) {
        return labeled_inputs(files.front(), classes);
    }
    return unlabeled_inputs(files);
}

/// Fails if too many files are damaged. For a single file that the user gave, its own error says
/// more than a count.
Result<void> check_damage(const data::DecodedFiles& decoded, const Inputs& inputs) {
    const std::size_t files = inputs.files.size();
    return inputs.are_typed && data::has_too_much_damage(decoded, files)
               ? std::unexpected(*decoded.first_damage)
               : data::check_damage(decoded, files);
}

Schema schema_of(const PreparedData& data) {
    return parse_schema(data.schema).value();  // prepare() or prepare_inputs() made it
}

}  // namespace

Result<PreparedData> prepare_inputs(const Settings& /*settings*/, const Recipe& /*recipe*/,
                                    const json::object& document, const std::vector<Path>& files) {
    if (files.size() == 1 && data::is_idx_folder(files.front())) {
        return prepare_idx_inputs(document, files.front());
    }
    TRILBY_TRY(schema, parse_schema(document));
    TRILBY_TRY(inputs, list_inputs(files, schema.classes));
    TRILBY_TRY(arrays, reserve_images(inputs.files.size(), schema));
    const data::DecodedFiles decoded = data::read_all_pixels(
        inputs.files, pixel_format(schema), arrays.elements<std::uint8_t>("images"));
    TRILBY_CHECK(check_damage(decoded, inputs));
    PreparedData data{.source = files.front(),
                      .schema = document,
                      .arrays = std::move(arrays),
                      .parts = {.test = {0, static_cast<std::int64_t>(decoded.kept.size())}},
                      .has_targets = inputs.has_labels,
                      .notes = std::move(inputs.notes)};
    std::ranges::move(notes_on_damage(decoded, inputs.files.size()),
                      std::back_inserter(data.notes));
    const auto labels = data.arrays.elements<std::int32_t>("labels");
    for (std::size_t i = 0; i < decoded.kept.size(); ++i) {
        labels[i] = inputs.labels[decoded.kept[i]];
        data.names.push_back(inputs.files[decoded.kept[i]].string());
    }
    return data;
}

Result<Shape> output_shape(const Settings& /*settings*/, const PreparedData& data) {
    return Shape{data.parts.test.size(), static_cast<std::int64_t>(schema_of(data).classes.size())};
}

Result<Predictions> to_predictions(const Settings& /*settings*/, const PreparedData& data,
                                   std::span<const float> outputs) {
    const std::vector<std::string> classes = schema_of(data).classes;
    Predictions predictions{.columns = {"file", "class", "probability"}, .rows = {}};
    const std::vector<std::int32_t> predicted = largest(outputs, classes.size());
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const auto label = static_cast<std::size_t>(predicted[i]);
        predictions.rows.push_back(
            {i < data.names.size() ? data.names[i] : fmt::format("image {}", i + 1), classes[label],
             static_cast<double>(outputs[i * classes.size() + label])});
    }
    return predictions;
}

Result<void> add_reports(const Settings& /*settings*/, const PreparedData& data,
                         std::span<const float> outputs, Evaluation& evaluation) {
    const std::vector<std::string> classes = schema_of(data).classes;
    const auto labels =
        data::part_of(data.arrays.elements<std::int32_t>("labels"), data.parts.test);
    report_classes(evaluation, classes, labels, largest(outputs, classes.size()));
    return {};
}

}  // namespace trilby::train::images
