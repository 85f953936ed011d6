// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/kernel_calls.hpp"
#include "backends/torch/device.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t word_bytes = 8;
constexpr std::int64_t least_words = std::int64_t{1} << 20;

/// A stretch of the device's memory.
class Region {
  public:
    explicit Region(CheckRun& run)
        : run_(run),
          words_(torch::empty(
              {std::max(least_words, static_cast<std::int64_t>(run.memory_bytes()) / word_bytes)},
              torch::TensorOptions(run.device()).dtype(torch::kInt64))) {}

    [[nodiscard]] std::uint64_t bytes() const { return words_.nbytes(); }

    void fill(gpu::Filling filling) const {
        launch(run_.device(), [&] { return gpu::fill(words_of(words_), count(), filling); });
        disturb();
    }

    void check(const std::string& what, gpu::Filling filling) const {
        read(what, [&](gpu::WrongWords* wrong) {
            return gpu::check(words_of(words_), count(), filling, wrong);
        });
    }

    /// Leaves the opposite of what it reads.
    void check_and_invert(const std::string& what, gpu::Filling filling) const {
        read(what, [&](gpu::WrongWords* wrong) {
            return gpu::check_and_invert(words_of(words_), count(), filling, wrong);
        });
        disturb();
    }

  private:
    [[nodiscard]] std::uint64_t count() const { return static_cast<std::uint64_t>(words_.numel()); }

    template <class Start>
    void read(const std::string& what, const Start& start) const {
        const WrongWordCount wrong(run_.device());
        launch(run_.device(), [&] { return start(wrong.get()); });
        run_.expect_none_wrong(what, wrong.read(), count());
    }

    /// Piece by piece, so that a fault that strikes once strikes anywhere.
    void disturb() const {
        for (Tensor piece : words_.split(least_words)) {
            run_.disturb(piece);
        }
    }

    CheckRun& run_;
    Tensor words_;
};

struct NamedPattern {
    gpu::Pattern pattern;
    const char* name;
};

constexpr std::array patterns{NamedPattern{gpu::Pattern::address, "address in address"},
                              NamedPattern{gpu::Pattern::random, "random words"},
                              NamedPattern{gpu::Pattern::walking_one, "walking bits"},
                              NamedPattern{gpu::Pattern::checkerboard, "checkerboard"}};

/// A step of moving inversions: every word is read and turned into its opposite, and read again.
void check_pattern(CheckRun& run, const Region& region, const NamedPattern& pattern) {
    gpu::Filling filling{pattern.pattern, run.bits(), false};
    region.fill(filling);
    region.check_and_invert(pattern.name, filling);
    filling.is_inverted = true;
    region.check(std::string(pattern.name) + ", inverted", filling);
}

void hold_pattern(CheckRun& run, const Region& region, double until_part) {
    const gpu::Filling filling{gpu::Pattern::random, run.bits(), false};
    region.fill(filling);
    wait_for(run.device());
    run.rest_until(until_part);
    region.check("words after a rest", filling);
}

void measure_size(CheckRun& run, const Region& region) {
    run.measure({.name = "memory checked",
                 .unit = "GiB",
                 .value = static_cast<double>(region.bytes()) / (1 << 30),
                 .least = {},
                 .basis = "a share of what was free"});
}

}  // namespace

void check_memory(CheckRun& run) {
    const Region region(run);
    while (run.next_round(patterns.size())) {
        check_pattern(run, region, patterns.at(run.round() % patterns.size()));
    }
    measure_size(run, region);
}

void check_retention(CheckRun& run) {
    const Region region(run);
    while (run.next_round()) {
        hold_pattern(run, region, 0.95);
    }
    measure_size(run, region);
}

void hold_memory(CheckRun& run) {
    constexpr double part = 0.1;  // of the time, in which others may spoil it
    hold_pattern(run, Region(run), run.progress() + part);
}

}  // namespace trilby::backends
