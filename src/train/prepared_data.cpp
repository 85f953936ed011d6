// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/prepared_data.hpp"

#include <fmt/format.h>
#include <variant>

#include "base/describe.hpp"
#include "base/enum_name.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "base/write_json.hpp"
#include "platform/scratch_file.hpp"
#include "train/data_location.hpp"
#include "train/images/data.hpp"
#include "train/series/data.hpp"
#include "train/table/data.hpp"
#include "train/table/schema.hpp"
#include "train/text/data.hpp"

namespace trilby::data {

TRILBY_DESCRIBE(Range, first, last)
TRILBY_DESCRIBE(Parts, training, validation, test)

}  // namespace trilby::data

namespace trilby::train {
namespace {

bool learns_classes(const images::Settings& /*settings*/, const json::object& /*schema*/) {
    return true;
}

bool learns_classes(const table::Settings& /*settings*/, const json::object& schema) {
    const auto parsed = table::parse_schema(schema);
    return parsed && parsed->target.is_class();
}

bool learns_classes(const auto& /*settings*/, const json::object& /*schema*/) {
    return false;
}

Result<void> check_class_weights(const Recipe& recipe, const PreparedData& data) {
    const auto learns = [&](const auto& settings) { return learns_classes(settings, data.schema); };
    if (recipe.training.class_weights == LoopSettings::ClassWeights::none ||
        std::visit(learns, recipe.task)) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: [training]: 'class_weights' is '{}', but the data have no "
                               "classes to learn",
                               recipe.place_of("training.class_weights"),
                               enum_name(recipe.training.class_weights)),
                   "remove the key");
}

std::string note_on_disk(const SharedArrays& arrays) {
    return fmt::format(
        "{} of data are in a file in '{}', because they are larger than the memory for data",
        format_bytes(arrays.size_bytes()), platform::scratch_folder().string());
}

}  // namespace

std::string_view or_read_otherwise(const SharedArrays& arrays) {
    return arrays.has("known") ? ", or an earlier version of Trilby interpolated missing values"
                               : "";
}

Result<void> finish(PreparedData& data) {
    if (data.fill) {
        TRILBY_CHECK(data.fill(data.arrays));
        data.fill = nullptr;
    }
    return data.arrays.seal();
}

json::object to_json(const data::Parts& parts) {
    return json::to_json(parts);
}

Result<data::Parts> parse_parts(const json::object& document, std::string_view key) {
    data::Parts parts;
    TRILBY_CHECK(json::Reader(json::ReadLimits()).read(parts, document, key, "params"));
    for (const data::Part part : {data::Part::training, data::Part::validation, data::Part::test}) {
        const data::Range& range = parts.of(part);
        if (range.first < 0 || range.last < range.first) {
            return failure(ErrorCode::bad_data,
                           fmt::format("params: a part of the data is the rows {} to {}",
                                       range.first, range.last));
        }
    }
    return parts;
}

namespace {

Result<PreparedData> prepare_located(const Recipe& recipe,
                                     const std::optional<std::filesystem::path>& folder) {
    try {
        return std::visit([&](const auto& settings) { return prepare(settings, recipe, folder); },
                          recipe.task);
    } catch (const platform::NoSpace& lack) {
        return std::unexpected(lack.error());
    }
}

}  // namespace

Result<PreparedData> prepare(const Recipe& recipe,
                             const std::optional<std::filesystem::path>& folder) {
    TRILBY_TRY(located, with_located_data(recipe, folder));
    TRILBY_TRY(data, prepare_located(located, folder));
    TRILBY_CHECK(check_class_weights(located, data));
    if (data.arrays.is_on_disk()) {
        data.notes.push_back(note_on_disk(data.arrays));
    }
    return std::move(data);
}

}  // namespace trilby::train
