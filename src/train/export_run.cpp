// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/export_run.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/writer.hpp"
#include "tensors/state_dict_writer.hpp"
#include "train/checkpoint.hpp"
#include "train/exported_model.hpp"
#include "train/run_files.hpp"
#include "train/trained_run.hpp"

namespace trilby::train {
namespace {

using Path = std::filesystem::path;

/// Views into the checkpoint, with the names that the network gives them.
std::vector<TensorView> weights_of(const Checkpoint& checkpoint, std::string_view prefix) {
    std::vector<TensorView> weights;
    for (const TensorView& tensor : checkpoint.tensors()) {
        if (tensor.name.starts_with(prefix)) {
            weights.push_back(tensor);
            weights.back().name.erase(0, prefix.size());
        }
    }
    return weights;
}

std::string_view in_words(std::string_view prefix) {
    return prefix == "best."      ? "those of the best epoch"
           : prefix == "average." ? "their moving average"
                                  : "those of the last step";
}

Result<void> write_model(const Path& file, const TrainedRun& run,
                         const std::vector<TensorView>& weights) {
    if (run.recipe.other.model.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the network of '{}' is not a model that was exported from "
                                   "Python, so there is no graph to write",
                                   printable(run.checkpoint.parent_path().native())),
                       "give --to safetensors or --to pt");
    }
    TRILBY_TRY(model, open_model(run.recipe, model_of(run.recipe, run.checkpoint.parent_path())));
    return pt2::write_with_values(file, model, weights);
}

Result<void> write(const Path& file, ExportFormat format, const TrainedRun& run,
                   const std::vector<TensorView>& weights) {
    switch (format) {
        case ExportFormat::safetensors:
            return safetensors::write(file, weights, {{"format", "pt"}});
        case ExportFormat::pt:
            return tensors::write_state_dict(file, weights);
        case ExportFormat::pt2:
            break;
    }
    return write_model(file, run, weights);
}

}  // namespace

Result<ExportedFile> export_run(const Path& run, ExportFormat format, const Path& file) {
    TRILBY_TRY(trained, TrainedRun::open_any(run));
    TRILBY_TRY(checkpoint, Checkpoint::read(trained.checkpoint));
    if (has_entry(file)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' already exists", printable(file.native())),
                       "give another name with --output, or remove the file");
    }
    const std::string prefix = prefix_of_weights(checkpoint);
    const std::vector<TensorView> weights = weights_of(checkpoint, prefix);
    TRILBY_CHECK(write(file, format, trained, weights));
    return ExportedFile{file, weights.size(), in_words(prefix)};
}

}  // namespace trilby::train
