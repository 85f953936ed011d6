// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// A stream gives the same frames in pieces as in one piece. A parsed message can be sent again.

#include "worker/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace worker = trilby::worker;

namespace {

void check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

std::vector<std::string> decoded(std::string_view stream, std::size_t piece_bytes) {
    worker::FrameDecoder decoder;
    std::vector<std::string> payloads;
    while (!stream.empty()) {
        decoder.append(stream.substr(0, piece_bytes));
        stream.remove_prefix(std::min(piece_bytes, stream.size()));
        auto payload = decoder.next();
        for (; payload && *payload; payload = decoder.next()) {
            payloads.push_back(**payload);
        }
        if (!payload) {
            break;
        }
    }
    return payloads;
}

void check_payload(const std::string& payload) {
    if (const auto message = worker::parse_worker_message(payload)) {
        const auto again = worker::parse_worker_message(worker::to_json(*message));
        check(again && again->index() == message->index());
    }
    if (const auto request = worker::parse_request(payload)) {
        const auto again = worker::parse_request(worker::to_json(*request));
        check(again && again->id == request->id && again->method == request->method);
    }
}

}  // namespace

/// The first byte of the input is the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto payloads = decoded(stream, std::size_t{data[0]} + 1);
    check(payloads == decoded(stream, stream.size()));
    std::ranges::for_each(payloads, check_payload);
    check_payload(std::string(stream));  // most inputs contain no valid frame
    return 0;
}
