// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/own_data.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/try.hpp"

namespace trilby::train {
namespace {

constexpr const char* use_others = "give the path of data that the run was not trained on";

}  // namespace

Result<PreparedData> own_data(const TrainedRun& run,
                              const std::optional<std::filesystem::path>& folder) {
    TRILBY_TRY(data, prepare(run.recipe, folder));
    if (json::serialize(data.schema) != run.schema_text) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' was changed after the run was trained{}",
                                   data.source.string(), or_read_otherwise(data.arrays)),
                       use_others);
    }
    return std::move(data);
}

Result<std::string> hold_out(PreparedData& data) {
    if (data.parts.test.size() > 0) {
        return "test";
    }
    if (data.parts.validation.size() == 0) {
        return failure(ErrorCode::no_input,
                       "the data of the run have neither a test part nor a validation part",
                       use_others);
    }
    data.parts.test = data.parts.validation;
    return "validation";
}

}  // namespace trilby::train
