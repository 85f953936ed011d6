// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/exif.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace trilby::data {
namespace {

/// Numbers at any position of bytes from outside.
class Numbers {
  public:
    Numbers(std::string_view bytes, bool is_little_endian)
        : bytes_(bytes), is_little_endian_(is_little_endian) {}

    [[nodiscard]] std::optional<std::uint32_t> u16(std::size_t at) const { return number(at, 2); }
    [[nodiscard]] std::optional<std::uint32_t> u32(std::size_t at) const { return number(at, 4); }

  private:
    [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
        if (at > bytes_.size() || size > bytes_.size() - at) {
            return std::nullopt;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t next = is_little_endian_ ? at + size - 1 - i : at + i;
            value = value << 8 | static_cast<std::uint8_t>(bytes_[next]);
        }
        return value;
    }

    std::string_view bytes_;
    bool is_little_endian_;
};

/// The Exif data of a JPEG file: a TIFF file in one of its segments. Empty if there are none.
std::string_view exif_of(std::string_view file) {
    constexpr std::string_view signature{"Exif\0\0", 6};
    constexpr std::uint32_t exif_marker = 0xffe1;
    constexpr std::uint32_t scan_marker = 0xffda;  // the pixels follow
    const Numbers numbers(file, false);
    std::size_t at = 2;  // after the mark of a JPEG file
    for (;;) {
        const auto marker = numbers.u16(at);
        const auto length = numbers.u16(at + 2);
        if (!marker || !length || *marker < 0xff00 || *marker == scan_marker || *length < 2) {
            return {};
        }
        const std::string_view content = file.substr(at + 4, *length - 2);
        if (*marker == exif_marker && content.starts_with(signature)) {
            return content.substr(signature.size());
        }
        at += 2 + *length;
    }
}

/// The value of the orientation's entry in the first folder of a TIFF file.
std::optional<std::uint32_t> orientation_value(std::string_view tiff) {
    constexpr std::uint32_t orientation_tag = 0x0112;
    constexpr std::size_t entry_bytes = 12;
    constexpr std::size_t value_offset = 8;
    const Numbers numbers(tiff, tiff.starts_with("II"));
    const auto folder = numbers.u32(4);
    const auto count = folder ? numbers.u16(*folder) : std::nullopt;
    for (std::uint32_t i = 0; i < count.value_or(0); ++i) {
        const std::size_t entry = std::size_t{*folder} + 2 + i * entry_bytes;
        if (numbers.u16(entry) == orientation_tag) {
            return numbers.u16(entry + value_offset);
        }
    }
    return std::nullopt;
}

}  // namespace

Orientation jpeg_orientation(std::string_view file) {
    constexpr std::array<Orientation, 9> orientations{{
        {},  // not defined
        {},
        {.mirrors_x = true},
        {.mirrors_x = true, .mirrors_y = true},
        {.mirrors_y = true},
        {.exchanges_axes = true},
        {.exchanges_axes = true, .mirrors_y = true},
        {.exchanges_axes = true, .mirrors_x = true, .mirrors_y = true},
        {.exchanges_axes = true, .mirrors_x = true},
    }};
    const std::uint32_t value = orientation_value(exif_of(file)).value_or(0);
    return value < orientations.size() ? orientations.at(value) : Orientation{};
}

}  // namespace trilby::data
