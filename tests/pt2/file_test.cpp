// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "support/made_archive.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::pt2 {
namespace {

using ::testing::HasSubstr;
using trilby::testing::ArchiveEntries;

const std::filesystem::path models = trilby::testing::exported_models();

// ---- Models that PyTorch exported

TEST(FileTest, AModelOfPyTorchIsRead) {
    const auto file = File::open(models / "mlp.pt2");
    ASSERT_TRUE(file) << file.error().message;
    const Program& program = file->program();
    EXPECT_THAT(program.torch_version, HasSubstr("2."));
    EXPECT_EQ(program.tensors.size(), 6U);
    EXPECT_EQ(program.tensors[1].name, "net.0.weight");
    EXPECT_EQ(program.tensors[1].sizes, (std::vector<std::int64_t>{32, 8}));
    EXPECT_EQ(program.graph.nodes.front().target, "torch.ops.aten.linear.default");
    EXPECT_EQ(program.graph.nodes.front().module, "net.0");
}

TEST(FileTest, TiedWeightsShareTheirEntry) {
    const auto file = File::open(models / "gpt.pt2");
    ASSERT_TRUE(file) << file.error().message;
    std::map<std::string, std::string> entries;
    for (const StoredTensor& tensor : file->program().tensors) {
        entries[tensor.name] = tensor.entry;
    }
    EXPECT_EQ(entries.at("head.weight"), entries.at("token.weight"));
}

TEST(FileTest, ConstantsAndBuffersThatAreNotSavedAreThere) {
    const auto file = File::open(models / "custom.pt2");
    ASSERT_TRUE(file) << file.error().message;
    const auto is_constant = [](const InputSpec& input) {
        return input.kind == InputSpec::Kind::constant;
    };
    EXPECT_EQ(std::ranges::count_if(file->program().inputs, is_constant), 1);
    EXPECT_NE(std::ranges::find(file->program().tensors, "table", &StoredTensor::name),
              file->program().tensors.end());
}

// ---- Files that are made to be wrong

/// A model with one parameter of 2 x 3 numbers.
struct MadeModel {
    std::string format = "pt2";
    std::string byte_order = "little";
    std::string config = R"("w": {"path_name": "weight_0", "is_param": true, "use_pickle": false,
        "tensor_meta": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 3}],
                        "strides": [{"as_int": 3}, {"as_int": 1}],
                        "storage_offset": {"as_int": 0}, "requires_grad": true}})";
    std::string constants = "";
    std::string weight = std::string(24, 'w');

    [[nodiscard]] ArchiveEntries entries() const {
        return {{"m/archive_format", format},
                {"m/byteorder", byte_order},
                {"m/models/model.json",
                 R"({"graph_module": {
                    "graph": {"inputs": [{"as_tensor": {"name": "p"}}], "nodes": [],
                              "outputs": [{"as_tensor": {"name": "p"}}], "tensor_values": {}},
                    "signature": {
                        "input_specs": [{"parameter": {"arg": {"name": "p"},
                                                       "parameter_name": "w"}}],
                        "output_specs": [{"user_output": {"arg": {"as_tensor": {"name": "p"}}}}]}},
                    "range_constraints": {}, "schema_version": {"major": 8, "minor": 20},
                    "torch_version": "2.14"})"},
                {"m/data/weights/model_weights_config.json",
                 fmt::format(R"({{"config": {{{}}}}})", config)},
                {"m/data/constants/model_constants_config.json",
                 fmt::format(R"({{"config": {{{}}}}})", constants)},
                {"m/data/weights/weight_0", weight}};
    }
};

class MadeFileTest : public ::testing::Test {
  protected:
    Result<File> open(const ArchiveEntries& entries) {
        trilby::testing::write_archive(folder_ / "m.pt2", entries);
        return File::open(folder_ / "m.pt2");
    }
    std::string error_of(const MadeModel& model) {
        const auto file = open(model.entries());
        return file ? "no error" : file.error().message;
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        return text.replace(text.find(from), from.size(), to);
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(MadeFileTest, IsReadIfNothingIsWrong) {
    EXPECT_EQ(error_of({}), "no error");
}

TEST_F(MadeFileTest, PicklesAreRefused) {
    const MadeModel good;
    EXPECT_THAT(error_of({.config = replaced(good.config, R"("use_pickle": false)",
                                             R"("use_pickle": true)")}),
                HasSubstr("tensor 'w': it is pickled, and pickles may hold code"));
}

TEST_F(MadeFileTest, ATensorMustBeInsideOfItsEntry) {
    const MadeModel good;
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {R"({"as_int": 2})", R"({"as_int": 3})"},
             {R"([{"as_int": 3}, {"as_int": 1}])", R"([{"as_int": 4}, {"as_int": 1}])"},
             {R"("storage_offset": {"as_int": 0})", R"("storage_offset": {"as_int": 1})"},
             {R"({"as_int": 2})", R"({"as_int": 9223372036854775807})"},
             {R"([{"as_int": 3}, {"as_int": 1}])",
              R"([{"as_int": 9223372036854775807}, {"as_int": 1}])"},
             {R"("storage_offset": {"as_int": 0})",
              R"("storage_offset": {"as_int": 9223372036854775807})"}}) {
        EXPECT_THAT(error_of({.config = replaced(good.config, from, to)}),
                    HasSubstr("it is not inside of the 24 bytes of entry 'data/weights/weight_0'"))
            << to;
    }
}

TEST_F(MadeFileTest, StridesThatRepeatElementsAreNoWayToMoreMemoryThanTheFileHas) {
    const MadeModel good;
    std::string config = replaced(good.config, R"({"as_int": 2})", R"({"as_int": 1000000000})");
    config =
        replaced(config, R"([{"as_int": 3}, {"as_int": 1}])", R"([{"as_int": 0}, {"as_int": 0}])");
    EXPECT_THAT(error_of({.config = config}), HasSubstr("it is not inside of"));
}

TEST_F(MadeFileTest, NegativeAndSymbolicSizesAreRefused) {
    const MadeModel good;
    EXPECT_THAT(
        error_of({.config = replaced(good.config, R"({"as_int": 2})", R"({"as_int": -2})")}),
        HasSubstr("is not a number from 0 on"));
    EXPECT_THAT(error_of({.config = replaced(good.config, R"({"as_int": 2})",
                                             R"({"as_expr": {"expr_str": "s0"}})")}),
                HasSubstr("is not a number from 0 on"));
}

TEST_F(MadeFileTest, WhatIsMissingIsNamed) {
    EXPECT_THAT(error_of({.config = ""}), HasSubstr("it has no tensor 'w'"));
    const MadeModel good;
    EXPECT_THAT(error_of({.config = replaced(good.config, "weight_0", "weight_1")}),
                HasSubstr("entry 'data/weights/weight_1' is missing"));
    EXPECT_THAT(error_of({.config = replaced(good.config, "weight_0", "../../models/model.json")}),
                HasSubstr("is missing"));
}

TEST_F(MadeFileTest, ANameOccursOnce) {
    const MadeModel good;
    EXPECT_THAT(error_of({.constants = replaced(good.config, "weight_0", "../weights/weight_0")}),
                HasSubstr("is missing"));
}

TEST_F(MadeFileTest, OtherFormatsAreNamed) {
    EXPECT_THAT(error_of({.byte_order = "big"}), HasSubstr("byte order 'big'"));
    EXPECT_THAT(error_of({.format = "pt3"}), HasSubstr("its format is 'pt3'"));
    const auto older = open({{"m/serialized_exported_program.json", "{}"}});
    EXPECT_THAT(older.error().message, HasSubstr("the older format of torch.export"));
    EXPECT_THAT(older.error().hint, HasSubstr("PyTorch 2.9"));
    EXPECT_THAT(open({{"m/data.pkl", ""}}).error().message, HasSubstr("it has no exported model"));
}

TEST_F(MadeFileTest, NoFlippedBitIsACrash) {
    const std::string whole = trilby::testing::read_file(models / "lstm.pt2");
    int refused = 0;
    int tried = 0;
    for (std::size_t at = 0; at < whole.size(); at += 61) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        ++tried;
        refused += File::open(folder_.write("flipped.pt2", flipped)) ? 0 : 1;
    }
    // The rest are in padding, in entries that are not needed, or in tensors, which are read later.
    EXPECT_GT(refused, tried / 2);
}

}  // namespace
}  // namespace trilby::pt2
