// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "train/recipe.hpp"

namespace trilby::train {
namespace {

/// A TOML basic string.
std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '\n':
                out += "\\n";
                break;
            case '\t':
                out += "\\t";
                break;
            case '"':
            case '\\':
                out += '\\';
                [[fallthrough]];
            default:
                out += c;
        }
    }
    return out + '"';
}

/// Writes the keys of a layer, limits aside.
class KeyWriter {
  public:
    void required(std::string_view key, const auto& value, auto... /*limits*/) {
        text_ += fmt::format(", {} = {}", key, value);
    }
    void optional(std::string_view key, const auto& value, auto... /*limits*/) {
        required(key, value);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string keys_of(const Layer& layer) {
    KeyWriter keys;
    std::visit([&](const auto& one) { one.visit_keys(one, keys); }, layer);
    return keys.text();
}

std::string section(const DataSettings& data) {
    return fmt::format(
        "[data]\ndataset = {}\nvalidation_examples = {}\ntraining_examples = {}\n"
        "test_examples = {}\nhorizontal_flip = {}\nshift_pixels = {}\n\n",
        toml_string(data.dataset), data.validation_examples, data.training_examples,
        data.test_examples, data.horizontal_flip, data.shift_pixels);
}

std::string section(const LoopSettings& training) {
    return fmt::format(
        "[training]\nepochs = {}\nbatch_size = {}\nseed = {}\nlabel_smoothing = {}\n\n",
        training.epochs, training.batch_size, training.seed, training.label_smoothing);
}

std::string section(const OptimizerSettings& optimizer) {
    std::string out =
        fmt::format("[optimizer]\nname = \"{}\"\nlearning_rate = {}\nweight_decay = {}\n",
                    word_for(optimizer.kind), optimizer.learning_rate, optimizer.weight_decay);
    if (optimizer.kind == OptimizerSettings::Kind::sgd) {
        return out + fmt::format("momentum = {}\n\n", optimizer.momentum);
    }
    return out + fmt::format("beta1 = {}\nbeta2 = {}\n\n", optimizer.beta1, optimizer.beta2);
}

std::string section(const ScheduleSettings& schedule) {
    std::string out = fmt::format("[schedule]\nname = \"{}\"\nwarmup_epochs = {}\n",
                                  word_for(schedule.kind), schedule.warmup_epochs);
    if (schedule.kind == ScheduleSettings::Kind::cosine) {
        out += fmt::format("final_fraction = {}\n", schedule.final_fraction);
    }
    return out + "\n";
}

std::string section(const std::vector<Layer>& layers) {
    std::string out = "[network]\nlayers = [\n";
    for (const Layer& layer : layers) {
        out += fmt::format("    {{ layer = \"{}\"{} }},\n", layer_name(layer), keys_of(layer));
    }
    return out + "]\n";
}

}  // namespace

std::string to_toml(const Recipe& recipe) {
    return fmt::format("name = {}\nsummary = {}\n\n", toml_string(recipe.name),
                       toml_string(recipe.summary)) +
           section(recipe.data) + section(recipe.training) + section(recipe.optimizer) +
           section(recipe.schedule) + section(recipe.layers);
}

}  // namespace trilby::train
