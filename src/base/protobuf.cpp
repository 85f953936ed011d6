// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/protobuf.hpp"

#include <bit>

#include "base/little_endian.hpp"

namespace trilby {

ProtobufMessage& ProtobufMessage::number(std::uint64_t field, std::uint64_t value) {
    key(field, 0);
    varint(value);
    return *this;
}

ProtobufMessage& ProtobufMessage::number(std::uint64_t field, std::int64_t value) {
    return number(field, static_cast<std::uint64_t>(value));
}

ProtobufMessage& ProtobufMessage::number(std::uint64_t field, double value) {
    key(field, 1);
    bytes_ += encode_little_endian(std::bit_cast<std::uint64_t>(value), sizeof value);
    return *this;
}

ProtobufMessage& ProtobufMessage::number(std::uint64_t field, float value) {
    key(field, 5);
    bytes_ += encode_little_endian(std::bit_cast<std::uint32_t>(value), sizeof value);
    return *this;
}

ProtobufMessage& ProtobufMessage::text(std::uint64_t field, std::string_view content) {
    text_header(field, content.size());
    bytes_ += content;
    return *this;
}

ProtobufMessage& ProtobufMessage::text_header(std::uint64_t field, std::uint64_t size_bytes) {
    key(field, 2);
    varint(size_bytes);
    return *this;
}

void ProtobufMessage::key(std::uint64_t field, std::uint64_t wire_type) {
    varint(field << 3U | wire_type);
}

void ProtobufMessage::varint(std::uint64_t value) {
    for (; value > 0x7f; value >>= 7U) {
        bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
    }
    bytes_ += static_cast<char>(value);
}

}  // namespace trilby
