// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>

#include "libtrilby_train/data_of_tests.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/train.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DatasetTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder_;
};

TEST_F(DatasetTest, OfATableHasNumbersAndAOneHotVectorOfEachCategory) {
    const Dataset data(folder_.write("houses.csv", testing::table_of_houses()),
                       {.target = "price"});
    EXPECT_EQ(data.task(), "table");
    EXPECT_THAT(data.categories(), ElementsAre(3));  // missing, loud, quiet
    EXPECT_THAT(data.input_shape(), ElementsAre(data.numbers() + 3));
    EXPECT_THAT(data.output_shape(), ElementsAre(1));
    EXPECT_THAT(data.classes(), IsEmpty());
}

TEST_F(DatasetTest, OfATableWithACategoryAsTargetHasItsClasses) {
    const Dataset data(folder_.write("houses.csv", testing::table_of_houses()),
                       {.target = "street"});
    EXPECT_THAT(data.classes(), ElementsAre("loud", "quiet"));
    EXPECT_THAT(data.output_shape(), ElementsAre(2));
}

TEST_F(DatasetTest, OfATextHasTheContextThatTheProgramSets) {
    const Dataset data(folder_.write("words.txt", testing::text_of_words()),
                       {.settings = {{"network.context", 16}}});
    EXPECT_EQ(data.task(), "text");
    EXPECT_EQ(data.tokens(), 6);  // e, n, o, t, w and a blank
    EXPECT_THAT(data.input_shape(), ElementsAre(16));
    EXPECT_THAT(data.output_shape(), ElementsAre(16, 6));
}

TEST_F(DatasetTest, OfASeriesHasItsVariables) {
    const Dataset data(folder_.write("waves.csv", testing::series_of_waves()),
                       {.settings = {{"data.look_back", 24}, {"data.horizon", 6}}});
    EXPECT_EQ(data.task(), "series");
    EXPECT_THAT(data.input_shape(), ElementsAre(2, 24));
    EXPECT_THAT(data.output_shape(), ElementsAre(2, 6));
}

TEST_F(DatasetTest, TakesSettingsThatAreListsAndTables) {
    const Dataset waves(
        folder_.write("waves.csv", testing::series_of_waves()),
        {.settings = {{"data.variables", std::vector<std::string>{"low"}}, {"data.horizon", 6}}});
    EXPECT_EQ(waves.output_shape()[0], 1);
    const Dataset houses(folder_.write("houses.csv", testing::table_of_houses()),
                         {.target = "price",
                          .settings = {{"data.columns", std::map<std::string, std::string>{
                                                            {"street", "ignored"}}}}});
    EXPECT_THAT(houses.categories(), IsEmpty());
}

TEST_F(DatasetTest, OfATableHasEdgesOfItsNumbers) {
    const Dataset data(folder_.write("houses.csv", testing::table_of_houses()),
                       {.target = "price"});
    const std::vector<std::vector<double>> edges = data.number_edges(4);
    ASSERT_EQ(edges.size(), static_cast<std::size_t>(data.numbers()));
    EXPECT_EQ(edges[0].size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(edges[0]));
    EXPECT_THROW(static_cast<void>(data.number_edges(0)), Exception);
}

TEST_F(DatasetTest, TakesTheNameOfAKnownDataSetForThatDataSet) {
    ASSERT_EQ(::setenv("XDG_DATA_HOME", folder_.path().c_str(), 1), 0);
    std::string csv = "carat,cut,price\n";
    for (int row = 0; row < 100; ++row) {
        csv += std::to_string(row) + ".5," + (row % 2 == 0 ? "Good" : "Fair") + ",9\n";
    }
    folder_.write("trilby/datasets/diamonds/diamonds.csv", csv);
    const Dataset data("diamonds", {.target = "cut"});
    EXPECT_THAT(data.classes(), ElementsAre("Fair", "Good"));
}

TEST_F(DatasetTest, ThrowsWhatIsWrongWithTheData) {
    try {
        const Dataset data(folder_ / "missing.csv");
        FAIL() << "there are no such data";
    } catch (const Exception& exception) {
        EXPECT_EQ(exception.error().code, ErrorCode::no_input);
        EXPECT_THAT(exception.what(), HasSubstr("missing.csv"));
    }
    EXPECT_THROW(
        Dataset(folder_.write("houses.csv", testing::table_of_houses()), {.target = "garden"}),
        Exception);
    EXPECT_THROW(Dataset(folder_.write("words.txt", testing::text_of_words()),
                         {.settings = {{"data.colour", "red"}}}),
                 Exception);
}

}  // namespace
}  // namespace trilby
