// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/export_run.hpp"

#include <deque>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "onnx/translation.hpp"
#include "onnx/writer.hpp"
#include "pt2/writer.hpp"
#include "tensors/state_dict_writer.hpp"
#include "train/adapters.hpp"
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

bool is_from_python(const TrainedRun& run) {
    return !run.recipe.other.model.empty();
}

Result<pt2::File> open_model_of(const TrainedRun& run) {
    if (!is_from_python(run)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the network of '{}' is not a model that was exported from "
                                   "Python, so there is no graph to write",
                                   printable(run.checkpoint.parent_path().native())),
                       "give --to safetensors, --to pt or --to onnx");
    }
    return open_model(run.recipe, model_of(run.recipe, run.checkpoint.parent_path()));
}

Result<void> write_pt2(const Path& file, const TrainedRun& run,
                       const std::vector<TensorView>& weights) {
    TRILBY_TRY(model, open_model_of(run));
    return pt2::write_with_values(file, model, weights);
}

/// The schema says how the inputs were scaled and what the outputs mean.
Result<void> write_onnx(const Path& file, const TrainedRun& run,
                        const std::vector<TensorView>& weights) {
    TRILBY_TRY(model, open_model_of(run));
    TRILBY_TRY(translated, onnx::translate(model, weights));
    translated.metadata = {{"trilby.data", run.schema_text}};
    return onnx::write(file, translated);
}

/// Trilby's own networks are code for LibTorch, which a worker records.
worker::Answer<void> record_as_onnx(const Path& file, const TrainedRun& run,
                                    const SessionOptions& options) {
    if (const auto known = require_known_network(run.recipe); !known) {
        return worker::refused(known.error());
    }
    auto arrays = SharedArrays::reserve({{"none", ElementType::u8, {1}}});
    if (!arrays) {
        return worker::refused(arrays.error());
    }
    PreparedData data{
        .source = run.checkpoint, .schema = run.schema, .arrays = std::move(*arrays), .parts = {}};
    TRILBY_TRY(session, Session::start(data, options));
    TRILBY_CHECK(session.run("write_onnx", run.recipe,
                             {{"checkpoint", run.checkpoint.string()},
                              {"schema", run.schema_text},
                              {"file", std::filesystem::absolute(file).string()}}));
    return {};
}

Result<void> write(const Path& file, ExportFormat format, const TrainedRun& run,
                   const std::vector<TensorView>& weights) {
    switch (format) {
        case ExportFormat::safetensors:
            return safetensors::write(file, weights, {{"format", "pt"}});
        case ExportFormat::pt:
            return tensors::write_state_dict(file, weights);
        case ExportFormat::pt2:
            return write_pt2(file, run, weights);
        case ExportFormat::onnx:
            break;
    }
    return write_onnx(file, run, weights);
}

/// A trained network before it is written.
struct Trained {
    TrainedRun run;
    Checkpoint checkpoint;
};

Result<Trained> read_trained(const Path& run, const Path& file) {
    TRILBY_TRY(trained, TrainedRun::open_any(run));
    TRILBY_TRY(checkpoint, Checkpoint::read(trained.checkpoint));
    if (has_entry(file)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' already exists", printable(file.native())),
                       "give another name with --output, or remove the file");
    }
    return Trained{std::move(trained), std::move(checkpoint)};
}

template <class T>
worker::Answer<T> or_refused(Result<T> result) {
    return result ? worker::Answer<T>(std::move(result).value()) : worker::refused(result.error());
}
worker::Answer<void> or_refused(const Result<void>& result) {
    return result ? worker::Answer<void>() : worker::refused(result.error());
}

}  // namespace

worker::Answer<ExportedFile> export_run(const Path& run, ExportFormat format, const Path& file,
                                        const std::function<Result<SessionOptions>()>& session) {
    TRILBY_TRY(trained, or_refused(read_trained(run, file)));
    const std::string prefix = prefix_of_weights(trained.checkpoint);
    std::deque<std::vector<float>> storage;
    std::vector<TensorView> weights = weights_of(trained.checkpoint, prefix);
    if (trained.run.recipe.other.lora_rank > 0) {
        TRILBY_TRY(with_adapters,
                   or_refused(merged(weights, trained.run.recipe.other.lora_scale, storage)));
        weights = std::move(with_adapters);
    }
    if (format == ExportFormat::onnx && !is_from_python(trained.run)) {
        TRILBY_TRY(options, or_refused(session()));
        TRILBY_CHECK(record_as_onnx(file, trained.run, options));
    } else {
        TRILBY_CHECK(or_refused(write(file, format, trained.run, weights)));
    }
    return ExportedFile{file, weights.size(), in_words(prefix)};
}

}  // namespace trilby::train
