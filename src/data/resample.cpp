// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace trilby::data {
namespace {

/// The old pixels, from `first` on, whose weighted sum is a new pixel along one axis.
struct Taps {
    std::size_t first = 0;
    std::vector<float> weights;
};

/// In units in which an old pixel has the length `to` and a new one the length `from`.
Taps area_taps(std::size_t pixel, std::size_t from, std::size_t to) {
    const std::size_t start = pixel * from;
    const std::size_t end = start + from;
    Taps taps{.first = start / to, .weights = {}};
    for (std::size_t old = taps.first; old * to < end; ++old) {
        const std::size_t overlap = std::min(end, (old + 1) * to) - std::max(start, old * to);
        taps.weights.push_back(static_cast<float>(overlap) / static_cast<float>(from));
    }
    return taps;
}

Taps linear_taps(std::size_t pixel, std::size_t from, std::size_t to) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double center = (static_cast<double>(pixel) + 0.5) * scale - 0.5;
    const double inside = std::clamp(center, 0.0, static_cast<double>(from - 1));
    const double left = std::floor(inside);
    const auto share = static_cast<float>(inside - left);
    Taps taps{.first = static_cast<std::size_t>(left), .weights = {1.0F - share}};
    if (share > 0.0F) {
        taps.weights.push_back(share);
    }
    return taps;
}

std::vector<Taps> taps_for(std::size_t from, std::size_t to) {
    std::vector<Taps> taps;
    for (std::size_t pixel = 0; pixel < to; ++pixel) {
        taps.push_back(from > to ? area_taps(pixel, from, to) : linear_taps(pixel, from, to));
    }
    return taps;
}

/// The rows of a square within an image.
class Square {
  public:
    explicit Square(const Image& image)
        : image_(image),
          side_(std::min(image.width, image.height)),
          left_((image.width - side_) / 2),
          top_((image.height - side_) / 2) {}

    [[nodiscard]] std::size_t side() const { return side_; }
    [[nodiscard]] std::span<const std::uint8_t> row(std::size_t y) const {
        const std::size_t first = ((top_ + y) * image_.width + left_) * image_.channels;
        return std::span(image_.pixels).subspan(first, side_ * image_.channels);
    }

  private:
    const Image& image_;
    std::size_t side_;
    std::size_t left_;
    std::size_t top_;
};

void mix_rows(const Square& square, const Taps& taps, std::span<float> mixed) {
    std::ranges::fill(mixed, 0.0F);
    for (std::size_t i = 0; i < taps.weights.size(); ++i) {
        const float weight = taps.weights[i];
        const std::span<const std::uint8_t> row = square.row(taps.first + i);
        for (std::size_t x = 0; x < mixed.size(); ++x) {
            mixed[x] += weight * static_cast<float>(row[x]);
        }
    }
}

std::uint8_t mixed_value(std::span<const float> row, std::size_t channel, std::size_t channels,
                         const Taps& taps) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < taps.weights.size(); ++i) {
        sum += taps.weights[i] * row[(taps.first + i) * channels + channel];
    }
    return static_cast<std::uint8_t>(std::lround(sum));
}

}  // namespace

void resample_center(const Image& image, std::uint32_t side, std::span<std::uint8_t> to) {
    const Square square(image);
    const std::vector<Taps> taps = taps_for(square.side(), side);
    std::vector<float> row(square.side() * image.channels);
    auto out = to.begin();
    for (const Taps& down : taps) {
        mix_rows(square, down, row);
        for (const Taps& along : taps) {
            for (std::size_t channel = 0; channel < image.channels; ++channel) {
                *out++ = mixed_value(row, channel, image.channels, along);
            }
        }
    }
}

}  // namespace trilby::data
