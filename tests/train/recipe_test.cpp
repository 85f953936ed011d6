// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/recipe.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::train {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view small_recipe = R"(name = "small"
[data]
dataset = "fashion-mnist"
validation_examples = 100
[training]
epochs = 2
batch_size = 64
[optimizer]
name = "sgd"
learning_rate = 0.1
[schedule]
name = "cosine"
[network]
layers = [
    { layer = "flatten" },
    { layer = "linear", features = 10 },
]
)";

/// The small recipe with one part replaced.
std::string with(std::string_view piece, std::string_view replacement) {
    std::string text(small_recipe);
    const auto at = text.find(piece);
    EXPECT_NE(at, std::string::npos) << piece;
    return text.replace(at, piece.size(), replacement);
}

const images::Settings& images_of(const Recipe& recipe) {
    return std::get<images::Settings>(recipe.task);
}

Error error_of(const std::string& text) {
    const auto recipe = parse_recipe(text, "my.toml");
    EXPECT_FALSE(recipe) << text;
    return recipe ? Error{} : recipe.error();
}

TEST(Recipe, ReadsSettingsAndFillsInDefaults) {
    const auto recipe = parse_recipe(small_recipe, "my.toml");
    ASSERT_TRUE(recipe) << recipe.error().message;
    EXPECT_EQ(recipe->name, "small");
    EXPECT_EQ(images_of(*recipe).validation_examples, 100);
    EXPECT_EQ(recipe->training.epochs, 2);
    EXPECT_EQ(recipe->training.seed, 1);
    EXPECT_EQ(recipe->optimizer.kind, OptimizerSettings::Kind::sgd);
    EXPECT_EQ(recipe->optimizer.momentum, 0.9);
    EXPECT_EQ(recipe->schedule.kind, ScheduleSettings::Kind::cosine);
    ASSERT_EQ(images_of(*recipe).layers.size(), 2U);
    EXPECT_EQ(images_of(*recipe).layers[1], Layer(Linear{.features = 10}));
}

/// The sections of a recipe that was written and read again.
Recipe read_again(const std::string& text) {
    const auto recipe = parse_recipe(text, "my.toml");
    EXPECT_TRUE(recipe) << recipe.error().message;
    return parse_recipe(to_toml(recipe.value()), "written").value();
}

TEST(Recipe, KeepsTheSettingsOfEveryOptimizer) {
    const Recipe muon = read_again(
        with("\"sgd\"", "\"muon\"\nmomentum = 0.8\nadamw_learning_rate = 0.003\nclip_norm = 1.0"));
    EXPECT_EQ(muon.optimizer.kind, OptimizerSettings::Kind::muon);
    EXPECT_EQ(muon.optimizer.muon_momentum, 0.8);
    EXPECT_EQ(muon.optimizer.adamw_learning_rate, 0.003);
    EXPECT_EQ(muon.optimizer.clip_norm, 1.0);
    EXPECT_EQ(read_again(with("\"sgd\"", "\"muon\"")).optimizer.muon_momentum, 0.95);
    EXPECT_EQ(read_again(with("\"sgd\"", "\"sgd\"\nmomentum = 0.8")).optimizer.momentum, 0.8);
}

TEST(Recipe, KeepsTheSettingsOfEverySchedule) {
    const Recipe linear = read_again(with(
        "\"cosine\"", "\"linear\"\nwarmup_steps = 20\ndecay_fraction = 0.4\nfinal_fraction = 0.1"));
    EXPECT_EQ(linear.schedule.kind, ScheduleSettings::Kind::linear);
    EXPECT_EQ(linear.schedule.warmup_steps, 20);
    EXPECT_EQ(linear.schedule.decay_fraction, 0.4);
    EXPECT_EQ(linear.schedule.final_fraction, 0.1);
    const Recipe cycle = read_again(with("\"cosine\"", "\"one_cycle\"\nrise_fraction = 0.2"));
    EXPECT_EQ(cycle.schedule.kind, ScheduleSettings::Kind::one_cycle);
    EXPECT_EQ(cycle.schedule.rise_fraction, 0.2);
}

TEST(Recipe, KeepsWhichWeightsAreTested) {
    const Recipe recipe = read_again(
        with("epochs = 2", "epochs = 2\naverage = 0.999\nkeep_best = false\npatience = 5"));
    EXPECT_EQ(recipe.training.average, 0.999);
    EXPECT_FALSE(recipe.training.keep_best);
    EXPECT_EQ(recipe.training.patience, 5);
    EXPECT_TRUE(read_again(std::string(small_recipe)).training.keep_best);
}

TEST(Recipe, KeepsTheNumberOfBatchesInAStep) {
    EXPECT_EQ(read_again(std::string(small_recipe)).training.accumulation, 1);
    const Recipe recipe = read_again(with("epochs = 2", "epochs = 2\naccumulation = 4"));
    EXPECT_EQ(recipe.training.accumulation, 4);
    EXPECT_EQ(recipe.training.examples_per_step(), 4 * 64);
}

TEST(Recipe, KeepsTheNamesOfFrozenParts) {
    EXPECT_TRUE(read_again(std::string(small_recipe)).training.frozen.empty());
    const Recipe recipe = read_again(with("epochs = 2", "epochs = 2\nfrozen = [\"0\", \"a.b\"]"));
    EXPECT_EQ(recipe.training.frozen, (std::vector<std::string>{"0", "a.b"}));
}

TEST(Recipe, KeepsThePrecision) {
    EXPECT_EQ(read_again(std::string(small_recipe)).training.precision, std::nullopt);
    EXPECT_EQ(read_again(with("epochs = 2", "epochs = 2\nprecision = \"auto\"")).training.precision,
              std::nullopt);
    EXPECT_EQ(
        read_again(with("epochs = 2", "epochs = 2\nprecision = \"bfloat16\"")).training.precision,
        Precision::bfloat16);
}

TEST(Recipe, RefusesAnUnknownPrecision) {
    const Error error = error_of(with("epochs = 2", "epochs = 2\nprecision = \"float16\""));
    EXPECT_THAT(error.message, HasSubstr("my.toml:7:"));
    EXPECT_THAT(error.message + error.hint, HasSubstr("auto"));
}

TEST(Recipe, RefusesBfloat16WhereTheKindOfDataCannotUseIt) {
    const Error error = error_of(R"(name = "small"
task = "table"
[data]
path = "houses.csv"
target = "price"
[training]
epochs = 2
batch_size = 64
precision = "bfloat16"
[optimizer]
name = "sgd"
learning_rate = 0.1
[schedule]
name = "cosine"
[network]
)");
    EXPECT_EQ(error.message,
              "my.toml:9:13: precision is bfloat16, but a recipe for table trains in float32");
}

TEST(Recipe, SurvivesARoundTrip) {
    const std::filesystem::path folder = testing::data_folder() / "recipes";
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto recipe = read_recipe(entry.path());
        ASSERT_TRUE(recipe) << recipe.error().message;
        const std::string written = to_toml(*recipe);
        const auto again = parse_recipe(written, "written");
        ASSERT_TRUE(again) << again.error().message << '\n' << written;
        EXPECT_EQ(to_toml(*again), written);
        EXPECT_EQ(again->task_name(), recipe->task_name());
        ++count;
    }
    EXPECT_GE(count, 2);
}

TEST(Recipe, MistakesAreReportedWithPlaceAndRemedy) {
    struct Case {
        std::string_view piece;
        std::string_view replacement;
        std::string_view message;
    };
    for (const Case& c : std::initializer_list<Case>{
             {"epochs = 2", "epoch = 2", "my.toml:6:9: [training]: unknown key 'epoch' (did you"},
             {"epochs = 2", "epochs = \"2\"", "'epochs' is a string, expected an integer"},
             {"epochs = 2", "epochs = 2.0", "'epochs' is a number with a fraction"},
             {"epochs = 2", "epochs = 0", "'epochs' is 0, expected 1 to 1000000"},
             {"epochs = 2\n", "", "[training]: key 'epochs' is missing"},
             {"epochs = 2", "epochs = 99999999999999999999", "not valid TOML"},
             {"learning_rate = 0.1", "learning_rate = nan", "'learning_rate' is nan"},
             {"learning_rate = 0.1", "learning_rate = inf", "'learning_rate' is inf"},
             {"learning_rate = 0.1", "learning_rate = -1", "'learning_rate' is -1"},
             {"\"sgd\"", "\"sdg\"", "'name' is 'sdg' (did you mean 'sgd'?)"},
             {"\"sgd\"", "\"adamw\"\nmomentum = 0.9", "unknown key 'momentum'"},
             {"\"cosine\"", "\"one_cycle\"\nwarmup_epochs = 1", "unknown key 'warmup_epochs'"},
             {"\"cosine\"", "\"cosine\"\ndecay_fraction = 0.5", "unknown key 'decay_fraction'"},
             {"\"cosine\"", "\"linear\"\ndecay_fraction = 2", "'decay_fraction' is 2"},
             {"\"sgd\"", "\"sgd\"\nadamw_learning_rate = 1", "unknown key 'adamw_learning_rate'"},
             {"epochs = 2", "epochs = 2\naverage = 1.0", "'average' is 1"},
             {"epochs = 2", "epochs = 2\naccumulation = 0", "'accumulation' is 0"},
             {"epochs = 2", "epochs = 2\nclass_weights = \"equal\"", "'class_weights' is 'equal'"},
             {"epochs = 2", "epochs = 2\npatience = -1", "'patience' is -1"},
             {"[schedule]\nname = \"cosine\"\n", "", "key 'schedule' is missing"},
             {"[schedule]", "[[schedule]]", "'schedule' is an array, expected a table"},
             {"features = 10", "feature = 10", "layer 2 (linear): "},
             {"\"flatten\"", "\"flaten\"", "'layer' is 'flaten' (did you mean 'flatten'?)"},
             {"{ layer = \"flatten\" }", "\"flatten\"", "a layer must be a table"},
             {"{ layer = \"flatten\" }", "{}", "layer 1 (?): key 'layer' is missing"},
             {"{ layer = \"flatten\" }", "{ layer = 3 }", "'layer' is an integer"},
             {"\"small\"", "\"a\\u001b[31m\"", "control characters"},
             {"name = \"small\"", "name = ", "my.toml:1:"},
         }) {
        const Error error = error_of(with(c.piece, c.replacement));
        EXPECT_EQ(error.code, ErrorCode::bad_data);
        EXPECT_THAT(error.message, AllOf(HasSubstr("my.toml:"), HasSubstr(c.message)))
            << c.replacement;
    }
}

TEST(Recipe, EmptyNetworkIsRefused) {
    const std::string text(small_recipe.substr(0, small_recipe.find("layers")));
    EXPECT_THAT(error_of(text + "layers = []\n").message, HasSubstr("has 0 layers"));
}

TEST(Recipe, UnreadableFileIsAnInputError) {
    const trilby::testing::TemporaryFolder folder;
    EXPECT_EQ(read_recipe(folder / "none.toml").error().code, ErrorCode::no_input);
    EXPECT_EQ(read_recipe(folder.path()).error().code, ErrorCode::bad_data);
    const auto large = folder.write("large.toml", std::string((1U << 20) + 1, '#'));
    EXPECT_EQ(read_recipe(large).error().code, ErrorCode::bad_data);
}

TEST(Recipe, ChangesAreReadLikeTheRecipe) {
    const Recipe recipe = parse_recipe(small_recipe, "my.toml").value();
    const auto changed =
        with_changes(recipe, {"training.epochs=7", "optimizer.name = adamw", "data.dataset=\"x\""});
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(changed->training.epochs, 7);
    EXPECT_EQ(changed->optimizer.kind, OptimizerSettings::Kind::adamw);
    EXPECT_EQ(images_of(*changed).dataset, "x");
}

TEST(Recipe, AChangeMayAddATableToASection) {
    Recipe recipe;
    recipe.name = "t";
    recipe.task = table::Settings();
    const auto changed = with_changes(recipe, {"data.columns.zip=category"});
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(std::get<table::Settings>(changed->task).columns.at("zip"), "category");
}

TEST(Recipe, WrongChangesAreReported) {
    const Recipe recipe = parse_recipe(small_recipe, "my.toml").value();
    const std::vector<std::pair<std::string, std::string>> cases{
        {"training.epochs", "takes SECTION.KEY=VALUE"},
        {"epochs=1", "takes SECTION.KEY=VALUE"},
        {"train.epochs=1", "no section 'train'"},
        {"training.epoch=1", "unknown key 'epoch' (did you mean 'epochs'?)"},
        {"training.epochs=0", "'epochs' is 0, expected 1 to 1000000"},
        {"training.epochs=", "'epochs' is a string"},
        {"training.epochs.x=1", "no section 'training.epochs'"},
    };
    for (const auto& [change, message] : cases) {
        const auto changed = with_changes(recipe, {change});
        ASSERT_FALSE(changed) << change;
        EXPECT_THAT(changed.error().message, HasSubstr(message));
    }
}

TEST(Recipe, OfAProgramsNetworkHasItsNameAndOnlyTheKeysOfAnyNetwork) {
    Recipe recipe{.name = "mine", .task = text::Settings{.path = "a.txt", .context = 32}};
    recipe.other.module = "Net";
    const std::string written = to_toml(recipe);
    EXPECT_THAT(written, HasSubstr("module = \"Net\"\ncontext = 32\n"));
    EXPECT_THAT(written, Not(HasSubstr("heads")));
    const Recipe read = parse_recipe(written, "recipe").value();
    EXPECT_EQ(read.other.module, "Net");
    EXPECT_EQ(to_toml(read), written);
}

TEST(Recipe, OfAProgramsNetworkIsRefusedWhereTheProgramIsMissing) {
    Recipe recipe{.name = "mine", .task = series::Settings{.look_back = 8, .horizon = 2}};
    EXPECT_TRUE(require_known_network(recipe));
    recipe.other.module = "Net";
    const Recipe read = parse_recipe(to_toml(recipe), "mine.toml").value();
    const auto known = require_known_network(read);
    ASSERT_FALSE(known);
    EXPECT_THAT(known.error().message, HasSubstr("mine.toml:"));
    EXPECT_THAT(known.error().message, HasSubstr("the network 'Net' belongs to a program"));
}

}  // namespace
}  // namespace trilby::train
