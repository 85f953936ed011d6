// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/trainer.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <future>
#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "support/temporary_folder.hpp"
#include "train/images/data.hpp"

namespace trilby::backends {
namespace {

using trilby::testing::read_file;

using ::testing::HasSubstr;

constexpr int epochs = 3;
constexpr int steps_per_epoch = 3;
constexpr int never = std::numeric_limits<int>::max();

constexpr const char* pairs = "batch_size = 2";
constexpr const char* accumulated_pairs = "batch_size = 1\naccumulation = 2";

/// A small recipe with more keys in [training] and with an optimizer.
std::string recipe_with(const char* training_keys, const char* optimizer_keys,
                        const char* batch_keys = pairs) {
    return fmt::format(R"(
name = "made"
[data]
dataset = "fashion-mnist"
validation_examples = 2
[training]
epochs = {}
{}
{}
[optimizer]
{}
[schedule]
name = "cosine"
[network]
layers = [
    {{ layer = "flatten" }},
    {{ layer = "linear", features = 4 }},
    {{ layer = "batch_norm" }},
    {{ layer = "linear", features = 4 }},
    {{ layer = "linear", features = 3 }},
]
)",
                       epochs, batch_keys, training_keys, optimizer_keys);
}

/// Without the layer that depends on how examples are divided into batches.
std::string without_batch_norm(std::string recipe) {
    const std::string_view layer = "{ layer = \"batch_norm\" },";
    return recipe.erase(recipe.find(layer), layer.size());
}

constexpr const char* adamw = "name = \"adamw\"\nlearning_rate = 0.01";
// Weight decay alone makes the weights 3,000 times as large at every step.
constexpr const char* diverging =
    "name = \"sgd\"\nlearning_rate = 300\nweight_decay = 10\nmomentum = 0";
constexpr const char* unmoved = "name = \"adamw\"\nlearning_rate = 1e-12";

const train::images::Schema schema{.height = 2,
                                   .width = 2,
                                   .channels = 1,
                                   .classes = {"a", "b", "c"},
                                   .mean = {0.5},
                                   .deviation = {0.5}};
const data::Parts parts{{0, 6}, {6, 8}, {8, 10}};

/// As a network of a program, which takes the images.
template <class Module>
Network forwarded(std::shared_ptr<Module> module) {
    return {module, [module](const Batch& inputs) { return module->forward(inputs[0]); }};
}

/// Images with different pixels and labels.
train::SharedArrays made_images() {
    auto arrays = train::SharedArrays::reserve({{"images", train::ElementType::u8, {10, 2, 2, 1}},
                                                {"labels", train::ElementType::i32, {10}}})
                      .value();
    const auto images = arrays.elements<std::uint8_t>("images");
    for (std::size_t i = 0; i < images.size(); ++i) {
        images[i] = static_cast<std::uint8_t>(i * 7 % 3);
    }
    const auto labels = arrays.elements<std::int32_t>("labels");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = static_cast<std::int32_t>(i * 7 % 3);
    }
    return arrays;
}

/// A client that cancels when it is asked for the nth time, and keeps the epochs that it is told
/// of.
struct Client {
    int cancel_at = never;
    int asked = 0;
    std::multimap<std::int64_t, double> losses = {};  ///< by epoch
    train::StartEvent start = {};                     ///< the last one
    int signs_of_life = 0;

    void take(std::string_view text) {
        const json::object document = json::parse_object(text, "event").value();
        signs_of_life += train::type_of(document) == "working" ? 1 : 0;
        const auto event = train::parse_event(document).value();
        if (event && std::holds_alternative<train::EpochEvent>(*event)) {
            const auto& epoch = std::get<train::EpochEvent>(*event);
            losses.emplace(epoch.epoch, epoch.training_loss);
        }
        if (event && std::holds_alternative<train::StartEvent>(*event)) {
            start = std::get<train::StartEvent>(*event);
        }
    }
    [[nodiscard]] trilby_host host() {
        return {.struct_size = sizeof(trilby_host),
                .abi_version = TRILBY_BACKEND_ABI_VERSION,
                .context = this,
                .event =
                    [](void* self, const char* text, std::size_t size) {
                        static_cast<Client*>(self)->take({text, size});
                    },
                .result = [](void*, const char*, std::size_t) {},
                .error = [](void*, const char*, const char*) {},
                .is_cancelled =
                    [](void* self) {
                        auto& client = *static_cast<Client*>(self);
                        return ++client.asked >= client.cancel_at ? 1 : 0;
                    }};
    }
};

class TrainerTest : public ::testing::Test {
  protected:
    Result<train::TrainingResult> train(const std::string& recipe_text, Client& client,
                                        const std::string& checkpoint, bool resume,
                                        std::optional<double> time_limit_s = {},
                                        std::int64_t verify_every = 0) {
        auto recipe = train::parse_recipe(recipe_text, "recipe").value();
        const json::object document = train::images::to_json(schema);
        const trilby_host host = client.host();
        const JobContext context(host, {});
        const auto result = Trainer::make({.recipe = std::move(recipe),
                                           .schema = json::serialize(document),
                                           .device = torch::kCPU,
                                           .checkpoint = folder_ / checkpoint,
                                           .resume = resume,
                                           .saving = saving_,
                                           .time_limit_s = time_limit_s,
                                           .own = own_,
                                           .verify_every = verify_every},
                                          {document, parts, images_}, context)
                                .value()
                                ->run();
        if (!result) {
            return std::unexpected(result.error());
        }
        return train::parse_result(*result);
    }

    /// The tensors of a checkpoint whose names begin with `prefix`.
    [[nodiscard]] std::map<std::string, std::string> tensors(const std::string& checkpoint,
                                                             const std::string& prefix) const {
        const auto read = train::Checkpoint::read(folder_ / checkpoint).value();
        std::map<std::string, std::string> found;
        for (const train::TensorView& tensor : read.tensors()) {
            if (tensor.name.starts_with(prefix)) {
                found[tensor.name.substr(prefix.size())] = {
                    reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
            }
        }
        return found;
    }

    trilby::testing::TemporaryFolder folder_;
    train::SharedArrays images_ = made_images();
    train::Saving saving_;
    OwnParts own_ = {};
};

std::string test_of(const train::TrainingResult& result) {
    return json::serialize(to_json(result).at("test"));
}

struct Variant {
    const char* name;
    const char* training_keys;
    const char* optimizer_keys;
};

class TrainerWith : public TrainerTest, public ::testing::WithParamInterface<Variant> {};

TEST_P(TrainerWith, AnOptimizerCancelledAtAnyStepResumesToTheSameRun) {
    const std::string recipe = recipe_with(GetParam().training_keys, GetParam().optimizer_keys);
    Client undisturbed;
    const auto whole = train(recipe, undisturbed, "whole", false);
    ASSERT_TRUE(whole) << whole.error().message;
    ASSERT_EQ(undisturbed.losses.size(), static_cast<std::size_t>(whole->epochs));
    // At every step, before, in and after each validation, and in the test.
    for (int step = 1; step <= undisturbed.asked; ++step) {
        Client client{.cancel_at = step};
        EXPECT_FALSE(train(recipe, client, "parts", false)) << step;
        client.cancel_at = never;
        const auto resumed = train(recipe, client, "parts", true);
        ASSERT_TRUE(resumed) << step;
        EXPECT_EQ(test_of(*resumed), test_of(*whole)) << step;
        EXPECT_EQ(resumed->best_epoch, whole->best_epoch) << step;
        EXPECT_EQ(client.losses, undisturbed.losses) << step;
        EXPECT_TRUE(read_file(folder_ / "parts") == read_file(folder_ / "whole")) << step;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainerWith,
    ::testing::Values(
        Variant{"AdamW", "", adamw},
        Variant{"SgdClippedAndAveraged", "average = 0.9\nkeep_best = false",
                "name = \"sgd\"\nlearning_rate = 0.1\nclip_norm = 0.1\nweight_decay = 0.01"},
        Variant{"MuonAveraged", "average = 0.9", "name = \"muon\"\nlearning_rate = 0.01"},
        Variant{"Accumulated", "steps_per_epoch = 3\naccumulation = 2\naverage = 0.9", adamw},
        Variant{"Frozen", "average = 0.9\nfrozen = [\"linear_2\", \"batch_norm_3\"]", adamw},
        Variant{"Patience", "patience = 1", unmoved},
        Variant{"Bfloat16", "precision = \"bfloat16\"", adamw}),
    [](const auto& variant) { return std::string(variant.param.name); });

struct BatchSizes {
    const char* name;
    const char* accumulated;
    const char* whole;
};

class TrainerOf : public TrainerTest, public ::testing::WithParamInterface<BatchSizes> {};

TEST_P(TrainerOf, AccumulatedBatchesHasTheLossesOfOneLargeBatch) {
    const auto train_in = [&](const char* batch_keys) {
        Client client;
        EXPECT_TRUE(train(without_batch_norm(recipe_with("", adamw, batch_keys)), client, "c",
                          /*resume=*/false));
        return client.losses;
    };
    const auto accumulated = train_in(GetParam().accumulated);
    const auto whole = train_in(GetParam().whole);
    ASSERT_EQ(accumulated.size(), static_cast<std::size_t>(epochs));
    for (const auto& [epoch, loss] : accumulated) {
        EXPECT_NEAR(loss, whole.find(epoch)->second, 1e-5) << epoch;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainerOf,
    ::testing::Values(BatchSizes{"EvenSteps", accumulated_pairs, pairs},
                      BatchSizes{"FewerBatchesInTheLastStep", "batch_size = 1\naccumulation = 4",
                                 "batch_size = 4"},
                      BatchSizes{"FewerExamplesInTheLastBatch", "batch_size = 4\naccumulation = 2",
                                 "batch_size = 6"}),
    [](const auto& sizes) { return std::string(sizes.param.name); });

TEST_F(TrainerTest, TrainsInThePrecisionOfTheRecipeAndSaysSo) {
    Client client;
    const auto rounded = train(recipe_with("precision = \"bfloat16\"", adamw), client, "b", false);
    ASSERT_TRUE(rounded);
    ASSERT_TRUE(rounded->precision);
    EXPECT_EQ(rounded->precision->name, train::Precision::bfloat16);
    EXPECT_THAT(rounded->precision->reason, HasSubstr("as the recipe says"));
    ASSERT_TRUE(train(recipe_with("precision = \"float32\"", adamw), client, "f", false));
    EXPECT_NE(tensors("b", "model."), tensors("f", "model."));
}

TEST_F(TrainerTest, KeepsThePrecisionOfTheCheckpointWithoutATrial) {
    const std::string recipe = recipe_with("", adamw);
    Client client{.cancel_at = 2};
    EXPECT_FALSE(train(recipe, client, "c", false));
    client.cancel_at = never;
    const auto resumed = train(recipe, client, "c", true);
    ASSERT_TRUE(resumed);
    ASSERT_TRUE(resumed->precision);
    EXPECT_EQ(resumed->precision->name, train::Precision::float32);
    EXPECT_EQ(resumed->precision->reason, "as before the run was resumed");
}

TEST_F(TrainerTest, TestsTheBestWeightsAndKeepsThemInTheCheckpoint) {
    // Weights do not change, so the first epoch is the best one, but the means of the batch norm
    // do.
    Client client;
    const auto result = train(recipe_with("", unmoved), client, "c", false);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->best_epoch.value_or(0), 1);
    EXPECT_EQ(result->stopped_after, std::nullopt);
    const auto best = tensors("c", "best.");
    EXPECT_EQ(best.size(), tensors("c", "model.").size());
    EXPECT_NE(best, tensors("c", "model."));
}

/// The names of tensors that differ.
std::vector<std::string> changed(const std::map<std::string, std::string>& before,
                                 const std::map<std::string, std::string>& after) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : before) {
        if (after.at(name) != bytes) {
            names.push_back(name);
        }
    }
    return names;
}

TEST_F(TrainerTest, KeepsTheValuesOfFrozenParts) {
    Client client;
    const std::string keys = "average = 0.9\nfrozen = [\"linear_2\", \"batch_norm_3\"]";
    const std::string decaying = std::string(adamw) + "\nweight_decay = 0.1";
    const std::string recipe = recipe_with(keys.c_str(), decaying.c_str());
    ASSERT_TRUE(train(recipe, client, "one", false, 0.0));
    ASSERT_TRUE(train(recipe, client, "all", false));
    const std::vector<std::string> trained{"linear_4.bias", "linear_4.weight", "linear_5.bias",
                                           "linear_5.weight"};
    EXPECT_EQ(changed(tensors("one", "model."), tensors("all", "model.")), trained);
    EXPECT_EQ(changed(tensors("one", "average."), tensors("all", "average.")), trained);
    EXPECT_EQ(changed(tensors("all", "model."), tensors("all", "average.")), trained);
}

TEST_F(TrainerTest, RefusesToFreezeWhatTheNetworkLacksOrAllOfIt) {
    auto recipe =
        train::parse_recipe(recipe_with("frozen = [\"linear_2\", \"linear\"]", adamw), "r").value();
    const json::object document = train::images::to_json(schema);
    Client client;
    const trilby_host host = client.host();
    const JobContext context(host, {});
    const auto made = [&] {
        return Trainer::make(
            {.recipe = recipe, .schema = "", .device = torch::kCPU, .checkpoint = folder_ / "c"},
            {document, parts, images_}, context);
    };
    const auto unknown = made();
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message, HasSubstr("'frozen' has 'linear'"));
    EXPECT_EQ(unknown.error().hint, "its parts are linear_2, batch_norm_3, linear_4, linear_5");
    recipe.training.frozen = {"linear_2", "batch_norm_3", "linear_4", "linear_5"};
    const auto nothing_left = made();
    ASSERT_FALSE(nothing_left);
    EXPECT_THAT(nothing_left.error().message, HasSubstr("has no parameters to train"));
}

TEST_F(TrainerTest, StopsAfterThePatienceAndSaysSo) {
    Client client;
    const auto result = train(recipe_with("patience = 1", unmoved), client, "c", false);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->stopped_after.value_or(0), 2);
    EXPECT_EQ(result->epochs, 2);
    EXPECT_EQ(result->steps, 2 * steps_per_epoch);
    EXPECT_EQ(client.losses.size(), 2U);
}

TEST_F(TrainerTest, EndsWithinAnEpochWhenItsTimeIsOver) {
    Client client;
    const auto result = train(recipe_with("", adamw), client, "c", false, 0.0);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->steps, 1);
    EXPECT_EQ(result->stopped_after.value_or(0), 1);
    EXPECT_TRUE(result->time_is_over.value_or(false));
    EXPECT_FALSE(result->test.empty());
    EXPECT_EQ(client.losses.size(), 1U);
}

TEST_F(TrainerTest, ResumesARunWhoseTimeWasOverBeforeItHadAResult) {
    const std::string recipe = recipe_with("", adamw);
    Client undisturbed;
    const auto whole = train(recipe, undisturbed, "whole", false);
    Client client;
    ASSERT_TRUE(train(recipe, client, "parts", false, 0.0));
    const auto resumed = train(recipe, client, "parts", true);
    ASSERT_TRUE(whole && resumed);
    EXPECT_EQ(resumed->steps, whole->steps);
    EXPECT_EQ(tensors("parts", "model."), tensors("whole", "model."));
}

TEST_P(TrainerWith, StepsThatAreComputedTwiceChangeNothing) {
    const std::string recipe = recipe_with(GetParam().training_keys, GetParam().optimizer_keys);
    Client client;
    const auto once = train(recipe, client, "once", false);
    const auto twice = train(recipe, client, "twice", false, {}, 2);
    ASSERT_TRUE(once && twice);
    EXPECT_EQ(once->verification, std::nullopt);
    EXPECT_EQ(twice->verification.value().steps, twice->steps / 2);
    EXPECT_EQ(read_file(folder_ / "once"), read_file(folder_ / "twice"));
}

TEST_F(TrainerTest, SavesWithinEpochsWithoutChangingTheRun) {
    const std::string recipe = recipe_with("average = 0.9", adamw);
    Client client;
    const auto seldom = train(recipe, client, "seldom", false);
    saving_.interval_s = 0;
    const auto often = train(recipe, client, "often", false);
    ASSERT_TRUE(seldom && often);
    EXPECT_EQ(seldom->saving.value().checkpoints, epochs);
    EXPECT_GE(often->saving.value().checkpoints, epochs * steps_per_epoch);
    EXPECT_GT(often->saving->bytes_each, 100U);
    EXPECT_TRUE(read_file(folder_ / "often") == read_file(folder_ / "seldom"));
}

TEST_F(TrainerTest, ResumesFromTheCheckpointBeforeADamagedOneToTheSameRun) {
    const std::string recipe = recipe_with("", adamw);
    Client undisturbed;
    ASSERT_TRUE(train(recipe, undisturbed, "whole", false));
    Client client{.cancel_at = 2 * steps_per_epoch + 1};
    EXPECT_FALSE(train(recipe, client, "parts", false));
    std::string damaged = read_file(folder_ / "parts");
    damaged.back() ^= 1;
    folder_.write("parts", damaged);
    client.cancel_at = never;
    ASSERT_TRUE(train(recipe, client, "parts", true));
    ASSERT_TRUE(client.start.resumption);
    EXPECT_EQ(client.start.resumption->checkpoint, folder_ / "parts-1");
    EXPECT_THAT(client.start.resumption->damage,
                ::testing::ElementsAre(HasSubstr("SHA-256 does not match")));
    EXPECT_FALSE(client.start.resumption->sharing_before) << "it is computed as before";
    EXPECT_LT(client.start.step, 2 * steps_per_epoch);
    EXPECT_TRUE(read_file(folder_ / "parts") == read_file(folder_ / "whole"));
}

TEST_F(TrainerTest, AnEpochThatEndsIsReportedBeforeItIsSaved) {
    saving_ = {.interval_s = 0, .checkpoints = 5};
    Client client;
    ASSERT_TRUE(train(recipe_with("", adamw), client, "c", false));
    std::string step = std::to_string(epochs * steps_per_epoch);
    for (const char* file : {"c", "c-1", "c-2", "c-3", "c-4"}) {
        const auto metadata = train::read_metadata(folder_ / file).value();
        EXPECT_EQ(metadata.at("trilby.step"), step);
        const bool is_at_an_end = std::stoi(step) % steps_per_epoch == 0;
        EXPECT_EQ(metadata.at("trilby.epoch_examples") == "0", is_at_an_end) << file;
        step = std::to_string(std::stoi(step) - 1);
    }
}

TEST_F(TrainerTest, AnEvaluationGivesSignsOfLife) {
    Client client;
    ASSERT_TRUE(train(recipe_with("", adamw), client, "c", false));
    EXPECT_GE(client.signs_of_life, 1);
}

TEST_F(TrainerTest, AValidationThatIsCancelledComesFirstInTheResumedRun) {
    const std::string recipe = recipe_with("", adamw);
    Client client{.cancel_at = steps_per_epoch + 2};
    const auto cancelled = train(recipe, client, "c", false);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().message, "stopped after step 3 of 9; the checkpoint is saved");
    EXPECT_TRUE(client.losses.empty()) << "the epoch is reported after its validation";
    const auto metadata = train::read_metadata(folder_ / "c").value();
    EXPECT_EQ(metadata.at("trilby.step"), "3");
    EXPECT_EQ(metadata.at("trilby.epoch_examples"), "6");
    client.cancel_at = never;
    ASSERT_TRUE(train(recipe, client, "c", true));
    EXPECT_EQ(client.start.validates_first, true);
    EXPECT_EQ(client.losses.size(), static_cast<std::size_t>(epochs));
}

TEST_F(TrainerTest, ATestThatIsCancelledIsRepeatedByTheResumedRun) {
    const std::string recipe = recipe_with("", adamw);
    Client undisturbed;
    const auto whole = train(recipe, undisturbed, "whole", false);
    Client client{.cancel_at = undisturbed.asked};
    const auto cancelled = train(recipe, client, "parts", false);
    ASSERT_TRUE(whole && !cancelled);
    EXPECT_EQ(cancelled.error().message, "stopped after step 9 of 9; the checkpoint is saved");
    client.cancel_at = never;
    const auto resumed = train(recipe, client, "parts", true);
    ASSERT_TRUE(resumed);
    EXPECT_EQ(test_of(*resumed), test_of(*whole));
    EXPECT_EQ(client.start.validates_first, std::nullopt);
}

/// Takes its time in evaluations, and may fail in one of their batches.
struct SlowNetwork : torch::nn::Module {
    explicit SlowNetwork(int failing) : failing_batch(failing) {
        register_module("linear", linear);
    }
    torch::Tensor forward(const torch::Tensor& images) {
        if (!is_training()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(700));
            if (++batches == failing_batch) {
                throw std::runtime_error("broken");
            }
        }
        return linear->forward(images.flatten(1));
    }
    int failing_batch;
    int batches = 0;
    torch::nn::Linear linear{1, 3};
};

// Each evaluated in four batches, or in one.
const data::Parts long_validation{{0, 6}, {6, 3500}, {3500, 3500}};
const data::Parts long_test{{0, 6}, {6, 8}, {8, 3500}};

/// Two processes, as threads, that give up after two seconds without the other one.
class TwoTrainers : public ::testing::Test {
  protected:
    /// The results of the ranks.
    std::pair<Result<json::object>, Result<json::object>> train(std::array<Client, 2>& clients,
                                                                const data::Parts& all_parts) {
        auto second =
            std::async(std::launch::async, [&] { return train_one(1, clients[1], all_parts); });
        auto first = train_one(0, clients[0], all_parts);
        return {std::move(first), second.get()};
    }
    Result<json::object> train_one(std::int64_t rank, Client& client, const data::Parts& all_parts,
                                   int failing_batch = never) {
        auto recipe = train::parse_recipe(recipe_with("", adamw), "recipe").value();
        recipe.training.epochs = 1;
        const auto network = std::make_shared<SlowNetwork>(failing_batch);
        const trilby_host host = client.host();
        const JobContext context(host, {});
        return Trainer::make({.recipe = std::move(recipe),
                              .schema = json::serialize(document_),
                              .device = torch::kCPU,
                              .checkpoint = folder_ / "c",
                              .own = {.network = forwarded(network)},
                              .place = group::Place{.rank = rank,
                                                    .size = 2,
                                                    .engine = TRILBY_TEST_ENGINE,
                                                    .store_folder = folder_.path(),
                                                    .timeout_s = 2}},
                             {document_, all_parts, images_}, context)
            .value()
            ->run();
    }

    trilby::testing::TemporaryFolder folder_;
    json::object document_ = to_json(train::images::Schema{.height = 1,
                                                           .width = 1,
                                                           .channels = 1,
                                                           .classes = {"a", "b", "c"},
                                                           .mean = {0.5},
                                                           .deviation = {0.5}});
    train::SharedArrays images_ =
        train::SharedArrays::reserve({{"images", train::ElementType::u8, {3500, 1, 1, 1}},
                                      {"labels", train::ElementType::i32, {3500}}})
            .value();
};

TEST_F(TwoTrainers, WaitForAValidationThatTakesLongerThanTheyWaitForAMessage) {
    std::array<Client, 2> clients;
    const auto [first, second] = train(clients, long_validation);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_GE(clients[0].signs_of_life, 2);
    EXPECT_GE(clients[1].signs_of_life, 2);
}

TEST_F(TwoTrainers, StopInAValidationIfOnlyTheOneThatWaitsIsCancelled) {
    std::array<Client, 2> clients{Client{}, Client{.cancel_at = steps_per_epoch + 1}};
    const auto [first, second] = train(clients, long_validation);
    for (const auto& result : {first, second}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::interrupted);
    }
    EXPECT_EQ(train::read_metadata(folder_ / "c").value().at("trilby.epoch_examples"), "6");
}

TEST_F(TwoTrainers, WaitForATestThatTakesLongerThanTheyWaitForAMessage) {
    std::array<Client, 2> clients;
    const auto [first, second] = train(clients, long_test);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_GE(clients[1].signs_of_life, 4);
}

TEST_F(TwoTrainers, StopInATestIfOnlyTheOneThatWaitsIsCancelled) {
    // Not in the two exchanges of the validation.
    std::array<Client, 2> clients{Client{}, Client{.cancel_at = steps_per_epoch + 3}};
    const auto [first, second] = train(clients, long_test);
    for (const auto& result : {first, second}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::interrupted);
    }
    EXPECT_EQ(train::read_metadata(folder_ / "c").value().at("trilby.epoch_examples"), "0");
}

TEST_F(TwoTrainers, EndWithoutAnErrorInTheOneThatWaitsIfTheTestFails) {
    std::array<Client, 2> clients;
    auto second =
        std::async(std::launch::async, [&] { return train_one(1, clients[1], long_test); });
    EXPECT_THROW(static_cast<void>(train_one(0, clients[0], long_test, 3)), std::runtime_error);
    EXPECT_TRUE(second.get());
}

TEST_F(TrainerTest, ANewRunIsNotResumed) {
    Client client;
    ASSERT_TRUE(train(recipe_with("", adamw), client, "c", false));
    EXPECT_FALSE(client.start.resumption);
}

TEST_F(TrainerTest, EndsADivergingRunAndKeepsTheLastGoodCheckpoint) {
    const std::string recipe = recipe_with("", diverging);
    Client client;
    const auto result = train(recipe, client, "c", false);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::failed);
    EXPECT_THAT(result.error().message, HasSubstr("diverged at step"));
    EXPECT_THAT(result.error().message, HasSubstr("the checkpoint of step 3 is kept"));
    EXPECT_THAT(result.error().hint, HasSubstr("clip_norm"));
    EXPECT_FALSE(tensors("c", "model.").empty());
}

/// Its scores are finite only while it is trained, as if the last step made them too large.
struct OverflowingNetwork : torch::nn::Module {
    OverflowingNetwork() { register_module("linear", linear); }
    torch::Tensor forward(const torch::Tensor& images) {
        return linear->forward(images.flatten(1)) * (is_training() ? 1.0 : HUGE_VAL);
    }
    torch::nn::Linear linear{4, 3};
};

TEST_F(TrainerTest, EndsARunWhoseLossIsFiniteOnlyInTrainingAsADivergingOne) {
    const auto network = std::make_shared<OverflowingNetwork>();
    own_.network = forwarded(network);
    Client client;
    const auto result = train(recipe_with("", adamw), client, "c", false);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::failed);
    EXPECT_THAT(result.error().message, HasSubstr("diverged at step 9"));
    EXPECT_THAT(result.error().message, HasSubstr("the checkpoint of step 9 is kept"));
}

/// Scores of images, through a mask that keeps some of the pixels.
struct MaskedNetwork : torch::nn::Module {
    MaskedNetwork() {
        register_module("linear", linear);
        mask = register_buffer(
            "mask", torch::tensor({0.0F, -std::numeric_limits<float>::infinity(), 0.0F, 0.0F}));
    }
    torch::Tensor forward(const torch::Tensor& images) {
        return linear->forward((images.flatten(1) + mask).softmax(1));
    }
    torch::nn::Linear linear{4, 3};
    torch::Tensor mask;
};

TEST_F(TrainerTest, ANetworkWithAnInfiniteBufferIsTrainedAndResumed) {
    const std::string recipe = recipe_with("average = 0.9", adamw);
    const auto run = [&](Client& client, const char* checkpoint, bool resume) {
        torch::manual_seed(1);
        const auto network = std::make_shared<MaskedNetwork>();
        own_.network = forwarded(network);
        return train(recipe, client, checkpoint, resume);
    };
    Client client;
    const auto whole = run(client, "whole", false);
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_TRUE(whole->test.at("loss").content) << "the average of the mask is the mask";
    client = {.cancel_at = 2};
    EXPECT_FALSE(run(client, "parts", false));
    client = {};
    ASSERT_TRUE(run(client, "parts", true));
    EXPECT_TRUE(read_file(folder_ / "parts") == read_file(folder_ / "whole"));
}

/// Its running variance becomes infinite in the fifth step, which the losses do not show.
struct NetworkWithBatchNorm : torch::nn::Module {
    NetworkWithBatchNorm() {
        register_module("linear", linear);
        register_module("norm", norm);
    }
    torch::Tensor forward(const torch::Tensor& images) {
        if (is_training() && ++steps == 5) {
            norm->running_var.fill_(std::numeric_limits<float>::infinity());
        }
        return norm->forward(linear->forward(images.flatten(1)));
    }
    int steps = 0;
    torch::nn::Linear linear{4, 3};
    torch::nn::BatchNorm1d norm{3};
};

TEST_F(TrainerTest, ABufferThatBecomesInfiniteEndsTheRunAndKeepsTheLastGoodCheckpoint) {
    const auto network = std::make_shared<NetworkWithBatchNorm>();
    own_.network = forwarded(network);
    Client client;
    const auto result = train(recipe_with("", adamw), client, "c", false);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::failed);
    EXPECT_THAT(result.error().message, HasSubstr("the checkpoint of step 3 is kept"));
    EXPECT_EQ(train::read_metadata(folder_ / "c").value().at("trilby.step"), "3");
}

TEST_F(TrainerTest, DoesNotSaveADivergedRunWhenCancelled) {
    const std::string recipe = recipe_with("", diverging);
    for (int step = 4; step <= epochs * steps_per_epoch; ++step) {
        Client client{.cancel_at = step};
        EXPECT_FALSE(train(recipe, client, "c", false)) << step;
        EXPECT_TRUE(train::Checkpoint::read(folder_ / "c")) << step;
    }
}

}  // namespace
}  // namespace trilby::backends
