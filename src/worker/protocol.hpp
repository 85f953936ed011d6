// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The messages between `trilby` and `trilby-worker`, as docs/worker-protocol.md defines them.
/// Pure functions of bytes, used by both ends and by a fuzz target.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::worker {

inline constexpr std::int64_t protocol_version = 1;
/// Of messages of the worker.
inline constexpr std::size_t frame_limit_bytes = 8U << 20;
/// Requests have the schema of the data, with the quantiles of thousands of columns.
inline constexpr std::size_t request_limit_bytes = 256U << 20;
/// A message adds two levels to the parameters, event or result that it carries.
inline constexpr std::size_t message_depth_limit = json::default_depth_limit + 2;

/// A frame: the payload's length as four little-endian bytes, then the payload.
[[nodiscard]] std::string encode_frame(std::string_view payload);

/// Splits a byte stream into payloads of at most so many bytes.
class FrameDecoder {
  public:
    explicit FrameDecoder(std::size_t limit_bytes = frame_limit_bytes)
        : limit_bytes_(limit_bytes) {}
    void append(std::string_view bytes);
    /// The next payload, or nothing if it is incomplete; an error if a frame exceeds the limit.
    [[nodiscard]] Result<std::optional<std::string>> next();

  private:
    std::size_t limit_bytes_;
    std::string buffer_;
    std::size_t begin_ = 0;  ///< bytes before it have been returned
};

/// Client to worker.
struct Request {
    std::int64_t id = 0;
    std::string method;  ///< "load", "devices", "run" or "cancel"
    json::object params;
};
[[nodiscard]] std::string to_json(const Request& request);
[[nodiscard]] Result<Request> parse_request(std::string_view payload);

/// Worker to client, the first message.
struct Hello {
    std::int64_t protocol = 0;
    std::int64_t abi = 0;
    std::string worker_version;
};
/// Progress of a running request.
struct Event {
    std::int64_t id = 0;
    json::object content;
};
/// The result of a request.
struct Reply {
    std::int64_t id = 0;
    json::object result;
};
/// The error of a request. `status` is a word of backend_abi.h in lower case.
struct Refusal {
    std::int64_t id = 0;
    std::string status;
    std::string message;
    std::string hint;
};
using WorkerMessage = std::variant<Hello, Event, Reply, Refusal>;

[[nodiscard]] std::string to_json(const WorkerMessage& message);
[[nodiscard]] Result<WorkerMessage> parse_worker_message(std::string_view payload);

}  // namespace trilby::worker
