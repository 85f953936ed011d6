// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/trainer.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "support/temporary_folder.hpp"
#include "train/images/data.hpp"

namespace trilby::backends {
namespace {

using trilby::testing::read_file;

constexpr int epochs = 3;
constexpr int steps_per_epoch = 3;
constexpr int never = std::numeric_limits<int>::max();

constexpr const char* recipe_text = R"(
name = "made"
[data]
dataset = "fashion-mnist"
validation_examples = 2
[training]
epochs = 3
batch_size = 2
[optimizer]
name = "adamw"
learning_rate = 0.01
[schedule]
name = "cosine"
[network]
layers = [{ layer = "flatten" }, { layer = "linear", features = 3 }]
)";

const train::images::Schema schema{.height = 2,
                                   .width = 2,
                                   .channels = 1,
                                   .classes = {"a", "b", "c"},
                                   .mean = {0.5},
                                   .deviation = {0.5}};
const data::Parts parts{{0, 6}, {6, 8}, {8, 10}};

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

    void take(std::string_view text) {
        const auto event = train::parse_event(json::parse_object(text, "event").value()).value();
        if (event && std::holds_alternative<train::EpochEvent>(*event)) {
            const auto& epoch = std::get<train::EpochEvent>(*event);
            losses.emplace(epoch.epoch, epoch.training_loss);
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
    bool train(Client& client, const std::string& checkpoint, bool resume) {
        auto recipe = train::parse_recipe(recipe_text, "recipe").value();
        const json::object document = train::images::to_json(schema);
        const trilby_host host = client.host();
        const JobContext context(host, {});
        return Trainer::make({.recipe = std::move(recipe),
                              .schema = document,
                              .device = torch::kCPU,
                              .checkpoint = folder_ / checkpoint,
                              .resume = resume},
                             {document, parts, images_}, context)
            .value()
            ->run()
            .has_value();
    }

    trilby::testing::TemporaryFolder folder_;
    train::SharedArrays images_ = made_images();
};

TEST_F(TrainerTest, CancelledAtAnyStepItResumesToTheSameRun) {
    Client undisturbed;
    ASSERT_TRUE(train(undisturbed, "whole", false));
    ASSERT_EQ(undisturbed.losses.size(), epochs);
    for (int step = 1; step <= epochs * steps_per_epoch; ++step) {
        Client client{.cancel_at = step};
        EXPECT_FALSE(train(client, "parts", false)) << step;
        client.cancel_at = never;
        ASSERT_TRUE(train(client, "parts", true)) << step;
        EXPECT_EQ(client.losses, undisturbed.losses) << step;
        EXPECT_TRUE(read_file(folder_ / "parts") == read_file(folder_ / "whole")) << step;
    }
}

}  // namespace
}  // namespace trilby::backends
