// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Each kind of data gives the same where its arrays are on a disk.

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "backends/torch/task.hpp"
#include "support/temporary_folder.hpp"
#include "train/images/data.hpp"
#include "train/prepared_data.hpp"

namespace trilby::backends {
namespace {

using train::PreparedData;
using train::Recipe;
using train::SharedArrays;

/// The same arrays in a file on a disk.
SharedArrays copied_to_disk(const SharedArrays& arrays) {
    auto copy = SharedArrays::reserve(arrays.layout(), 0).value();
    for (const train::ArrayLayout& array : arrays.layout()) {
        std::ranges::copy(arrays.bytes_of(array.name), copy.bytes_of(array.name).begin());
    }
    EXPECT_TRUE(copy.seal());
    return copy;
}

struct Case {
    Recipe recipe;
    PreparedData data;
};

Case made_images() {
    const train::images::Settings settings{
        .layers = {train::Conv2d{.channels = 4}, train::Flatten{}, train::Linear{.features = 2}}};
    auto arrays = SharedArrays::reserve({{"images", train::ElementType::u8, {20, 4, 4, 1}},
                                         {"labels", train::ElementType::i32, {20}}})
                      .value();
    for (std::size_t i = 0; i < arrays.elements<std::uint8_t>("images").size(); ++i) {
        arrays.elements<std::uint8_t>("images")[i] = static_cast<std::uint8_t>(i * 37 % 256);
    }
    for (std::size_t i = 0; i < 20; ++i) {
        arrays.elements<std::int32_t>("labels")[i] = static_cast<std::int32_t>(i % 2);
    }
    const train::images::Schema schema{.height = 4,
                                       .width = 4,
                                       .channels = 1,
                                       .classes = {"a", "b"},
                                       .mean = {0.5},
                                       .deviation = {0.25}};
    return {{.task = settings},
            {.schema = to_json(schema),
             .arrays = std::move(arrays),
             .parts = {{0, 12}, {12, 16}, {16, 20}}}};
}

Case prepared(Recipe recipe) {
    auto data = train::prepare(recipe, std::nullopt).value();
    return {std::move(recipe), std::move(data)};
}

Case made_table(const testing::TemporaryFolder& folder) {
    std::string text = "x,color,y\n";
    for (int i = 0; i < 200; ++i) {
        text += fmt::format("{},{},{}\n", i * 7 % 31, i % 3 == 0 ? "red" : "blue", i % 13);
    }
    train::table::Settings settings;
    settings.path = folder.write("t.csv", text).string();
    settings.target = "y";
    settings.width = 16;
    settings.members = 2;
    return prepared({.task = settings});
}

Case made_text(const testing::TemporaryFolder& folder) {
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += static_cast<char>('a' + i * i % 11);
    }
    train::text::Settings settings;
    settings.path = folder.write("t.txt", text).string();
    settings.validation = 0.2;
    settings.test = 0.1;
    settings.context = 8;
    settings.layers = 1;
    settings.heads = 1;
    settings.width = 16;
    return prepared({.task = settings});
}

/// Every `gap`th value of a variable is missing; 0: none.
Case made_series(const testing::TemporaryFolder& folder, int gap = 0) {
    std::string text = "time,a,b\n";
    for (int i = 0; i < 300; ++i) {
        const std::string b = gap > 0 && i % gap == 0 ? "" : fmt::format("{}", i % 5);
        text += fmt::format("2024-01-{:02}T{:02}:00:00,{},{}\n", 1 + i / 24, i % 24, i % 17, b);
    }
    train::series::Settings settings;
    settings.path = folder.write("s.csv", text).string();
    settings.look_back = 12;
    settings.horizon = 3;
    settings.kind = train::series::NetworkKind::linear;
    return prepared({.task = settings});
}

class DataOnDisk : public ::testing::Test {
  protected:
    static void expect_the_same(const Case& made) {
        const SharedArrays on_disk = copied_to_disk(made.data.arrays);
        const auto in_memory = task_of(made, made.data.arrays);
        const auto from_disk = task_of(made, on_disk);
        const std::vector<std::int64_t> examples{3, 0, 7};
        const Batch expected = in_memory->batch(examples, 5);
        const Batch found = from_disk->batch(examples, 5);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_TRUE(are_equal(found[i], expected[i])) << i;
        }
        const torch::NoGradGuard no_grad;
        in_memory->network().eval();
        from_disk->network().eval();
        for (const data::Part part :
             {data::Part::training, data::Part::validation, data::Part::test}) {
            EXPECT_TRUE(from_disk->predict(part, 1, 3).equal(in_memory->predict(part, 1, 3)));
            EXPECT_EQ(from_disk->evaluate(part).at("loss").content,
                      in_memory->evaluate(part).at("loss").content);
        }
    }

    /// Changes all rows but those of some examples: their batch must stay the same.
    static void expect_complete_rows(Case made) {
        const auto task = task_of(made, made.data.arrays);
        const std::vector<std::int64_t> examples{2, 3, 4};
        std::vector<torch::Tensor> before;
        for (const torch::Tensor& tensor : task->batch(examples, 5)) {
            before.push_back(tensor.clone());
        }
        for (const train::ArrayRows& rows : task->rows_of({2, 5})) {
            const std::size_t row_bytes = made.data.arrays.layout_of(rows.array).row_bytes();
            const auto bytes = made.data.arrays.bytes_of(rows.array);
            const auto first = static_cast<std::size_t>(rows.rows.first) * row_bytes;
            const auto last = static_cast<std::size_t>(rows.rows.last) * row_bytes;
            std::ranges::fill(bytes.first(first), std::byte{1});
            std::ranges::fill(bytes.subspan(last), std::byte{1});
        }
        const auto after = task_of(made, made.data.arrays)->batch(examples, 5);
        for (std::size_t i = 0; i < before.size(); ++i) {
            EXPECT_TRUE(are_equal(after[i], before[i])) << i;
        }
    }

    testing::TemporaryFolder folder_;

  private:
    /// Missing targets of a series are not numbers.
    static bool are_equal(const torch::Tensor& a, const torch::Tensor& b) {
        return a.isnan().equal(b.isnan()) && a.nan_to_num().equal(b.nan_to_num());
    }
    static std::unique_ptr<Task> task_of(const Case& made, const SharedArrays& arrays) {
        return make_task(made.recipe, {made.data.schema, made.data.parts, arrays}, torch::kCPU)
            .value();
    }
};

TEST_F(DataOnDisk, GivesTheSameForImages) {
    expect_the_same(made_images());
}

TEST_F(DataOnDisk, GivesTheSameForATable) {
    expect_the_same(made_table(folder_));
}

TEST_F(DataOnDisk, GivesTheSameForText) {
    expect_the_same(made_text(folder_));
}

TEST_F(DataOnDisk, GivesTheSameForASeries) {
    expect_the_same(made_series(folder_));
}

TEST_F(DataOnDisk, GivesTheSameForASeriesWithMissingValues) {
    const Case made = made_series(folder_, 7);
    ASSERT_TRUE(made.data.arrays.has("known"));
    expect_the_same(made);
}

TEST_F(DataOnDisk, RowsOfExamplesAreAllThatABatchIsMadeFrom) {
    expect_complete_rows(made_images());
    expect_complete_rows(made_table(folder_));
    expect_complete_rows(made_text(folder_));
    expect_complete_rows(made_series(folder_));
    expect_complete_rows(made_series(folder_, 7));
}

}  // namespace
}  // namespace trilby::backends
