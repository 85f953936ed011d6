// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/predictions.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "base/units.hpp"
#include "train/text/data.hpp"

namespace trilby::train::text {

Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& /*recipe*/,
                                    const json::object& schema,
                                    const std::vector<std::filesystem::path>& files) {
    TRILBY_TRY(known, parse_schema(schema));
    if (files.size() != 1) {
        return failure(ErrorCode::usage, fmt::format("{} texts, expected one", files.size()),
                       "give the texts one after the other");
    }
    TRILBY_TRY(profile, data::profile_text(files.front()));
    TRILBY_TRY(arrays, arrays_for(known, files.front(), profile));
    const std::int64_t tokens = arrays.layout_of("tokens").shape[0];
    if (tokens <= settings.context) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has {} tokens, expected more than the context of {}",
                                   files.front().string(), tokens, settings.context),
                       "give a longer text");
    }
    return PreparedData{.source = files.front(),
                        .schema = schema,
                        .arrays = std::move(arrays),
                        .parts = {.training = {}, .validation = {}, .test = {0, tokens}}};
}

Result<Shape> output_shape(const Settings& settings, const PreparedData& data) {
    return Shape{(data.parts.test.size() - 1) / settings.context, 1};
}

Result<Predictions> to_predictions(const Settings& settings, const PreparedData& /*data*/,
                                   std::span<const float> outputs) {
    Predictions predictions{.columns = {"first_token", "nats_per_token"}, .rows = {}};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const auto first = static_cast<double>(static_cast<std::int64_t>(i) * settings.context);
        predictions.rows.push_back({first, double{outputs[i]}});
    }
    return predictions;
}

Result<void> add_reports(const Settings& /*settings*/, const PreparedData& /*data*/,
                         std::span<const float> /*outputs*/, Evaluation& /*evaluation*/) {
    return {};
}

}  // namespace trilby::train::text
