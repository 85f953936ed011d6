// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>

#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t smallest_bytes = 4 << 10;
constexpr std::int64_t entry_bytes = 4;
constexpr std::uint64_t steps = 20'000;

/// Larger than the caches: those of GPUs hold up to a quarter of a gibibyte.
std::int64_t largest_size(const CheckRun& run) {
    const std::int64_t largest_bytes = std::int64_t{run.device().is_cpu() ? 64 : 1024} << 20;
    const auto allowed = static_cast<std::int64_t>(run.memory_bytes()) / 2;
    return std::clamp(allowed, smallest_bytes, largest_bytes);
}

/// A path through 2^k entries that visits each of them once: a linear congruence of full period
/// (Hull and Dobell, 1962). No prefetcher follows it, and the host retraces it without a table.
struct Path {
    std::uint32_t factor;
    std::uint32_t addend;
    std::uint32_t mask;

    Path(CheckRun& run, std::int64_t count)
        : factor((static_cast<std::uint32_t>(run.bits()) & ~3U) | 1U),
          addend(static_cast<std::uint32_t>(run.bits()) | 1U),
          mask(static_cast<std::uint32_t>(count - 1)) {}

    [[nodiscard]] std::uint32_t end(std::uint32_t place) const {
        for (std::uint64_t step = 0; step < steps; ++step) {
            place = (place * factor + addend) & mask;
        }
        return place;
    }

    /// The next entry of each, computed on `device`; products wrap around.
    [[nodiscard]] Tensor on(torch::Device device) const {
        return torch::arange(std::int64_t{mask} + 1,
                             torch::TensorOptions(device).dtype(torch::kInt32))
            .mul_(static_cast<std::int32_t>(factor))
            .add_(static_cast<std::int32_t>(addend))
            .bitwise_and_(static_cast<std::int32_t>(mask));
    }
};

/// Follows one chain and returns the time of a step in nanoseconds.
double check_size(CheckRun& run, std::int64_t bytes) {
    const Path path(run, bytes / entry_bytes);
    const Tensor next = path.on(run.device());
    const auto start = static_cast<std::uint32_t>(run.bits()) & path.mask;
    const Tensor end = torch::empty({1}, next.options());
    const Timing timing = run.time(
        [&] {
            launch(run.device(), [&] {
                return gpu::chase(
                    reinterpret_cast<const std::uint32_t*>(next.data_ptr<std::int32_t>()), start,
                    steps, reinterpret_cast<std::uint32_t*>(end.data_ptr<std::int32_t>()));
            });
        },
        validate::Work::memory);
    run.expect_same("addresses", run.fetch(end),
                    torch::full({1}, static_cast<std::int32_t>(path.end(start)), torch::kInt32));
    return timing.seconds * 1e9 / static_cast<double>(steps);
}

}  // namespace

void checks::chase(CheckRun& run) {
    validate::Series series{"latency by size", "size of the memory in bytes", "ns", {}};
    while (run.next_round()) {
        const bool is_first = run.round() == 0;
        for (std::int64_t bytes = smallest_bytes; bytes <= largest_size(run); bytes *= 4) {
            const double latency_ns = check_size(run, bytes);
            if (is_first) {
                series.points.emplace_back(bytes, latency_ns);
            }
        }
    }
    if (!series.points.empty()) {
        run.measure(validate::quantities::memory_latency, series.points.back().second,
                    "a step through the largest size; not judged");
        run.plot(std::move(series));
    }
}

}  // namespace trilby::backends
