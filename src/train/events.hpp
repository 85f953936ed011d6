// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The events and the result of the job `train`, as docs/jobs.md defines them. The worker writes
/// them and `trilby` reads them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "base/nullable.hpp"
#include "train/metrics.hpp"
#include "train/precision.hpp"
#include "train/saving.hpp"
#include "train/sharing.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct Blas {
    std::string kind;
    std::string path;
};

/// The libraries that a backend computes with.
struct Libraries {
    std::string libtorch;  ///< the version
    Blas blas;
    bool onednn = false;
    bool openmp = false;
    std::int64_t threads = 1;
    std::optional<json::object> gpu;  ///< for people, so `trilby` does not look into it
};

struct EpochEvent {
    static constexpr std::string_view type = "epoch";
    std::int64_t epoch = 0;
    std::int64_t step = 0;
    double training_loss = 0.0;
    Metrics validation;  ///< empty without examples to validate
    double learning_rate = 0.0;
    json::Nullable<double> units_per_second;  ///< null in a checkpoint
    json::Nullable<double> seconds;           ///< training only; null in a checkpoint
};

/// The weight of a class: what the loss of each of its examples counts.
struct ClassWeight {
    std::string name;  ///< of the class
    double weight = 1.0;
};

/// Where a resumed run continues.
struct Resumption {
    std::string checkpoint;           ///< the file that was read
    std::vector<std::string> damage;  ///< of each newer checkpoint: why it could not be read
    /// How the run shared the machine before, if that is known and is not how it does now.
    std::optional<Sharing> sharing_before = {};
};

struct StartEvent {
    static constexpr std::string_view type = "start";
    Libraries libraries;
    std::int64_t parameters = 0;
    std::string metric;  ///< the name of the deciding one, such as "accuracy"
    std::string unit;    ///< of the speed: "images"
    std::int64_t training_examples = 0;
    std::int64_t validation_examples = 0;
    std::int64_t test_examples = 0;
    std::int64_t steps_per_epoch = 1;
    std::int64_t epochs = 1;
    std::int64_t step = 0;  ///< not 0 in a resumed run
    /// The last epochs before the checkpoint of a resumed run, oldest first, as lines of
    /// metrics.jsonl: reading numbers as JSON does not keep every bit. `trilby` may have been
    /// killed before it recorded them.
    std::vector<std::string> history;
    std::optional<PrecisionUse> precision = {};  ///< nothing: float32, without a choice
    std::optional<std::vector<ClassWeight>> class_weights = {};  ///< nothing: all count the same
    std::optional<Resumption> resumption = {};                   ///< nothing for a new run
    /// How the gradients of several GPUs travel; nothing for CPUs and for one process.
    std::optional<std::string> exchange = {};
    /// The epoch that ends at `step` was not validated, so its event comes first.
    std::optional<bool> validates_first = {};
};

struct ProgressEvent {
    static constexpr std::string_view type = "progress";
    std::int64_t step = 0;
    json::Nullable<double> training_loss;  ///< null where it is not finite
    double units_per_second = 0.0;
};

using Event = std::variant<StartEvent, ProgressEvent, EpochEvent>;

/// Steps that were computed twice, to find faults of the hardware. All gave the same bits.
struct Verification {
    std::int64_t interval = 0;  ///< every so many steps
    std::int64_t steps = 0;     ///< since the run was started or resumed
    double seconds = 0.0;       ///< what that took
};

/// Data that were read from a disk while they were trained on.
struct Reading {
    std::uint64_t bytes = 0;      ///< of all data
    double seconds_waited = 0.0;  ///< of steps, for their examples
};

struct TrainingResult {
    std::int64_t epochs = 0;  ///< done
    std::int64_t steps = 0;
    double seconds = 0.0;  ///< since it was started or resumed
    std::string metric;    ///< the name of the deciding one
    Metrics validation;    ///< with the weights that were tested
    Metrics test;          ///< empty without examples to test
    std::int64_t test_examples = 0;
    std::string checkpoint;
    json::Nullable<std::string> graph;  ///< "used", or why the device's graphs were not
    /// Whose weights were tested, if the recipe keeps the best ones.
    std::optional<std::int64_t> best_epoch = {};
    /// The last epoch, if the run ended early because the patience or the time was over.
    std::optional<std::int64_t> stopped_after = {};
    std::optional<bool> time_is_over = {};  ///< of a run that ended early; then it may lack steps
    std::optional<PrecisionUse> precision = {};  ///< as in the start event
    std::optional<Verification> verification = {};
    std::optional<Reading> reading = {};       ///< nothing for data in memory
    std::optional<SavingCost> saving = {};     ///< nothing from a worker of an earlier version
    std::optional<std::string> exchange = {};  ///< as in the start event
};

/// The result of the job `predict`; the outputs are in shared memory.
struct PredictionResult {
    std::int64_t rows = 0;
    std::string metric;  ///< the name of the deciding one
    Metrics metrics;     ///< empty for data without targets
};

/// A layer of a network, or what else has parameters of its own.
struct LayerExamination {
    std::string name;
    std::vector<std::string> shapes;  ///< of its parameters: "32 x 1 x 3 x 3"
    std::int64_t parameters = 0;
};

/// The result of the job `examine`.
struct Examination {
    std::vector<LayerExamination> layers;
    std::int64_t parameters = 0;
    std::int64_t training_examples = 0;
    std::int64_t validation_examples = 0;
    std::int64_t test_examples = 0;
    std::int64_t steps_per_epoch = 1;
    double seconds_per_step = 0.0;               ///< of a step of training, measured
    double seconds_per_evaluation = 0.0;         ///< of the validation part, measured
    std::uint64_t memory_bytes = 0;              ///< of the worker at its peak
    std::optional<PrecisionUse> precision = {};  ///< as in the start event
};

[[nodiscard]] json::object to_json(const Libraries& libraries);
[[nodiscard]] json::object to_json(const PredictionResult& result);
[[nodiscard]] json::object to_json(const Saving& saving);
[[nodiscard]] json::object to_json(const Examination& examination);
[[nodiscard]] json::object to_json(const TrainingResult& result);
/// With its type as the first key.
[[nodiscard]] json::object to_json(const Event& event);
/// The line of metrics.jsonl.
[[nodiscard]] json::object metrics_of(const EpochEvent& epoch);

/// The line of an epoch in a checkpoint. It has no times: the same run writes the same checkpoint.
[[nodiscard]] std::string history_line(EpochEvent epoch);
/// The epoch of such a line, or of one in metrics.jsonl; nothing if the line is damaged.
[[nodiscard]] std::optional<std::int64_t> epoch_of_line(std::string_view line);

/// Empty if it has none.
[[nodiscard]] std::string type_of(const json::object& event);
/// Nothing for an event of another type. A key that is missing or mistyped is ErrorCode::bad_data.
[[nodiscard]] Result<std::optional<Event>> parse_event(const json::object& document);
[[nodiscard]] Result<TrainingResult> parse_result(const json::object& document);
[[nodiscard]] Result<PredictionResult> parse_prediction(const json::object& document);
/// The parameter `saving` of the job; its defaults where there is none.
[[nodiscard]] Result<Saving> parse_saving(const json::object& params);
[[nodiscard]] Result<Examination> parse_examination(const json::object& document);

}  // namespace trilby::train
