// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/events.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

constexpr const char* start_text =
    R"({"type":"start","libraries":{"libtorch":"1.13.0","blas":{"kind":"openblas",)"
    R"("path":"/lib/libopenblas.so.0"},"onednn":true,"openmp":true,"threads":2,)"
    R"("gpu":{"runtime":12040,"cudnn":null,"tf32":false}},"parameters":101770,)"
    R"("metric":"accuracy","unit":"images",)"
    R"("training_examples":55000,"validation_examples":5000,"test_examples":10000,)"
    R"("steps_per_epoch":430,"epochs":2,"step":430,)"
    R"("history":["{\"epoch\":1}"],)"
    R"("precision":{"name":"bfloat16","reason":"1.70 times as fast"},)"
    R"("exchange":"from GPU to GPU, with libnccl.so.2, version 2.21.5"})";
constexpr const char* progress_text =
    R"({"type":"progress","step":7,"training_loss":0.5,"units_per_second":1000.0})";
constexpr const char* epoch_text =
    R"({"type":"epoch","epoch":1,"step":430,"training_loss":0.5,)"
    R"("validation":{"accuracy":0.875,"loss":0.25},"learning_rate":0.001,"units_per_second":1000.0,)"
    R"("seconds":55.0})";
constexpr const char* result_text =
    R"({"epochs":2,"steps":860,"seconds":110.5,"metric":"accuracy",)"
    R"("validation":{"accuracy":0.875},"test":{"accuracy":0.75,"loss":0.5},"test_examples":10000,)"
    R"("checkpoint":"/runs/1/checkpoint.safetensors","graph":null})";

json::object document_of(const char* text) {
    return json::parse_object(text, "test").value();
}

TEST(Event, IsReadAndWrittenWithItsKeysInOrder) {
    for (const char* text : {start_text, progress_text, epoch_text}) {
        const auto event = parse_event(document_of(text));
        ASSERT_TRUE(event && *event) << text;
        EXPECT_EQ(json::serialize(to_json(**event)), text);
    }
}

TEST(Event, OfAnotherTypeIsSkipped) {
    for (const char* text : {R"({"type":"later"})", R"({"type":1})", "{}"}) {
        const auto event = parse_event(document_of(text));
        ASSERT_TRUE(event) << text;
        EXPECT_EQ(*event, std::nullopt) << text;
    }
}

TEST(Event, HasATypeEvenIfItIsMalformed) {
    EXPECT_EQ(type_of(document_of(R"({"type":"epoch"})")), EpochEvent::type);
    EXPECT_EQ(type_of(document_of(R"({"type":1})")), "");
}

TEST(Event, MayHaveUnknownKeys) {
    json::object document = document_of(progress_text);
    document["later"] = 1;
    EXPECT_TRUE(parse_event(document)->has_value());
}

TEST(Event, WithoutAKeyIsMalformed) {
    json::object document = document_of(epoch_text);
    document.erase("epoch");
    const auto event = parse_event(document);
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code, ErrorCode::bad_data);
    EXPECT_EQ(event.error().message, "epoch event: key 'epoch' is missing");
}

TEST(Event, ALossThatIsNotFiniteIsNull) {
    const std::string text = json::serialize(to_json(ProgressEvent{.training_loss = {NAN}}));
    EXPECT_EQ(text, R"({"type":"progress","step":0,"training_loss":null,"units_per_second":0.0})");
    const auto event = parse_event(document_of(text.c_str()));
    ASSERT_TRUE(event && *event);
    EXPECT_FALSE(std::get<ProgressEvent>(**event).training_loss.content);
}

TEST(EpochEvent, HasItsLineOfMetricsWithoutItsType) {
    const auto event = parse_event(document_of(epoch_text));
    ASSERT_TRUE(event && *event);
    EXPECT_EQ(
        json::serialize(metrics_of(std::get<EpochEvent>(**event))),
        R"({"seconds":55.0,"epoch":1,"step":430,"training_loss":0.5,)"
        R"("validation":{"accuracy":0.875,"loss":0.25},"learning_rate":0.001,"units_per_second":1000.0})");
}

TEST(TrainingResult, IsReadAndWrittenWithItsKeysInOrder) {
    const auto result = parse_result(document_of(result_text));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(json::serialize(to_json(*result)), result_text);
}

}  // namespace
}  // namespace trilby::train
