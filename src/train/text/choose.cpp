// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/choose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "base/try.hpp"
#include "base/units.hpp"
#include "train/text/schema.hpp"

namespace trilby::train::text {
namespace {

/// The network and the batch for texts of at least so many tokens. A larger network than the last
/// would not see enough text in a few minutes to use its size.
struct Size {
    std::int64_t from_tokens;
    std::int64_t layers;
    std::int64_t heads;
    std::int64_t width;
    std::int64_t context;
    std::int64_t batch;
    double dropout;
};

// From half a million characters on, dropout only slows down what can be learned in this time.
constexpr std::array sizes{Size{0, 2, 2, 64, 64, 16, 0.2}, Size{100'000, 4, 4, 128, 64, 16, 0.2},
                           Size{500'000, 4, 4, 128, 128, 16, 0.0}};
constexpr std::int64_t evaluations = 10;
/// More tokens make an evaluation take longer, but hardly more precise.
constexpr std::int64_t most_held_out = 200'000;
constexpr std::array shares{0.1,   0.05,   0.02,   0.01,   0.005,   0.002,
                            0.001, 0.0005, 0.0002, 0.0001, 0.00005, 0.00002};
/// After so many passes a network knows a text by heart, and guesses others worse.
constexpr std::int64_t most_passes = 40;
/// What two cores read in about four minutes.
constexpr std::int64_t most_tokens_read = 8'000'000;

bool has_characters(const data::TextSummary& text) {
    return text.is_utf8 && text.distinct <= character_limit;
}

const Size& size_for(std::int64_t tokens) {
    const auto* larger = std::ranges::upper_bound(sizes, tokens, {}, &Size::from_tokens);
    return *(larger - 1);
}

std::int64_t held_out(double share, std::int64_t tokens) {
    return static_cast<std::int64_t>(share * static_cast<double>(tokens));
}

double validation_share(std::int64_t tokens) {
    const auto* share = std::ranges::find_if(
        shares, [&](double one) { return held_out(one, tokens) <= most_held_out; });
    return share != shares.end() ? *share : shares.back();
}

std::string name_of(const std::filesystem::path& path) {
    return (path.extension() == ".gz" ? path.stem().stem() : path.stem()).string();
}

/// What the user says of the data, and the tokens that suit the text. The size is still open.
Result<Settings> known_settings(const std::filesystem::path& path, const data::TextSummary& text,
                                const Wishes& wishes) {
    Settings settings;
    settings.path = path.string();
    settings.tokens = has_characters(text) ? TokenChoice::characters : TokenChoice::bytes;
    Recipe recipe;
    recipe.name = name_of(path);
    recipe.task = std::move(settings);
    TRILBY_TRY(changed, with_changes(recipe, wishes.data_changes));
    return std::get<Settings>(changed.task);
}

bool reads_characters(const Settings& settings, const data::TextSummary& text) {
    return settings.tokens == TokenChoice::characters ||
           (settings.tokens == TokenChoice::automatic && has_characters(text));
}

/// A part that is held out has at least a few windows.
std::int64_t context_for(const Settings& settings, std::int64_t tokens, std::int64_t usual) {
    constexpr std::int64_t windows = 8;
    constexpr std::int64_t least = 8;
    double share = 1.0;
    for (const double part : {settings.validation, settings.test}) {
        share = part > 0.0 ? std::min(share, part) : share;
    }
    return std::clamp<std::int64_t>(held_out(share, tokens) / windows, least, usual);
}

Settings settings_for(Settings settings, std::int64_t tokens, const Wishes& wishes) {
    const Size& size = size_for(tokens);
    settings.layers = size.layers;
    settings.heads = size.heads;
    settings.width = size.width;
    settings.dropout = size.dropout;
    if (!wishes.sets("data.validation")) {
        settings.validation = validation_share(tokens);
    }
    settings.context = context_for(settings, tokens, size.context);
    return settings;
}

LoopSettings loop_for(const Settings& settings, std::int64_t tokens) {
    LoopSettings loop;
    loop.batch_size = size_for(tokens).batch;
    const std::int64_t wanted = std::min(most_passes * tokens, most_tokens_read);
    const std::int64_t steps = wanted / (loop.batch_size * settings.context);
    loop.epochs = evaluations;
    loop.steps_per_epoch = std::max<std::int64_t>(10, steps / evaluations);
    return loop;
}

OptimizerSettings optimizer_settings() {
    OptimizerSettings optimizer;
    optimizer.kind = OptimizerSettings::Kind::muon;
    optimizer.learning_rate = 0.008;
    optimizer.adamw_learning_rate = 0.003;
    optimizer.weight_decay = 0.01;
    optimizer.clip_norm = 1.0;
    optimizer.beta2 = 0.99;
    return optimizer;
}

ScheduleSettings schedule_settings() {
    ScheduleSettings schedule;
    schedule.kind = ScheduleSettings::Kind::linear;
    schedule.warmup_epochs = 0.25;
    return schedule;
}

std::string explain_tokens(const data::TextSummary& text, bool are_characters) {
    if (are_characters) {
        return fmt::format("tokens: the {} different characters", format_count(text.distinct));
    }
    return has_characters(text)
               ? "tokens: bytes, as asked for"
               : fmt::format("tokens: bytes, because the text {}",
                             text.is_utf8 ? fmt::format("has {} different characters, more than {}",
                                                        format_count(text.distinct),
                                                        format_count(character_limit))
                                          : "is not UTF-8");
}

std::string explain_parts(const Settings& settings) {
    return settings.test == 0.0
               ? fmt::format(
                     "parts: the last {:g} % of the text for validation, the rest for "
                     "training",
                     100.0 * settings.validation)
               : fmt::format(
                     "parts: the last {:g} % of the text for the test, the {:g} % before "
                     "them for validation, the rest for training",
                     100.0 * settings.test, 100.0 * settings.validation);
}

std::vector<std::string> decisions_for(const data::TextSummary& text, const Settings& settings,
                                       const LoopSettings& loop, std::int64_t tokens) {
    const bool are_characters = reads_characters(settings, text);
    const std::string unit = are_characters ? "characters" : "bytes";
    const std::int64_t read =
        loop.epochs * loop.steps_per_epoch * loop.batch_size * settings.context;
    return {explain_tokens(text, are_characters), explain_parts(settings),
            fmt::format("network: a transformer of {} layers with width {}, which sees {} {}",
                        settings.layers, settings.width, settings.context, unit),
            fmt::format("training: {} steps of {} {}, {:.1f} times the text",
                        format_count(loop.epochs * loop.steps_per_epoch),
                        format_count(loop.batch_size * settings.context), unit,
                        static_cast<double>(read) / static_cast<double>(tokens))};
}

}  // namespace

Result<Choice> choose(const std::filesystem::path& path, const data::TextSummary& text,
                      const Wishes& wishes) {
    if (wishes.target) {
        return failure(ErrorCode::usage,
                       fmt::format("'{}' is a text, which has no column '{}' to predict",
                                   path.string(), *wishes.target),
                       "leave out --target: the next character is predicted");
    }
    if (text.distinct < 2) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has only one different character, so there is nothing to "
                                   "learn",
                                   path.string()),
                       "give a text with at least two");
    }
    TRILBY_TRY(known, known_settings(path, text, wishes));
    const auto tokens = static_cast<std::int64_t>(
        reads_characters(known, text) && text.is_utf8 ? text.characters : text.bytes);
    const Settings settings = settings_for(known, tokens, wishes);
    const LoopSettings loop = loop_for(settings, tokens);
    Choice choice;
    choice.recipe.name = name_of(path);
    choice.recipe.summary = "predicts the next character of a text";
    choice.recipe.task = settings;
    choice.recipe.training = loop;
    choice.recipe.optimizer = optimizer_settings();
    choice.recipe.schedule = schedule_settings();
    choice.decisions = decisions_for(text, settings, loop, tokens);
    return choice;
}

}  // namespace trilby::train::text
