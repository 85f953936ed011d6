// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Where a run stands: saved, restored, and given to the other processes of a group.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <set>
#include <utility>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/precision_choice.hpp"
#include "backends/torch/trainer.hpp"
#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

constexpr const char* shuffle_key = "trilby.shuffle";

/// Recipes of earlier versions lack keys, which then have their defaults.
bool is_same_recipe(const train::Metadata& metadata, const train::Recipe& recipe) {
    const auto text = metadata.find("trilby.recipe");
    if (text == metadata.end()) {
        return false;
    }
    const auto then = train::parse_recipe(text->second, "checkpoint");
    return then && train::to_toml(*then) == train::to_toml(recipe);
}

NamedTensors without(const std::set<std::string>& buffers, NamedTensors state) {
    std::set<std::string> names;
    for (const std::string& buffer : buffers) {
        for (const char* prefix : {"model.", "average.", "best."}) {
            names.insert(prefix + buffer);
        }
    }
    std::erase_if(state, [&](const auto& entry) { return names.contains(entry.first); });
    return state;
}

}  // namespace

/// A run that diverged keeps the checkpoint before.
Result<void> Trainer::save() {
    TRILBY_CHECK(check_losses());
    const NamedTensors tensors = state();
    TRILBY_CHECK(check_state(without(infinite_buffers_, tensors)));
    if (!is_first()) {
        saved_step_ = step_;
        return {};
    }
    TRILBY_CHECK(checkpoints_.start(tensors, metadata()));
    saved_step_ = step_;
    return {};
}

train::Metadata Trainer::metadata() {
    train::Metadata metadata = position();
    metadata["trilby.recipe"] = train::to_toml(job_.recipe);
    metadata["trilby.schema"] = job_.schema;
    train::add_sharing(metadata, sharing());
    metadata["trilby.history"] = fmt::format("{}", fmt::join(history_, "\n"));
    return metadata;
}

train::Sharing Trainer::sharing() const {
    return {.threads = torch::get_num_threads(), .processes = job_.place ? job_.place->size : 1};
}

train::Metadata Trainer::position() {
    train::Metadata metadata = to_metadata({.step = step_,
                                            .epoch_loss = epoch_loss_.record(),
                                            .validation = validation_,
                                            .best = evaluated_.best_epoch()});
    if (precision_) {
        metadata["trilby.precision"] = enum_name(precision_->name);
    }
    if (const train::Shuffle& shuffle = order_.shuffle(); !shuffle.is_whole()) {
        metadata[shuffle_key] = json::serialize(train::to_json(shuffle));
    }
    return metadata;
}

Result<void> Trainer::restore() {
    TRILBY_TRY(good, checkpoints_.read_newest_good());
    TRILBY_CHECK(restore_from(good));
    resumption_ = {.checkpoint = good.file.string(),
                   .damage = good.damage,
                   .sharing_before = train::sharing_of(good.checkpoint.metadata())};
    if (resumption_->sharing_before == sharing()) {
        resumption_->sharing_before.reset();
    }
    return {};
}

Result<void> Trainer::restore_from(const train::CheckpointSeries::Good& good) {
    const train::Metadata& metadata = good.checkpoint.metadata();
    TRILBY_CHECK(check_unchanged(metadata));
    TRILBY_CHECK(copy_tensors(good.checkpoint, good.file, state()));
    if (const auto history = metadata.find("trilby.history"); history != metadata.end()) {
        const auto lines = split_lines(history->second);
        history_.assign(lines.begin(), lines.end());
    }
    return take_position(metadata, good.file);
}

Result<void> Trainer::take_position(const train::Metadata& metadata,
                                    const std::filesystem::path& file) {
    TRILBY_TRY(position, read_position(metadata, file));
    TRILBY_CHECK(take_shuffle(metadata, file));
    const std::int64_t most_examples =
        order_.steps_per_epoch() * job_.recipe.training.examples_per_step();
    if (position.step > total_steps() || position.epoch_loss.examples > most_examples) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("checkpoint '{}' is at step {} and example {} of its epoch; the run "
                        "has {} steps and {} examples",
                        file.string(), position.step, position.epoch_loss.examples, total_steps(),
                        task_->count(data::Part::training)),
            "restart the run, or resume from a copy");
    }
    precision_ = read_precision(metadata);
    step_ = saved_step_ = position.step;
    epoch_loss_.restart(position.epoch_loss);
    validation_ = std::move(position.validation);
    evaluated_.restore(std::move(position.best));
    return {};
}

/// Data may be in memory here, and on disk where the checkpoint was written.
Result<void> Trainer::take_shuffle(const train::Metadata& metadata,
                                   const std::filesystem::path& file) {
    train::Shuffle shuffle;
    if (const auto entry = metadata.find(shuffle_key); entry != metadata.end()) {
        TRILBY_TRY(document, json::parse_object(entry->second, file.string()));
        TRILBY_TRY(parsed, train::parse_shuffle(document, file.string()));
        shuffle = parsed;
    }
    if (shuffle != order_.shuffle()) {
        order_ = {job_.recipe.training, task_->count(data::Part::training), shuffle};
    }
    return {};
}

/// Nothing if the kind of data leaves no choice. Checkpoints without a precision are float32.
std::optional<train::PrecisionUse> Trainer::read_precision(const train::Metadata& metadata) const {
    if (!job_.recipe.decides_precision()) {
        return std::nullopt;
    }
    const auto entry = metadata.find("trilby.precision");
    const auto precision =
        entry == metadata.end() ? std::nullopt : enum_named<train::Precision>(entry->second);
    return resumed_precision(precision.value_or(train::Precision::float32), job_.device);
}

/// Recipe and data must be those of the checkpoint.
Result<void> Trainer::check_unchanged(const train::Metadata& metadata) const {
    if (!is_same_recipe(metadata, job_.recipe)) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the recipe beside checkpoint '{}' was changed after the start of the run",
                        job_.checkpoint.string()),
            "undo the changes, or start a new run with the changed recipe");
    }
    const auto schema = metadata.find("trilby.schema");
    if (schema == metadata.end() || schema->second != job_.schema) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the data of checkpoint '{}' were changed after the start of "
                        "the run{}",
                        job_.checkpoint.string(), train::or_read_otherwise(task_->arrays())),
            "bring the old data back, or start a new run with the new data");
    }
    return {};
}

Result<void> Trainer::join_group() {
    TRILBY_TRY(group,
               TrainingGroup::join(*job_.place, link_of(job_.device, context_), job_.device));
    group_ = std::move(group);
    TRILBY_CHECK(require_same_subject());
    TRILBY_CHECK(share_position());
    return group_.broadcast(state());
}

/// Each process has read recipe and data by itself.
Result<void> Trainer::require_same_subject() {
    train::Recipe recipe = job_.recipe;
    recipe.other.model.clear();  // its path may differ
    const std::string own = train::to_toml(recipe) + job_.schema;
    std::string of_first = own;
    TRILBY_CHECK(group_.broadcast(of_first));
    if (of_first == own) {
        return {};
    }
    return failure(
        ErrorCode::usage,
        fmt::format("process {} has another recipe or other data than process 0", job_.place->rank),
        "start all processes with the same command, and give all the same data");
}

Result<void> Trainer::share_position() {
    if (group_.is_alone()) {
        return {};
    }
    std::string text = train::to_text(position());
    TRILBY_CHECK(group_.broadcast(text));
    if (is_first()) {
        return {};
    }
    TRILBY_TRY(metadata, train::metadata_of(text));
    TRILBY_CHECK(take_position(metadata, "that of the first process"));
    if (precision_) {
        training_step_.set_precision(precision_->name);
    }
    return {};
}

}  // namespace trilby::backends
