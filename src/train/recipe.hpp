// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A recipe: a TOML file that determines a training run (docs/recipes.md).

#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "train/precision.hpp"
#include "train/task_settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

// visit_keys() calls keys.required(name, member, minimum, maximum) or keys.optional(...), whose
// default is the member's, for every key in the order in which recipes are written.

struct LoopSettings {
    enum class ClassWeights : std::uint8_t { none, balanced };
    std::int64_t epochs = 1;        ///< passes over the training examples
    std::int64_t batch_size = 128;  ///< examples that are computed at once
    std::int64_t accumulation = 1;  ///< batches in a step
    /// Ends an epoch after so many steps instead of after a pass; 0 means a pass.
    std::int64_t steps_per_epoch = 0;
    std::int64_t seed = 1;
    double label_smoothing = 0.0;  ///< of classes: the part of the target spread over all of them
    /// What the loss of an example counts: 1, or less the more examples its class has.
    ClassWeights class_weights = ClassWeights::none;
    /// The part that the moving average of the weights keeps of itself at a step; 0: no average.
    double average = 0.0;
    bool keep_best = true;      ///< the result is the epoch with the best validation metric
    std::int64_t patience = 0;  ///< end after so many epochs without a better one; 0: never
    /// Parts of the network that keep their values, such as "0" or "block_1.attention".
    std::vector<std::string> frozen = {};
    /// File with weights to start from, by name; empty: the network's own first weights.
    std::string weights = {};
    bool weights_partly = false;  ///< those that the file lacks are the network's own
    /// The precision of the network's products; nothing ("auto"): the faster one in a trial.
    std::optional<Precision> precision = {};

    [[nodiscard]] std::int64_t examples_per_step() const { return batch_size * accumulation; }

    static void visit_keys(auto& settings, auto& keys) {
        keys.required("epochs", settings.epochs, 1, 1'000'000);
        keys.required("batch_size", settings.batch_size, 1, 1'000'000);
        keys.optional("accumulation", settings.accumulation, 1, 10'000);
        keys.optional("steps_per_epoch", settings.steps_per_epoch, 0, 1'000'000'000);
        keys.optional("seed", settings.seed, 0, std::numeric_limits<std::int64_t>::max());
        keys.optional("label_smoothing", settings.label_smoothing, 0.0, 0.99);
        keys.optional("class_weights", settings.class_weights);
        keys.optional("average", settings.average, 0.0, 0.999999);
        keys.optional("keep_best", settings.keep_best);
        keys.optional("patience", settings.patience, 0, 1'000'000);
        keys.optional("frozen", settings.frozen);
        keys.if_given("weights", settings.weights);
        if (!settings.weights.empty()) {
            keys.optional("weights_partly", settings.weights_partly);
        }
        keys.optional("precision", settings.precision);
    }
};

struct OptimizerSettings {
    enum class Kind : std::uint8_t { sgd, adamw, muon };
    Kind kind = Kind::adamw;
    double learning_rate = 0.001;
    double weight_decay = 0.0;         ///< of weights, but not of biases, norms and embeddings
    double clip_norm = 0.0;            ///< the most that the gradients' norm may be; 0: no limit
    double momentum = 0.9;             ///< sgd only, Nesterov momentum
    double muon_momentum = 0.95;       ///< muon's "momentum", Nesterov momentum too
    double adamw_learning_rate = 0.0;  ///< muon only, where it uses AdamW; 0: the same rate
    double beta1 = 0.9;                ///< adamw and muon
    double beta2 = 0.999;              ///< adamw and muon

    static void visit_keys(auto& settings, auto& keys) {
        keys.required("name", settings.kind);
        keys.required("learning_rate", settings.learning_rate, 1e-12, 1000.0);
        keys.optional("weight_decay", settings.weight_decay, 0.0, 1000.0);
        keys.optional("clip_norm", settings.clip_norm, 0.0, 1e6);
        if (settings.kind == Kind::muon) {
            keys.optional("momentum", settings.muon_momentum, 0.0, 0.9999);
            keys.optional("adamw_learning_rate", settings.adamw_learning_rate, 0.0, 1000.0);
        }
        if (settings.kind == Kind::sgd) {
            keys.optional("momentum", settings.momentum, 0.0, 0.9999);
        } else {
            keys.optional("beta1", settings.beta1, 0.0, 0.9999);
            keys.optional("beta2", settings.beta2, 0.0, 0.999999);
        }
    }
};

struct ScheduleSettings {
    enum class Kind : std::uint8_t { constant, cosine, linear, one_cycle };
    Kind kind = Kind::constant;
    /// The rate rises linearly from 0 for the sum of both; not for one_cycle.
    double warmup_epochs = 0.0;
    std::int64_t warmup_steps = 0;
    double rise_fraction = 0.3;   ///< one_cycle only: the part of the run in which the rate rises
    double decay_fraction = 1.0;  ///< linear only: the part of the run in which the rate falls
    double final_fraction = 0.0;  ///< the final rate as a fraction of the peak; not for constant

    static void visit_keys(auto& settings, auto& keys) {
        keys.required("name", settings.kind);
        if (settings.kind == Kind::one_cycle) {
            keys.optional("rise_fraction", settings.rise_fraction, 0.0, 1.0);
        } else {
            keys.optional("warmup_epochs", settings.warmup_epochs, 0.0, 1e6);
            keys.optional("warmup_steps", settings.warmup_steps, 0, 1'000'000'000);
        }
        if (settings.kind == Kind::linear) {
            keys.optional("decay_fraction", settings.decay_fraction, 0.0, 1.0);
        }
        if (settings.kind != Kind::constant) {
            keys.optional("final_fraction", settings.final_fraction, 0.0, 1.0);
        }
    }
};

/// A network that replaces that of the task: `module`, `model`, or neither.
struct OtherNetwork {
    std::string module = {};  ///< a program's own, by its name
    std::string model = {};   ///< a file of torch.export; in a run, relative to its folder
    std::string sha256 = {};  ///< of that file
    bool new_head = false;    ///< the last layer of the model is new, for the classes of the data
    std::int64_t lora_rank = 0;  ///< of adapters for linear layers, which then alone are trained
    double lora_scale = 2.0;     ///< of what an adapter adds

    [[nodiscard]] bool is_there() const { return !module.empty() || !model.empty(); }

    static void visit_keys(auto& network, auto& keys) {
        keys.if_given("module", network.module);
        keys.if_given("model", network.model);
        if (!network.model.empty()) {
            keys.if_given("sha256", network.sha256);
            keys.optional("new_head", network.new_head);
            keys.optional("lora_rank", network.lora_rank, 0, 65'536);
            if (network.lora_rank > 0) {
                keys.optional("lora_scale", network.lora_scale, 1e-6, 1e6);
            }
        }
    }
};

struct Recipe {
    std::string name;
    std::string summary;
    TaskSettings task;
    OtherNetwork other;
    LoopSettings training;
    OptimizerSettings optimizer;
    ScheduleSettings schedule;
    /// Positions of keys ("data.dataset", "network.layers[2]") in the file, as "file:line:column".
    std::map<std::string, std::string> places;

    /// The position of a key, for errors that are found when the recipe is compared with the data;
    /// the recipe's name if it was not read from a file.
    [[nodiscard]] const std::string& place_of(const std::string& key) const;
    /// The word of the task: "images".
    [[nodiscard]] std::string_view task_name() const;
    /// Whether the networks of the task learn as well with products in bfloat16.
    [[nodiscard]] bool may_use_bfloat16() const;
    /// Whether a run chooses between precisions. With another network it does so only if the recipe
    /// names one: only the author of that network knows whether it learns as well with products in
    /// bfloat16.
    [[nodiscard]] bool decides_precision() const;
};

/// Parses and checks a recipe. `where` is the file's name in errors, which have line and column.
[[nodiscard]] Result<Recipe> parse_recipe(std::string_view text, std::string_view where);

/// `recipe` with single settings changed, such as "training.epochs=5"; the right side is TOML or a
/// word. An error names the change, and `option` as the option of the command line that has it.
[[nodiscard]] Result<Recipe> with_changes(const Recipe& recipe,
                                          const std::vector<std::string>& changes,
                                          std::string_view option = "--set");

/// ErrorCode::bad_data for a recipe of a program with its own network.
[[nodiscard]] Result<void> require_known_network(const Recipe& recipe);

/// Reads and parses a file.
[[nodiscard]] Result<Recipe> read_recipe(const std::filesystem::path& path);

/// The recipe as TOML with all settings. parse_recipe() returns the same recipe.
[[nodiscard]] std::string to_toml(const Recipe& recipe);

TRILBY_DESCRIBE_ENUM(LoopSettings::ClassWeights, '_', none, balanced)
TRILBY_DESCRIBE_ENUM(OptimizerSettings::Kind, '_', sgd, adamw, muon)
TRILBY_DESCRIBE_ENUM(ScheduleSettings::Kind, '_', constant, cosine, linear, one_cycle)

}  // namespace trilby::train
