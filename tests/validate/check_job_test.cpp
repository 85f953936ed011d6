// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_job.hpp"

#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

constexpr const char* params_text =
    R"({"check":"matmul","device":1,"threads":2,"seed":9007199254740991,"seconds":0.5,)"
    R"("memory_bytes":1048576,"fault":"bit-flip","trace":4,"round":12,"halvings":[0,63],"devices":[1,3]})";

TEST(CheckParams, AreReadAndWrittenWithTheirKeysInOrder) {
    const auto params = parse_check_params(json::parse_object(params_text, "test").value());
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->fault, "bit-flip");
    EXPECT_EQ(json::serialize(to_json(*params)), params_text);
}

TEST(CheckParams, NeedNothingThatExplainsACrashAndNoOtherDevices) {
    json::object document = json::parse_object(params_text, "test").value();
    for (const char* key : {"trace", "round", "halvings", "devices"}) {
        document.erase(key);
    }
    const auto params = parse_check_params(document);
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->round, std::nullopt);
    EXPECT_EQ(json::serialize(to_json(*params)), json::serialize(document));
}

TEST(CheckParams, NeedNoFault) {
    json::object document = json::parse_object(params_text, "test").value();
    document.erase("fault");
    const auto params = parse_check_params(document);
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->fault, std::nullopt);
    EXPECT_FALSE(to_json(*params).contains("fault"));
}

TEST(CheckParams, NeedTheSeed) {
    json::object document = json::parse_object(params_text, "test").value();
    document.erase("seed");
    const auto params = parse_check_params(document);
    ASSERT_FALSE(params);
    EXPECT_EQ(params.error().message, "params: key 'seed' is missing");
}

TEST(CheckProgress, IsWrittenWithItsTypeFirst) {
    const json::object document = to_json(CheckProgress{.progress = 0.5});
    EXPECT_EQ(json::serialize(document), R"({"type":"progress","progress":0.5})");
    EXPECT_EQ(parse_check_progress(document)->progress, 0.5);
}

TEST(CheckProgress, MayTellHowFarTheCheckHasCome) {
    const json::object document =
        to_json(CheckProgress{.progress = 0.5, .rounds = 3, .values_compared = 7});
    EXPECT_EQ(json::serialize(document),
              R"({"type":"progress","progress":0.5,"rounds":3,"values_compared":7})");
    EXPECT_EQ(parse_check_progress(document)->values_compared, 7U);
}

}  // namespace
}  // namespace trilby::validate
