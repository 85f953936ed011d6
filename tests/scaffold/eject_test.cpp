// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/eject.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"
#include "train/checkpoint.hpp"

namespace trilby::scaffold {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* images = R"(
[data]
path = "/data/images"
side = 8
channels = 1
[network]
layers = [
    { layer = "conv2d", channels = 4, kernel = 3, padding = 1, bias = false },
    { layer = "batch_norm" },
    { layer = "relu" },
    { layer = "max_pool2d" },
    { layer = "residual" },
    { layer = "flatten" },
    { layer = "dropout", probability = 0.1 },
    { layer = "linear", features = 2 },
]
)";

class Eject : public ::testing::Test {
  protected:
    void write_run(std::string_view task, std::string_view sections) {
        folder_.write("run/.trilby-lock", "");
        folder_.write("run/recipe.toml", fmt::format(R"(name = "made"
task = "{}"
[training]
epochs = 3
batch_size = 4
seed = 5
[optimizer]
name = "adamw"
learning_rate = 0.003
[schedule]
name = "constant"
{})",
                                                     task, sections));
    }
    Ejected ejected(std::string_view task, std::string_view sections) {
        write_run(task, sections);
        return eject(folder_ / "run", "net").value();
    }
    ErrorCode error_for(std::string_view task, std::string_view sections) {
        write_run(task, sections);
        const auto refused = eject(folder_ / "run", "net");
        return refused ? ErrorCode::internal : refused.error().code;
    }
    static std::string text_of(const Ejected& project, std::string_view name) {
        return std::ranges::find(project.files, name, &ProjectFile::name)->text;
    }
    void write_precision(const char* name) {
        ASSERT_TRUE(train::write_checkpoint(folder_ / "run/checkpoint.safetensors", {},
                                            {{"trilby.precision", name}}));
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(Eject, OfImagesWritesTheLayersInTheOrderInWhichTheyAreComputed) {
    const Ejected project = ejected("images", images);
    EXPECT_THAT(project.files, SizeIs(4));
    EXPECT_EQ(project.command, "build/net --seed 5");
    const std::string network = text_of(project, "network.hpp");
    EXPECT_THAT(
        network,
        AllOf(HasSubstr(
                  "\"conv2d_1\", nn::Conv2d(nn::Conv2dOptions(1, 4, 3).padding(1).bias(false))"),
              HasSubstr("\"residual_5\", ResidualBlock(4)"),
              HasSubstr("\"dropout_7\", nn::Dropout(0.1)"),
              HasSubstr("\"linear_8\", nn::Linear(64, 2)")));
    EXPECT_LT(network.find("max_pool2d_4"), network.find("relu_3"));
}

TEST_F(Eject, LeavesOutPartsOfANetworkThatARecipeDoesNotUse) {
    EXPECT_THAT(text_of(ejected("images", R"(
[data]
dataset = "fashion-mnist"
validation_examples = 500
[network]
layers = [{ layer = "flatten" }, { layer = "linear", features = 10 }]
)"),
                        "network.hpp"),
                AllOf(HasSubstr("nn::Linear(784, 10)"), Not(HasSubstr("ResidualBlock"))));
}

TEST_F(Eject, WritesTheSettingsOfTheRun) {
    const Ejected project = ejected("table", R"(
[data]
path = "/data/houses.csv"
target = "price"
columns = { zip = "category" }
[network]
)");
    EXPECT_THAT(
        text_of(project, "main.cpp"),
        AllOf(HasSubstr("job.data(\"/data/houses.csv\")"),
              HasSubstr(".target = \"price\", .task = \"table\""),
              HasSubstr("{\"zip\", \"category\"},"), HasSubstr("{\"training.epochs\", 3},"),
              HasSubstr("{\"optimizer.learning_rate\", 0.003},"),
              HasSubstr("{\"schedule.warmup_steps\", 0},\n};"), Not(HasSubstr("training.seed"))));
    EXPECT_THAT(text_of(project, "network.hpp"),
                AllOf(HasSubstr("data.number_edges(bins)"),
                      HasSubstr("struct Network : nn::Module, trilby::KnowsOuterWeights {")));
}

TEST_F(Eject, OfASeriesHasOnlyItsForecaster) {
    constexpr const char* data = "[data]\npath = \"/data/load.csv\"\nlook_back = 24\nhorizon = 6\n";
    EXPECT_THAT(text_of(ejected("series", fmt::format("{}[network]\nkind = \"nlinear\"", data)),
                        "network.hpp"),
                AllOf(HasSubstr("look_back = 24;"), HasSubstr("struct Matrix"),
                      Not(HasSubstr("TrendAndRest")), Not(HasSubstr("{{"))));
    EXPECT_THAT(
        text_of(ejected("series", fmt::format("{}[network]\nkind = \"patch_transformer\"", data)),
                "network.hpp"),
        AllOf(HasSubstr("struct PatchTransformer"), Not(HasSubstr("struct Matrix"))));
}

TEST_F(Eject, OfATextUsesTheLayersOfTheLibrary) {
    const Ejected project = ejected("text", R"(
[data]
dataset = "tiny-shakespeare"
[network]
context = 32
)");
    EXPECT_THAT(text_of(project, "main.cpp"), AllOf(HasSubstr("job.data(\"tiny-shakespeare\")"),
                                                    HasSubstr("{\"network.context\", 32},")));
    EXPECT_THAT(
        text_of(project, "network.hpp"),
        AllOf(HasSubstr("trilby::causal_attention"), HasSubstr("trilby::squared_relu"),
              HasSubstr("rotary_positions"), Not(HasSubstr("dropout")), Not(HasSubstr("{{"))));
}

TEST_F(Eject, TakesThePrecisionThatTheRunChose) {
    EXPECT_THAT(ejected("images", images).notes, SizeIs(1));
    write_precision("bfloat16");
    const Ejected project = eject(folder_ / "run", "net").value();
    EXPECT_THAT(project.notes, IsEmpty());
    EXPECT_THAT(text_of(project, "main.cpp"), HasSubstr("{\"training.precision\", \"bfloat16\"},"));
}

TEST_F(Eject, RefusesRunsThatItCannotRead) {
    EXPECT_EQ(eject(folder_ / "nowhere", "net").error().code, ErrorCode::no_input);
    EXPECT_EQ(error_for("images", "[data]"), ErrorCode::bad_data);
    EXPECT_EQ(error_for("text", "[data]\npath = \"/a\"\n[network]\nwidth = 10\nheads = 4"),
              ErrorCode::bad_data);
    EXPECT_EQ(error_for("text", "[data]\npath = \"/a\"\n[network]\nmodule = \"Net\""),
              ErrorCode::bad_data);
    write_run("images", images);
    folder_.write("run/checkpoint.safetensors", "damaged");
    EXPECT_EQ(eject(folder_ / "run", "net").error().code, ErrorCode::bad_data);
}

}  // namespace
}  // namespace trilby::scaffold
