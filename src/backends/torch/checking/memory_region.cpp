// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/memory_region.hpp"

#include <algorithm>

#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/device.hpp"

namespace trilby::backends {
namespace {

constexpr std::int64_t word_bytes = 8;
constexpr std::int64_t least_words = std::int64_t{1} << 20;

std::int64_t words_for(std::uint64_t bytes) {
    return std::max(least_words, static_cast<std::int64_t>(bytes) / word_bytes);
}

}  // namespace

MemoryRegion::MemoryRegion(CheckRun& run)
    : run_(run),
      words_(torch::empty({words_for(run.memory_bytes())},
                          torch::TensorOptions(run.device()).dtype(torch::kInt64))) {}

template <class Start>
void MemoryRegion::read(const std::string& what, const Start& start) const {
    const WrongWordCount wrong(run_.device());
    launch(run_.device(), [&] { return start(wrong.get()); });
    run_.expect_none_wrong(what, wrong.read(), count());
}

void MemoryRegion::fill(gpu::Filling filling) const {
    launch(run_.device(), [&] { return gpu::fill(words_of(words_), count(), filling); });
    disturb();
}

void MemoryRegion::check(const std::string& what, gpu::Filling filling) const {
    read(what, [&](gpu::WrongWords* wrong) {
        return gpu::check(words_of(words_), count(), filling, wrong);
    });
}

void MemoryRegion::check_and_invert(const std::string& what, gpu::Filling filling) const {
    read(what, [&](gpu::WrongWords* wrong) {
        return gpu::check_and_invert(words_of(words_), count(), filling, wrong);
    });
    disturb();
}

void MemoryRegion::hold(double until_part) const {
    const gpu::Filling filling{gpu::Pattern::random, run_.bits(), false};
    fill(filling);
    wait_for(run_.device());
    run_.rest_until(until_part);
    check("words after a rest", filling);
}

void MemoryRegion::measure_size() const {
    run_.measure(validate::quantities::memory_checked,
                 static_cast<double>(words_.nbytes()) / (1 << 30), "a share of what was free");
}

/// Piece by piece, so that a fault that strikes once strikes anywhere.
void MemoryRegion::disturb() const {
    for (torch::Tensor piece : words_.split(least_words)) {
        run_.disturb(piece);
    }
}

}  // namespace trilby::backends
