// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/choose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "data/image_profile.hpp"
#include "data/image_split.hpp"
#include "train/images/network_design.hpp"

namespace trilby::train::images {
namespace {

// ---- How long to train

/// What two CPUs multiply and add in about two minutes of training. A forward pass is a third of
/// the work of a step.
constexpr double multiplications = 2.0e12;
constexpr std::int64_t enough_epochs = 15;
constexpr std::int64_t most_epochs = 80;

std::int64_t affordable_epochs(std::int64_t images, std::int64_t multiplications_per_image) {
    const double epochs = multiplications / static_cast<double>(multiplications_per_image) /
                          static_cast<double>(images);
    return std::clamp(static_cast<std::int64_t>(epochs), std::int64_t{1}, most_epochs);
}

/// What the settings depend on.
struct Profile {
    const std::vector<std::string>& classes;
    std::string_view origin;  ///< of the classes
    std::int64_t training_images = 0;
    std::int64_t median_side = 0;
    std::int64_t channels = 1;
    std::optional<std::int64_t> side = {};  ///< if the user sets it
};

/// What the user says of the data. The size and the network are still open.
Result<Settings> known_settings(Settings draft, const Wishes& wishes) {
    draft.side = 128;
    draft.layers = {GlobalAveragePool{}, Linear{.features = 2}};
    Recipe recipe;
    recipe.name = "images";
    recipe.task = std::move(draft);
    TRILBY_TRY(changed, with_changes(recipe, wishes.data_changes));
    return std::get<Settings>(changed.task);
}

/// The number of images that are for training.
Result<std::int64_t> training_images(const data::ImageFolder& folder,
                                     const data::SplitFractions& fractions) {
    TRILBY_TRY(split, data::split_images(folder, fractions, 0));
    return split.parts.training.size();
}

std::int64_t training_images(const data::IdxFolder& folder, const data::SplitFractions& fractions) {
    const double held_out = fractions.validation + (folder.parts.size() > 1 ? 0.0 : fractions.test);
    const auto images = static_cast<double>(folder.parts.front().size());
    return std::max<std::int64_t>(1, std::lround(images * (1.0 - held_out)));
}

// ---- What to train

/// Networks from the best to the fastest that fit images of this size.
std::vector<std::int64_t> sides_for(const Profile& profile) {
    if (profile.side) {
        return {*profile.side};
    }
    constexpr std::int64_t least = 28;
    constexpr std::array<std::int64_t, 3> sides{128, 96, 64};
    std::vector<std::int64_t> fitting;
    std::ranges::copy_if(sides, std::back_inserter(fitting),
                         [&](std::int64_t side) { return side <= profile.median_side; });
    return fitting.empty() ? std::vector{std::max(least, profile.median_side)} : fitting;
}

struct Plan {
    std::int64_t side = 0;
    std::vector<Layer> layers;
    std::int64_t epochs = 1;
};

/// The largest images that leave time for enough epochs.
Plan plan_for(const Profile& profile) {
    Plan plan;
    for (const std::int64_t side : sides_for(profile)) {
        const Shape shape{profile.channels, side, side};
        plan = {side, design_network(shape, static_cast<std::int64_t>(profile.classes.size())), 1};
        plan.epochs =
            affordable_epochs(profile.training_images, count_multiplications(plan.layers, shape));
        if (plan.epochs >= enough_epochs) {
            break;
        }
    }
    return plan;
}

/// Small batches where there are few images, so that there are enough steps.
std::int64_t batch_size_for(std::int64_t images) {
    constexpr std::int64_t steps_per_epoch = 40;
    std::int64_t batch_size = 16;
    while (batch_size < 128 && batch_size * 2 * steps_per_epoch <= images) {
        batch_size *= 2;
    }
    return batch_size;
}

// ---- What may be changed in an image without changing its class

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Letters, digits and signs, whose mirror images are others.
bool are_signs(const std::vector<std::string>& classes) {
    return std::ranges::all_of(classes, [](const std::string& name) {
        return is_number(name) || count_characters(name) == 1;
    });
}

bool name_a_side(const std::vector<std::string>& classes) {
    return std::ranges::any_of(classes, [](const std::string& name) {
        const std::string lower = lower_case(name);
        return lower.contains("left") || lower.contains("right");
    });
}

// ---- The recipe

Settings settings_for(const std::filesystem::path& path, const Profile& profile, Plan plan) {
    constexpr std::int64_t pixels_per_shift = 16;
    return {.path = path.string(),
            .side = plan.side,
            .channels = profile.channels,
            .horizontal_flip = !are_signs(profile.classes) && !name_a_side(profile.classes),
            .shift_pixels = std::max<std::int64_t>(1, plan.side / pixels_per_shift),
            .layers = std::move(plan.layers)};
}

std::string name_of(const std::filesystem::path& path) {
    return path.filename().empty() ? path.parent_path().filename().string()
                                   : path.filename().string();
}

Recipe recipe_for(std::string name, const Settings& settings, std::size_t classes,
                  std::int64_t epochs, std::int64_t batch_size) {
    constexpr double rate_per_example = 0.1 / 128;
    const double rate = rate_per_example * static_cast<double>(batch_size);
    const auto warm_up = static_cast<double>(epochs) / 10.0;
    return {.name = std::move(name),
            .summary = fmt::format("images of {} classes", classes),
            .task = settings,
            .training = {.epochs = epochs, .batch_size = batch_size, .label_smoothing = 0.05},
            .optimizer = {.kind = OptimizerSettings::Kind::sgd,
                          .learning_rate = rate,
                          .weight_decay = 0.0005},
            .schedule = {.kind = ScheduleSettings::Kind::cosine, .warmup_epochs = warm_up},
            .places = {}};
}

std::string explain_training(const LoopSettings& loop, std::int64_t images) {
    return fmt::format("training: {} epoch{} of {} images in batches of {}", loop.epochs,
                       loop.epochs == 1 ? "" : "s", format_count(images), loop.batch_size);
}

std::string explain_shift(std::int64_t pixels) {
    return pixels == 0 ? "not shifted"
                       : fmt::format("shifted by up to {} pixel{}", pixels, pixels == 1 ? "" : "s");
}

std::string explain_augmentation(const Settings& settings,
                                 const std::vector<std::string>& classes) {
    const std::string shift = explain_shift(settings.shift_pixels);
    if (settings.horizontal_flip) {
        return fmt::format("augmentation: mirrored at random and {}", shift);
    }
    const std::string_view reason =
        are_signs(classes)     ? ", because the classes' names are single characters or numbers"
        : name_a_side(classes) ? ", because the classes' names distinguish left and right"
                               : "";
    return fmt::format("augmentation: {}, not mirrored{}", shift, reason);
}

Result<void> check_wishes(const Wishes& wishes, std::string_view origin) {
    return wishes.target ? failure(ErrorCode::usage,
                                   fmt::format("images have no column '{}': their classes are {}",
                                               *wishes.target, origin),
                                   "leave out --target")
                         : Result<void>();
}

std::vector<std::string> decisions_for(const Settings& settings, const LoopSettings& loop,
                                       const Profile& profile) {
    return {
        fmt::format("classes: {}, {}", profile.classes.size(), profile.origin),
        fmt::format("images: squares of {0} x {0} pixels in {1}, from a median of {2}",
                    settings.side, settings.channels == 3 ? "colors" : "gray", profile.median_side),
        explain_augmentation(settings, profile.classes),
        explain_training(loop, profile.training_images)};
}

/// The decisions are about the recipe with the user's settings.
Result<Choice> choose_for(const std::filesystem::path& path, const Profile& profile,
                          const Wishes& wishes) {
    Plan plan = plan_for(profile);
    const std::int64_t epochs = plan.epochs;
    const Settings settings = settings_for(path, profile, std::move(plan));
    const Recipe recipe = recipe_for(name_of(path), settings, profile.classes.size(), epochs,
                                     batch_size_for(profile.training_images));
    TRILBY_TRY(changed, with_changes(recipe, wishes.data_changes));
    return Choice{
        .recipe = changed,
        .decisions = decisions_for(std::get<Settings>(changed.task), changed.training, profile)};
}

/// Images for training of a known data set.
std::int64_t training_images(const LabeledImages& images, const Settings& settings) {
    const std::int64_t left =
        std::max<std::int64_t>(1, images.training_count - settings.validation_examples);
    return settings.training_examples > 0 ? std::min(left, settings.training_examples) : left;
}

std::optional<std::int64_t> wished_side(const Settings& known, const Wishes& wishes) {
    return wishes.sets("data.side") ? std::optional(known.side) : std::nullopt;
}

}  // namespace

Result<Choice> choose(const Dataset& dataset, const Wishes& wishes) {
    TRILBY_CHECK(check_wishes(wishes, "those of the data set"));
    constexpr std::int64_t per_validation_image = 12;  // 5,000 of 60,000
    const LabeledImages& images = *dataset.images;
    const Shape shape{1, images.height, images.width};
    const Settings draft{.dataset = std::string(dataset.name),
                         .validation_examples = std::max<std::int64_t>(
                             1, images.training_count / per_validation_image)};
    TRILBY_TRY(settings, known_settings(draft, wishes));
    settings.layers = design_network(shape, static_cast<std::int64_t>(images.classes.size()));
    const std::int64_t count = training_images(images, settings);
    Recipe recipe =
        recipe_for(settings.dataset, settings, images.classes.size(),
                   affordable_epochs(count, count_multiplications(settings.layers, shape)),
                   batch_size_for(count));
    const std::string decision = explain_training(recipe.training, count);
    return Choice{.recipe = std::move(recipe), .decisions = {decision}};
}

Result<Choice> choose(const std::filesystem::path& path, const data::ImageFolder& folder,
                      const Wishes& wishes) {
    TRILBY_CHECK(check_wishes(wishes, "the folders"));
    TRILBY_TRY(known, known_settings({.path = path.string()}, wishes));
    TRILBY_TRY(images, training_images(folder, known.fractions));
    const data::ImageProfile profile = data::profile_images(folder);
    const std::int64_t channels = profile.has_colors ? 3 : 1;
    return choose_for(path,
                      {.classes = folder.classes,
                       .origin = "the names of the folders",
                       .training_images = images,
                       .median_side = profile.median_side,
                       .channels = wishes.sets("data.channels") ? known.channels : channels,
                       .side = wished_side(known, wishes)},
                      wishes);
}

Result<Choice> choose(const std::filesystem::path& path, const data::IdxFolder& folder,
                      const Wishes& wishes) {
    TRILBY_CHECK(check_wishes(wishes, "the labels"));
    TRILBY_TRY(known, known_settings({.path = path.string()}, wishes));
    return choose_for(path,
                      {.classes = folder.classes,
                       .origin = "the numbers of the labels",
                       .training_images = training_images(folder, known.fractions),
                       .median_side = std::min(folder.height, folder.width),
                       .side = wished_side(known, wishes)},
                      wishes);
}

}  // namespace trilby::train::images
