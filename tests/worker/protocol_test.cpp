// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::worker {
namespace {

using ::testing::HasSubstr;

/// `depth` nested objects.
std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 1; i < depth; ++i) {
        text += R"({"x":)";
    }
    return text + "{}" + std::string(depth - 1, '}');
}

template <class T>
T parsed_as(const std::string& payload) {
    const auto message = parse_worker_message(payload);
    return message ? std::get<T>(*message) : throw std::runtime_error(message.error().message);
}

TEST(Frame, IsALittleEndianLengthAndThePayload) {
    EXPECT_EQ(encode_frame("ab"), std::string("\x02\0\0\0ab", 6));
    EXPECT_EQ(encode_frame(std::string(0x1234, 'x')).substr(0, 4), std::string("\x34\x12\0\0", 4));
}

TEST(FrameDecoder, AssemblesAFrameFromSingleBytes) {
    const std::string stream = encode_frame("first") + encode_frame("") + encode_frame("third");
    FrameDecoder decoder;
    std::vector<std::string> payloads;
    for (const char byte : stream) {
        decoder.append({&byte, 1});
        auto payload = decoder.next();
        ASSERT_TRUE(payload);
        if (*payload) {
            payloads.push_back(**payload);
        }
    }
    EXPECT_EQ(payloads, (std::vector<std::string>{"first", "", "third"}));
}

TEST(FrameDecoder, SplitsOneReadIntoSeveralFrames) {
    FrameDecoder decoder;
    decoder.append(encode_frame("a") + encode_frame("b") + encode_frame("c").substr(0, 3));
    EXPECT_EQ(decoder.next().value(), "a");
    EXPECT_EQ(decoder.next().value(), "b");
    EXPECT_EQ(decoder.next().value(), std::nullopt);
    decoder.append(encode_frame("c").substr(3));
    EXPECT_EQ(decoder.next().value(), "c");
}

TEST(FrameDecoder, RefusesAFrameAboveTheLimitBeforeItArrives) {
    FrameDecoder decoder;
    decoder.append(std::string("\x01\x00\x80\x00", 4));
    const auto payload = decoder.next();
    ASSERT_FALSE(payload);
    EXPECT_EQ(payload.error().message, "the frame has 8388609 bytes, expected at most 8388608");
}

TEST(FrameDecoder, AcceptsAFrameAtTheLimit) {
    FrameDecoder decoder;
    decoder.append(encode_frame(std::string(frame_limit_bytes, 'x')));
    EXPECT_EQ(decoder.next().value()->size(), frame_limit_bytes);
}

TEST(FrameDecoder, TakesLargerFramesWhereItIsToldTo) {
    const std::string frame = encode_frame(std::string(frame_limit_bytes + 1, 'x'));
    FrameDecoder decoder(request_limit_bytes);
    decoder.append(frame);
    EXPECT_EQ(decoder.next().value()->size(), frame_limit_bytes + 1);
    decoder.append(std::string("\x01\x00\x00\x10", 4));
    EXPECT_FALSE(decoder.next());
}

TEST(Request, SurvivesARoundTrip) {
    const Request request{7, "run", {{"job", "train"}, {"params", {{"rate", 0.25}}}}};
    const auto parsed = parse_request(to_json(request));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->id, 7);
    EXPECT_EQ(parsed->method, "run");
    EXPECT_EQ(parsed->params, request.params);
}

TEST(Request, ToleratesUnknownKeys) {
    EXPECT_TRUE(parse_request(R"({"id": 1, "method": "devices", "params": {}, "later": [1]})"));
}

TEST(Request, CarriesParametersThatUseTheirWholeDepth) {
    const std::string deepest = nested(json::default_depth_limit);
    const auto around = [](const std::string& params) {
        return R"({"id": 1, "method": "run", "params": {"params": )" + params + "}}";
    };
    EXPECT_TRUE(parse_request(around(deepest)));
    EXPECT_FALSE(parse_request(around(nested(json::default_depth_limit + 1))));
}

TEST(Request, ReportsMalformedMembers) {
    struct Case {
        const char* payload;
        const char* message;
    };
    for (const auto& [payload, message] : {
             Case{"", "request: not valid JSON at byte 0"},
             Case{"{", "request: not valid JSON at byte 1"},
             Case{"[]", "request: array, expected an object"},
             Case{"{} {}", "request: text after the end of the JSON document at byte 3"},
             Case{R"({"method": "run", "params": {}})", "key 'id' is missing"},
             Case{R"({"id": "1", "method": "run", "params": {}})", "key 'id' is string"},
             Case{R"({"id": 0, "method": "run", "params": {}})", "id 0, expected 1 or more"},
             Case{R"({"id": 1.5, "method": "run", "params": {}})", "key 'id' is double"},
             Case{R"({"id": 1, "params": {}})", "key 'method' is missing"},
             Case{R"({"id": 1, "method": null, "params": {}})", "key 'method' is null"},
             Case{R"({"id": 1, "method": "run", "params": []})", "key 'params' is array"},
             Case{"{\"id\": 1, \"method\": \"\xff\", \"params\": {}}", "not valid JSON"},
         }) {
        const auto request = parse_request(payload);
        ASSERT_FALSE(request) << payload;
        EXPECT_EQ(request.error().code, ErrorCode::bad_data);
        EXPECT_THAT(request.error().message, HasSubstr(message));
    }
}

TEST(WorkerMessage, SurvivesARoundTrip) {
    const auto hello = parsed_as<Hello>(to_json(Hello{1, 2, "0.1.0"}));
    EXPECT_EQ(hello.protocol, 1);
    EXPECT_EQ(hello.abi, 2);
    EXPECT_EQ(hello.worker_version, "0.1.0");

    const auto event = parsed_as<Event>(to_json(Event{3, {{"step", 4}}}));
    EXPECT_EQ(event.id, 3);
    EXPECT_EQ(event.content, (json::object{{"step", 4}}));

    const auto reply = parsed_as<Reply>(to_json(Reply{5, {{"loss", 0.5}}}));
    EXPECT_EQ(reply.id, 5);
    EXPECT_EQ(reply.result, (json::object{{"loss", 0.5}}));

    const auto refusal = parsed_as<Refusal>(to_json(Refusal{6, "io", "disk full", "make room"}));
    EXPECT_EQ(refusal.id, 6);
    EXPECT_EQ(refusal.status, "io");
    EXPECT_EQ(refusal.message, "disk full");
    EXPECT_EQ(refusal.hint, "make room");
}

TEST(WorkerMessage, ToleratesUnknownKeysAndAMissingHint) {
    EXPECT_TRUE(parse_worker_message(R"({"id": 1, "result": {}, "later": true})"));
    EXPECT_TRUE(parse_worker_message(R"({"id": 1, "error": {"status": "io", "message": "m"}})"));
}

TEST(WorkerMessage, ReportsMalformedMembers) {
    struct Case {
        const char* payload;
        const char* message;
    };
    for (const auto& [payload, message] : {
             Case{"", "message: not valid JSON"},
             Case{"null", "message: null, expected an object"},
             Case{R"({"hello": 1})", "key 'hello' is int64"},
             Case{R"({"hello": {"protocol": 1, "abi": 1}})", "key 'worker' is missing"},
             Case{R"({"result": {}})", "key 'id' is missing"},
             Case{R"({"id": 1})", "key 'error' is missing"},
             Case{R"({"id": 1, "event": []})", "key 'event' is array"},
             Case{R"({"id": 1, "result": 1})", "key 'result' is int64"},
             Case{R"({"id": 1, "error": {"message": "m"}})", "key 'status' is missing"},
             Case{R"({"id": 1, "error": {"status": "io"}})", "key 'message' is missing"},
         }) {
        const auto parsed = parse_worker_message(payload);
        ASSERT_FALSE(parsed) << payload;
        EXPECT_EQ(parsed.error().code, ErrorCode::bad_data);
        EXPECT_THAT(parsed.error().message, HasSubstr(message));
    }
}

}  // namespace
}  // namespace trilby::worker
