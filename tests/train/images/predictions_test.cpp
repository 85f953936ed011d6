// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/predictions.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"
#include "train/images/data.hpp"

namespace trilby::train::images {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::made_png;

class ImagesPredictions : public ::testing::Test {
  protected:
    [[nodiscard]] Result<PreparedData> prepared(
        const std::vector<std::filesystem::path>& files) const {
        const Schema schema{.height = 2,
                            .width = 2,
                            .channels = 1,
                            .classes = {"cat", "dog"},
                            .mean = {0.5},
                            .deviation = {0.5}};
        return prepare_inputs(settings_, {}, to_json(schema), files);
    }
    [[nodiscard]] std::filesystem::path image(const std::string& name, std::uint8_t value) const {
        return folder_.write(name, made_png(3, 5, value));
    }

    testing::TemporaryFolder folder_;
    Settings settings_;
};

TEST_F(ImagesPredictions, TakesFilesAsTheTestPartWithoutTargets) {
    const auto data = prepared({image("a.png", 7), image("b.png", 9)});
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_FALSE(data->has_targets);
    EXPECT_EQ(data->parts.test, (data::Range{0, 2}));
    EXPECT_THAT(data->names, ElementsAre(folder_ / "a.png", folder_ / "b.png"));
    EXPECT_THAT(data->arrays.elements<std::uint8_t>("images"), ElementsAre(7, 7, 7, 7, 9, 9, 9, 9));
    EXPECT_EQ(output_shape(settings_, *data).value(), (Shape{2, 2}));
}

TEST_F(ImagesPredictions, LeavesOutDamagedFilesWithANote) {
    std::vector<std::filesystem::path> files;
    for (int i = 0; i < 10; ++i) {
        files.push_back(image(fmt::format("{}.png", i), 1));
    }
    folder_.write("3.png", "");
    const auto data = prepared(files);
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->names.size(), 9U);
    EXPECT_EQ(data->names[3], folder_ / "4.png");
    EXPECT_THAT(data->notes, Contains(HasSubstr("1 damaged image is left out")));
}

TEST_F(ImagesPredictions, RefuseFilesThatAreNotImagesByTheirNames) {
    const auto good = image("good.png", 1);
    EXPECT_THAT(prepared({good, folder_.write("empty.png", "")}).error().message,
                HasSubstr("empty.png' cannot be decoded: it is empty"));
    EXPECT_THAT(prepared({good, folder_.write("a.gif", "GIF89a")}).error().message,
                HasSubstr("a.gif' is GIF"));
    const Error missing = prepared({good, folder_ / "missing.png"}).error();
    EXPECT_EQ(missing.code, ErrorCode::no_input);
    EXPECT_THAT(missing.message, HasSubstr("missing.png"));
}

TEST_F(ImagesPredictions, TakesTheTestPartOfAFolderWithItsClasses) {
    for (const char* name : {"train/cat/1.png", "train/dog/1.png", "train/dog/2.png"}) {
        static_cast<void>(image(name, 0));
    }
    static_cast<void>(image("test/dog/1.png", 5));
    const auto data = prepared({folder_.path()});
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_TRUE(data->has_targets);
    EXPECT_THAT(data->names, ElementsAre(folder_ / "test/dog/1.png"));
    EXPECT_THAT(data->notes, ElementsAre(HasSubstr("only the test part of")));
    EXPECT_THAT(data->arrays.elements<std::int32_t>("labels"), ElementsAre(1));
}

TEST_F(ImagesPredictions, TakesTheImagesOfAFolderWithoutClasses) {
    static_cast<void>(image("new/b.png", 9));
    static_cast<void>(image("new/a.png", 7));
    folder_.write("new/notes.txt", "x");
    const auto data = prepared({folder_ / "new"});
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_FALSE(data->has_targets);
    EXPECT_THAT(data->names, ElementsAre(folder_ / "new/a.png", folder_ / "new/b.png"));
    EXPECT_EQ(prepared({folder_ / "new", image("c.png", 1)})->names.size(), 3U);
}

TEST_F(ImagesPredictions, RefusesAFolderWithAnotherClass) {
    static_cast<void>(image("cat/1.png", 0));
    static_cast<void>(image("fox/1.png", 0));
    EXPECT_THAT(prepared({folder_.path()}).error().message,
                HasSubstr("does not know the class 'fox'; it knows cat, dog"));
}

TEST_F(ImagesPredictions, AreTheMostLikelyClassOfEachFile) {
    const auto data = prepared({image("a.png", 7), image("b.png", 9)});
    const std::vector<float> outputs{0.25F, 0.75F, 1.0F, 0.0F};
    const Predictions predictions = to_predictions(settings_, *data, outputs).value();
    EXPECT_THAT(predictions.columns, ElementsAre("file", "class", "probability"));
    using Cell = Predictions::Cell;
    EXPECT_THAT(predictions.rows,
                ElementsAre(ElementsAre(Cell(folder_ / "a.png"), Cell("dog"), Cell(0.75)),
                            ElementsAre(Cell(folder_ / "b.png"), Cell("cat"), Cell(1.0))));
}

TEST_F(ImagesPredictions, CountConfusions) {
    static_cast<void>(image("cat/1.png", 0));
    static_cast<void>(image("dog/1.png", 0));
    const auto data = prepared({folder_.path()});
    Evaluation evaluation;
    const std::vector<float> outputs{0.1F, 0.9F, 0.2F, 0.8F};
    ASSERT_TRUE(add_reports(settings_, *data, outputs, evaluation));
    EXPECT_THAT(evaluation.confusions, ElementsAre(ElementsAre(0, 1), ElementsAre(0, 1)));
    EXPECT_EQ(evaluation.classes[1].precision, 0.5);
}

}  // namespace
}  // namespace trilby::train::images
