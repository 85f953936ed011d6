// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/protocol.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/little_endian.hpp"
#include "base/try.hpp"

namespace trilby::worker {
namespace {

constexpr std::size_t header_bytes = 4;

Result<Hello> parse_hello(const json::object& message) {
    TRILBY_TRY(hello, json::get_object(message, "hello", "greeting"));
    TRILBY_TRY(protocol, json::get_integer(hello, "protocol", "greeting"));
    TRILBY_TRY(abi, json::get_integer(hello, "abi", "greeting"));
    TRILBY_TRY(version, json::get_string(hello, "worker", "greeting"));
    return Hello{protocol, abi, version};
}

Result<Refusal> parse_refusal(std::int64_t id, const json::object& message) {
    TRILBY_TRY(error, json::get_object(message, "error", "refusal"));
    TRILBY_TRY(status, json::get_string(error, "status", "refusal"));
    TRILBY_TRY(text, json::get_string(error, "message", "refusal"));
    return Refusal{id, status, text, json::get_string(error, "hint", "refusal").value_or("")};
}

json::object to_object(const Hello& hello) {
    return {{"hello",
             {{"protocol", hello.protocol}, {"abi", hello.abi}, {"worker", hello.worker_version}}}};
}

json::object to_object(const Event& event) {
    return {{"id", event.id}, {"event", event.content}};
}

json::object to_object(const Reply& reply) {
    return {{"id", reply.id}, {"result", reply.result}};
}

json::object to_object(const Refusal& refusal) {
    return {{"id", refusal.id},
            {"error",
             {{"status", refusal.status}, {"message", refusal.message}, {"hint", refusal.hint}}}};
}

}  // namespace

std::string encode_frame(std::string_view payload) {
    return encode_little_endian(payload.size(), header_bytes).append(payload);
}

void FrameDecoder::append(std::string_view bytes) {
    buffer_.erase(0, std::exchange(begin_, 0));
    buffer_.append(bytes);
}

Result<std::optional<std::string>> FrameDecoder::next() {
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    if (rest.size() < header_bytes) {
        return std::nullopt;
    }
    const std::size_t length = decode_little_endian(rest.substr(0, header_bytes));
    if (length > limit_bytes_) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the frame has {} bytes, expected at most {}", length, limit_bytes_));
    }
    if (rest.size() < header_bytes + length) {
        return std::nullopt;
    }
    begin_ += header_bytes + length;
    return std::string(rest.substr(header_bytes, length));
}

std::string to_json(const Request& request) {
    return json::serialize(
        json::object{{"id", request.id}, {"method", request.method}, {"params", request.params}});
}

Result<Request> parse_request(std::string_view payload) {
    TRILBY_TRY(message, json::parse_object(payload, "request", message_depth_limit));
    TRILBY_TRY(id, json::get_integer(message, "id", "request"));
    if (id <= 0) {
        return failure(ErrorCode::bad_data, fmt::format("request: id {}, expected 1 or more", id));
    }
    TRILBY_TRY(method, json::get_string(message, "method", "request"));
    TRILBY_TRY(params, json::get_object(message, "params", "request"));
    return Request{id, std::move(method), std::move(params)};
}

std::string to_json(const WorkerMessage& message) {
    return json::serialize(std::visit([](const auto& m) { return to_object(m); }, message));
}

Result<WorkerMessage> parse_worker_message(std::string_view payload) {
    TRILBY_TRY(message, json::parse_object(payload, "message", message_depth_limit));
    if (message.contains("hello")) {
        return parse_hello(message);
    }
    TRILBY_TRY(id, json::get_integer(message, "id", "message"));
    if (message.contains("event")) {
        TRILBY_TRY(content, json::get_object(message, "event", "message"));
        return Event{id, std::move(content)};
    }
    if (message.contains("result")) {
        TRILBY_TRY(result, json::get_object(message, "result", "message"));
        return Reply{id, std::move(result)};
    }
    return parse_refusal(id, message);
}

}  // namespace trilby::worker
