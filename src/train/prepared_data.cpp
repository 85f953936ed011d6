// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/prepared_data.hpp"

#include <fmt/format.h>
#include <variant>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "train/data_location.hpp"
#include "train/images/data.hpp"
#include "train/series/data.hpp"
#include "train/table/data.hpp"
#include "train/text/data.hpp"

namespace trilby::data {

TRILBY_DESCRIBE(Range, first, last)
TRILBY_DESCRIBE(Parts, training, validation, test)

}  // namespace trilby::data

namespace trilby::train {

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

Result<PreparedData> prepare(const Recipe& recipe,
                             const std::optional<std::filesystem::path>& folder) {
    TRILBY_CHECK(require_known_network(recipe));
    TRILBY_TRY(located, with_located_data(recipe, folder));
    return std::visit([&](const auto& settings) { return prepare(settings, located, folder); },
                      located.task);
}

}  // namespace trilby::train
