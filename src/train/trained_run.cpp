// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/trained_run.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "train/checkpoint.hpp"
#include "train/checkpoint_series.hpp"
#include "train/exported_model.hpp"
#include "train/predictions.hpp"
#include "train/run_files.hpp"
#include "train/saving.hpp"

namespace trilby::train {
namespace {

constexpr const char* what_to_give = "give the folder that 'trilby train' printed as 'run'";

/// What helps if a checkpoint is damaged: the one before it, if that is good. A run that has ended
/// cannot be resumed from that one.
std::string remedy(const std::filesystem::path& file, std::string usual) {
    if (file.filename() == checkpoint_name) {
        if (const auto good = CheckpointSeries(file, most_checkpoints).read_newest_good()) {
            return fmt::format("use the checkpoint before it: {}", shell_word(good->file.string()));
        }
    }
    return has_entry(file.parent_path() / result_name)
               ? "use a copy, or train the network again: the run has ended, so it cannot be "
                 "resumed"
               : std::move(usual);
}

/// A damaged file without the ending of a checkpoint is more likely another kind of file.
Result<Checkpoint> read_checkpoint(const std::filesystem::path& file) {
    auto checkpoint = Checkpoint::read(file);
    const std::filesystem::path usual_name = checkpoint_name;
    if (!checkpoint && checkpoint.error().code == ErrorCode::bad_data &&
        file.extension() != usual_name.extension()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is neither a run nor a checkpoint", file.string()),
                       what_to_give);
    }
    if (!checkpoint && checkpoint.error().code == ErrorCode::bad_data) {
        checkpoint.error().hint = remedy(file, std::move(checkpoint.error().hint));
    }
    return checkpoint;
}

Result<std::string> entry_of(const Checkpoint& checkpoint, const std::filesystem::path& file,
                             const char* key) {
    const auto found = checkpoint.metadata().find(key);
    if (found == checkpoint.metadata().end()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("checkpoint '{}' has no '{}'", file.string(), key),
                       "only checkpoints of 'trilby train' can be used");
    }
    return found->second;
}

}  // namespace

Result<std::filesystem::path> checkpoint_at(const std::filesystem::path& path) {
    std::error_code unknown;
    const std::filesystem::path file =
        std::filesystem::is_directory(path, unknown) ? path / checkpoint_name : path;
    if (std::filesystem::exists(file, unknown)) {
        return std::filesystem::absolute(file);
    }
    return failure(ErrorCode::no_input,
                   fmt::format("'{}' is not the folder of a trained run: it "
                               "has no {}",
                               path.string(), checkpoint_name),
                   what_to_give);
}

Result<TrainedRun> TrainedRun::open(const std::filesystem::path& path) {
    TRILBY_TRY(run, open_any(path));
    TRILBY_CHECK(require_known_network(run.recipe));
    return std::move(run);
}

Result<TrainedRun> TrainedRun::open_any(const std::filesystem::path& path) {
    TRILBY_TRY(file, checkpoint_at(path));
    TRILBY_TRY(checkpoint, read_checkpoint(file));
    TRILBY_TRY(recipe_text, entry_of(checkpoint, file, "trilby.recipe"));
    TRILBY_TRY(schema_text, entry_of(checkpoint, file, "trilby.schema"));
    const std::string where = fmt::format("recipe of '{}'", file.string());
    TRILBY_TRY(recipe, parse_recipe(recipe_text, where));
    TRILBY_TRY(schema,
               json::parse_object(schema_text, fmt::format("schema of '{}'", file.string())));
    return TrainedRun{std::move(file), std::move(recipe), std::move(schema),
                      std::move(schema_text)};
}

worker::Answer<Outputs> compute_outputs(const TrainedRun& run, PreparedData& data,
                                        const SessionOptions& options) {
    const auto shape = output_shape(run.recipe, data);
    if (!shape) {
        return worker::refused(shape.error());
    }
    auto arrays = SharedArrays::reserve({{"outputs", ElementType::f32, *shape}});
    if (!arrays) {
        return worker::refused(arrays.error());
    }
    json::object params{{"checkpoint", run.checkpoint.string()},
                        {"have_targets", data.has_targets},
                        {"outputs_descriptor", Session::inherited_descriptor},
                        {"outputs", to_json(arrays->layout())}};
    add_model(params, run.recipe, run.checkpoint.parent_path());
    TRILBY_TRY(session, Session::start(data, options, arrays->descriptor()));
    TRILBY_TRY(document, session.run("predict", run.recipe, params));
    const auto result = parse_prediction(document);
    if (!result) {
        return std::unexpected(session.contract_broken(result.error()));
    }
    return Outputs{std::move(*arrays), *result};
}

}  // namespace trilby::train
