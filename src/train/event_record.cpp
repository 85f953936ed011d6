// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/event_record.hpp"

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <limits>
#include <string_view>

#include "base/little_endian.hpp"

namespace trilby::train {
namespace {

template <class Unsigned>
std::string little_endian(Unsigned number) {
    return encode_little_endian(number, sizeof(number));
}

/// A message in the wire format of protobuf.
class Message {
  public:
    Message& number(std::uint64_t field, std::uint64_t value) {
        key(field, 0);
        varint(value);
        return *this;
    }
    Message& number(std::uint64_t field, double value) {
        key(field, 1);
        bytes_ += little_endian(std::bit_cast<std::uint64_t>(value));
        return *this;
    }
    Message& number(std::uint64_t field, float value) {
        key(field, 5);
        bytes_ += little_endian(std::bit_cast<std::uint32_t>(value));
        return *this;
    }
    /// A string, or a message in this one.
    Message& text(std::uint64_t field, std::string_view content) {
        key(field, 2);
        varint(content.size());
        bytes_ += content;
        return *this;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

  private:
    void key(std::uint64_t field, std::uint64_t wire_type) { varint(field << 3U | wire_type); }
    void varint(std::uint64_t value) {
        for (; value > 0x7f; value >>= 7U) {
            bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
        }
        bytes_ += static_cast<char>(value);
    }

    std::string bytes_;
};

/// CRC-32C, masked so that a checksum of data with checksums is not a special case.
std::uint32_t masked_checksum(std::string_view bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xa282ead8U;
}

std::string framed(std::string_view data) {
    const std::string size = little_endian(std::uint64_t{data.size()});
    return size + little_endian(masked_checksum(size)) + std::string(data) +
           little_endian(masked_checksum(data));
}

/// The largest float32 in place of larger values.
float to_float(double value) {
    constexpr double largest = std::numeric_limits<float>::max();
    return static_cast<float>(std::clamp(value, -largest, largest));
}

}  // namespace

std::string version_record(double time_s) {
    return framed(Message().number(1, time_s).text(3, "brain.Event:2").bytes());
}

std::string scalar_record(double time_s, std::int64_t step, const std::vector<Scalar>& scalars) {
    Message summary;
    for (const Scalar& scalar : scalars) {
        summary.text(1, Message().text(1, scalar.tag).number(2, to_float(scalar.value)).bytes());
    }
    return framed(Message()
                      .number(1, time_s)
                      .number(2, static_cast<std::uint64_t>(step))
                      .text(5, summary.bytes())
                      .bytes());
}

}  // namespace trilby::train
