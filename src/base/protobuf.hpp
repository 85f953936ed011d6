// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Messages in the wire format of protobuf, written field by field. The few flat messages that
/// Trilby writes do not justify a dependency on a protobuf library.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trilby {

class ProtobufMessage {
  public:
    ProtobufMessage& number(std::uint64_t field, std::uint64_t value);
    /// A negative number takes ten bytes.
    ProtobufMessage& number(std::uint64_t field, std::int64_t value);
    ProtobufMessage& number(std::uint64_t field, double value);
    ProtobufMessage& number(std::uint64_t field, float value);
    /// A string, bytes, or a message in this one.
    ProtobufMessage& text(std::uint64_t field, std::string_view content);
    /// What stands before a text of so many bytes, which the caller writes.
    ProtobufMessage& text_header(std::uint64_t field, std::uint64_t size_bytes);

    [[nodiscard]] const std::string& bytes() const { return bytes_; }

  private:
    void key(std::uint64_t field, std::uint64_t wire_type);
    void varint(std::uint64_t value);

    std::string bytes_;
};

}  // namespace trilby
