// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/reduction.hpp"

#include <algorithm>

namespace trilby::validate {
namespace {

// The operation depends on few numbers, and a hostile worker may claim to have drawn any number.
constexpr std::uint64_t most_reduced = 8;
constexpr std::uint64_t most_draws = 1000;

constexpr std::uint32_t to_the_lowest = 63;

class Reduction {
  public:
    Reduction(std::uint64_t draws, const Attempt& attempt, const std::function<bool()>& has_time)
        : halvings_(draws), attempt_(attempt), has_time_(has_time) {}

    /// Straight to the lowest value, or else as far as halving goes.
    void lower(std::size_t draw) {
        if (crashes_with(draw, to_the_lowest)) {
            return;
        }
        std::uint32_t halved = 1;
        while (crashes_with(draw, halved)) {
            ++halved;
        }
    }

    [[nodiscard]] const std::optional<std::string>& smallest() const { return smallest_; }

  private:
    bool crashes_with(std::size_t draw, std::uint32_t halved) {
        if (!has_time_() || halved > to_the_lowest) {
            return false;
        }
        Halvings tried = halvings_;
        tried[draw] = halved;
        auto operation = attempt_(tried);
        if (!operation) {
            return false;
        }
        halvings_ = std::move(tried);
        smallest_ = std::move(operation);
        return true;
    }

    Halvings halvings_;
    const Attempt& attempt_;
    const std::function<bool()>& has_time_;
    std::optional<std::string> smallest_;
};

}  // namespace

std::optional<std::string> reduce(std::uint64_t draws, const Attempt& attempt,
                                  const std::function<bool()>& has_time) {
    const std::uint64_t count = std::min(draws, most_draws);
    Reduction reduction(count, attempt, has_time);
    for (std::uint64_t i = 0; i < std::min(count, most_reduced); ++i) {
        reduction.lower(count - 1 - i);
    }
    return reduction.smallest();
}

}  // namespace trilby::validate
