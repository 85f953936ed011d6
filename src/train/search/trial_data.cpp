// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/trial_data.hpp"

#include "base/try.hpp"

namespace trilby::train::search {
namespace {

/// Everything but how it is trained: the network decides whether data fit it.
std::string settings_of_data(Recipe recipe) {
    recipe.training = {};
    recipe.optimizer = {};
    recipe.schedule = {};
    return to_toml(recipe);
}

void remove_test_part(PreparedData& data) {
    data.parts.test.first = data.parts.test.last;
    data.baselines.clear();  // they are of the test part
}

}  // namespace

Result<PreparedData*> TrialData::of(const Recipe& recipe) {
    std::string key = settings_of_data(recipe);
    if (data_ && key == key_) {
        return &*data_;
    }
    data_.reset();  // first: both might not fit into memory
    TRILBY_TRY(data, prepare(recipe, folder_));
    if (data.parts.validation.size() == 0) {
        return failure(ErrorCode::usage,
                       "the data have no validation part, so nothing tells which settings are "
                       "better",
                       "give them one, for example with --set data.validation=0.1");
    }
    remove_test_part(data);
    data_.emplace(std::move(data));
    key_ = std::move(key);
    return &*data_;
}

}  // namespace trilby::train::search
