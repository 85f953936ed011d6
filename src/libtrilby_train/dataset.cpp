// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <optional>
#include <variant>

#include "backends/torch/table/joined_inputs.hpp"
#include "base/json.hpp"
#include "libtrilby_train/content.hpp"
#include "libtrilby_train/settings.hpp"
#include "train/choose.hpp"
#include "train/data_location.hpp"
#include "train/dataset_catalog.hpp"
#include "train/images/data.hpp"
#include "train/own_data.hpp"
#include "train/predictions.hpp"
#include "train/series/schema.hpp"
#include "train/table/schema.hpp"
#include "train/text/schema.hpp"
#include "train/trained_run.hpp"

namespace trilby {
namespace {

std::int64_t count(const auto& items) {
    return static_cast<std::int64_t>(items.size());
}

Facts facts_of(const train::images::Settings& /*settings*/, const json::object& schema) {
    const auto images = value_of(train::images::parse_schema(schema));
    return {images.shape(), {count(images.classes)}, images.classes};
}

Facts facts_of(const train::table::Settings& /*settings*/, const json::object& schema) {
    const auto table = value_of(train::table::parse_schema(schema));
    Facts facts{.input_shape = {},
                .output_shape = {table.target.is_class() ? count(table.target.classes) : 1},
                .classes = table.target.classes,
                .numbers = count(table.numbers),
                .categories = backends::code_counts(table)};
    facts.input_shape = {
        std::accumulate(facts.categories.begin(), facts.categories.end(), facts.numbers)};
    return facts;
}

Facts facts_of(const train::text::Settings& settings, const json::object& schema) {
    const auto text = value_of(train::text::parse_schema(schema));
    const auto tokens = count(vocabulary_of(text));
    return {.input_shape = {settings.context},
            .output_shape = {settings.context, tokens},
            .tokens = tokens};
}

Facts facts_of(const train::series::Settings& settings, const json::object& schema) {
    const auto variables = count(value_of(train::series::parse_schema(schema)).variables);
    return {.input_shape = {variables, settings.look_back},
            .output_shape = {variables, settings.horizon}};
}

Facts facts_of(const train::Recipe& recipe, const train::PreparedData& data) {
    return std::visit([&](const auto& settings) { return facts_of(settings, data.schema); },
                      recipe.task);
}

/// The recipe of a run for another network: the data do not depend on it.
train::Recipe without_network(train::Recipe recipe) {
    recipe.other = {};
    return recipe;
}

/// A word that is the name of a known data set is that data set, as it is for a recipe.
train::Choice choice_for(const std::filesystem::path& data, const train::Wishes& wishes) {
    const auto known = train::find_dataset(data.string());
    return value_of(known ? train::choose(**known, wishes) : train::choose(data, wishes));
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Dataset::Content Dataset::Content::of(train::Recipe recipe, train::PreparedData data,
                                      std::vector<std::string> decisions) {
    value_of(train::finish(data));
    Facts facts = facts_of(recipe, data);
    return {std::move(recipe), std::move(data), std::move(facts), std::move(decisions)};
}

Dataset::Dataset(const std::filesystem::path& path, const DatasetOptions& options) {
    const std::vector<std::string> changes = changes_of(options.settings);
    value_of(require_data_settings(changes));
    train::Choice choice = choice_for(
        path,
        {unless_empty(options.task), unless_empty(options.target), train::data_changes(changes)});
    train::Recipe recipe = train::with_absolute_paths(
        value_of(train::with_changes(choice.recipe, changes, "DatasetOptions::settings")));
    train::PreparedData data = value_of(train::prepare(recipe, std::nullopt));
    // The program decides about the rest.
    std::erase_if(choice.decisions, [](const std::string& decision) {
        return decision.starts_with("network:") || decision.starts_with("training:");
    });
    content_ = std::make_shared<Content>(
        Content::of(std::move(recipe), std::move(data), std::move(choice.decisions)));
}

Dataset::Dataset(Content content) : content_(std::make_shared<Content>(std::move(content))) {}

Dataset Dataset::of_run(const std::filesystem::path& run) {
    train::TrainedRun trained = value_of(train::TrainedRun::open_any(run));
    train::PreparedData data = value_of(train::own_data(trained, std::nullopt));
    return Dataset(Content::of(without_network(std::move(trained.recipe)), std::move(data), {}));
}

Dataset Dataset::of_run(const std::filesystem::path& run,
                        const std::vector<std::filesystem::path>& files) {
    train::TrainedRun trained = value_of(train::TrainedRun::open_any(run));
    train::PreparedData data =
        value_of(train::prepare_inputs(trained.recipe, trained.schema, files));
    return Dataset(Content::of(without_network(std::move(trained.recipe)), std::move(data), {}));
}

Dataset::~Dataset() = default;
Dataset::Dataset(const Dataset&) = default;
Dataset::Dataset(Dataset&&) noexcept = default;
Dataset& Dataset::operator=(const Dataset&) = default;
Dataset& Dataset::operator=(Dataset&&) noexcept = default;

std::string Dataset::task() const {
    return std::string(content_->recipe.task_name());
}

std::vector<std::int64_t> Dataset::input_shape() const {
    return content_->facts.input_shape;
}

std::vector<std::int64_t> Dataset::output_shape() const {
    return content_->facts.output_shape;
}

std::vector<std::string> Dataset::classes() const {
    return content_->facts.classes;
}

std::int64_t Dataset::tokens() const {
    return content_->facts.tokens;
}

std::int64_t Dataset::numbers() const {
    return content_->facts.numbers;
}

std::vector<std::int64_t> Dataset::categories() const {
    return content_->facts.categories;
}

std::vector<std::vector<double>> Dataset::number_edges(std::int64_t bins) const {
    if (bins < 1) {
        throw Exception({ErrorCode::usage, fmt::format("{} bins, expected at least 1", bins), {}});
    }
    std::vector<std::vector<double>> edges;
    if (std::holds_alternative<train::table::Settings>(content_->recipe.task)) {
        // Read again, as fit() does: a network then begins with the same bits in every process.
        const auto schema =
            value_of(json::parse_object(json::serialize(content_->data.schema), "schema"));
        for (const auto& input : value_of(train::table::parse_schema(schema)).numbers) {
            edges.push_back(train::table::bin_edges(input.curve, bins));
        }
    }
    return edges;
}

const std::vector<std::string>& Dataset::decisions() const {
    return content_->decisions;
}

}  // namespace trilby
