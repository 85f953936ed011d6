// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/checking/rates.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
namespace quantities = validate::quantities;

/// Three arrays of float64 on the device: a is 1 and b is 2 everywhere.
struct Arrays {
    Tensor a;
    Tensor b;
    Tensor c;

    Arrays(const CheckRun& run, std::int64_t bytes_each) {
        const auto options = torch::TensorOptions(run.device()).dtype(torch::kFloat64);
        const std::int64_t count = bytes_each / 8;
        a = torch::ones({count}, options);
        b = torch::full({count}, 2, options);
        c = torch::zeros({count}, options);
    }

    [[nodiscard]] const double* from_a() const { return a.data_ptr<double>(); }
    [[nodiscard]] const double* from_b() const { return b.data_ptr<double>(); }
    [[nodiscard]] double* to() const { return c.data_ptr<double>(); }
    [[nodiscard]] std::uint64_t count() const { return static_cast<std::uint64_t>(c.numel()); }
};

/// An operation of McCalpin's STREAM (1995), or one that can be compared with those.
struct Stream {
    validate::Quantity quantity;
    int arrays;  ///< that are read or written
    gpu::Status (*start)(Arrays&);
    double result;  ///< of every value of c

    void run(Arrays& in) const {
        launch(in.c.device(), [&] { return start(in); });
    }
};

constexpr std::array streams{
    Stream{quantities::copy, 2,
           [](Arrays& in) { return gpu::copy(in.to(), in.from_a(), in.count()); }, 1},
    Stream{quantities::scale, 2,
           [](Arrays& in) { return gpu::scale(in.to(), in.from_b(), 2, in.count()); }, 4},
    Stream{quantities::copy_by_runtime, 2,
           [](Arrays& in) { return gpu::copy_on_device(in.to(), in.from_a(), in.count() * 8); }, 1},
    Stream{quantities::add, 3,
           [](Arrays& in) { return gpu::add(in.to(), in.from_a(), in.from_b(), in.count()); }, 3},
    Stream{quantities::triad, 3,
           [](Arrays& in) { return gpu::triad(in.to(), in.from_a(), in.from_b(), 3, in.count()); },
           7}};

double gigabytes_moved(const Stream& stream, const Arrays& arrays) {
    return stream.arrays * static_cast<double>(arrays.c.nbytes()) * 1e-9;
}

/// The launches in a row, so many that starting them and waiting takes little of the time.
int launches_to_time(const Arrays& arrays) {
    return arrays.c.device().is_cpu() ? 1 : 16;
}

Timing time_launches(CheckRun& run, Arrays& arrays, const Stream& stream, int launches) {
    return run.time(
        [&] {
            for (int launched = 0; launched < launches; ++launched) {
                stream.run(arrays);
            }
        },
        validate::Work::memory);
}

/// Times every stream in turn, several times.
void time_streams(CheckRun& run, Arrays& arrays, std::vector<Rates>& rates, Rates& all) {
    constexpr int repeats = 8;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        double gigabytes = 0;
        Timing sum;
        for (std::size_t i = 0; i < streams.size(); ++i) {
            const Stream& stream = streams.at(i);
            const int launches = launches_to_time(arrays);
            const Timing timing = time_launches(run, arrays, stream, launches);
            const double moved = launches * gigabytes_moved(stream, arrays);
            rates[i].add(run.progress(), moved, timing);
            gigabytes += moved;
            sum += timing;
        }
        all.add(run.progress(), gigabytes, sum);
    }
}

void check_streams(CheckRun& run, Arrays& arrays) {
    for (const Stream& stream : streams) {
        stream.run(arrays);
        run.disturb(arrays.c);
        run.expect_same_there(
            fmt::format("stream {}", stream.quantity.name), arrays.c,
            torch::full({1}, stream.result, arrays.c.options()).expand({arrays.c.numel()}));
    }
}

/// The rate of the triad for sizes from that of a cache up.
validate::Series by_size(CheckRun& run, std::int64_t largest_bytes) {
    validate::Series series{"triad by size", "size of each array in bytes", "GB/s", {}};
    const Stream& triad = streams.back();
    for (std::int64_t bytes = 32 << 10; bytes <= largest_bytes; bytes *= 4) {
        Arrays arrays(run, bytes);
        double best = 0;
        for (int i = 0; i < 5; ++i) {
            const Timing timing = run.time([&] { triad.run(arrays); });
            best = std::max(best, gigabytes_moved(triad, arrays) / timing.seconds);
        }
        series.points.emplace_back(bytes, best);
    }
    return series;
}

}  // namespace

void checks::bandwidth(CheckRun& run) {
    // Three arrays that fill the memory of the check, which is larger than any cache if possible.
    const std::int64_t bytes_each = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(run.memory_bytes()) / 3, 1 << 20, 256 << 20);
    Arrays arrays(run, bytes_each);
    std::vector<Rates> rates;
    for (const Stream& stream : streams) {
        rates.emplace_back(stream.quantity);
    }
    Rates all(quantities::bandwidth);
    while (run.next_round()) {
        if (run.round() == 0) {
            run.plot(by_size(run, bytes_each));
        }
        time_streams(run, arrays, rates, all);
        check_streams(run, arrays);
    }
    for (const Rates& rate : rates) {
        rate.measure(run);
    }
    all.judge(run);
    run.set_work({"GB", all.work()});
}

}  // namespace trilby::backends
