// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/event_record.hpp"

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <limits>
#include <string_view>

#include "base/little_endian.hpp"
#include "base/protobuf.hpp"

namespace trilby::train {
namespace {

template <class Unsigned>
std::string little_endian(Unsigned number) {
    return encode_little_endian(number, sizeof(number));
}

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
    return framed(ProtobufMessage().number(1, time_s).text(3, "brain.Event:2").bytes());
}

std::string scalar_record(double time_s, std::int64_t step, const std::vector<Scalar>& scalars) {
    ProtobufMessage summary;
    for (const Scalar& scalar : scalars) {
        summary.text(
            1, ProtobufMessage().text(1, scalar.tag).number(2, to_float(scalar.value)).bytes());
    }
    return framed(ProtobufMessage()
                      .number(1, time_s)
                      .number(2, static_cast<std::uint64_t>(step))
                      .text(5, summary.bytes())
                      .bytes());
}

}  // namespace trilby::train
