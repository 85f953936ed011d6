// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/kernel_calls.hpp"
#include "backends/torch/checks/rates.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

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

/// The operations of McCalpin's STREAM (1995), and what they can be measured by.
struct Stream {
    const char* name;
    int arrays;  ///< that are read or written
    gpu::Status (*start)(Arrays&);
    double result;  ///< every value of c, after it

    void run(Arrays& in) const {
        launch(in.c.device(), [&] { return start(in); });
    }
};

constexpr std::array streams{
    Stream{"copy", 2, [](Arrays& in) { return gpu::copy(in.to(), in.from_a(), in.count()); }, 1},
    Stream{"scale", 2, [](Arrays& in) { return gpu::scale(in.to(), in.from_b(), 2, in.count()); },
           4},
    Stream{"copy by the runtime", 2,
           [](Arrays& in) { return gpu::copy_on_device(in.to(), in.from_a(), in.count() * 8); }, 1},
    Stream{"add", 3,
           [](Arrays& in) { return gpu::add(in.to(), in.from_a(), in.from_b(), in.count()); }, 3},
    Stream{"triad", 3,
           [](Arrays& in) { return gpu::triad(in.to(), in.from_a(), in.from_b(), 3, in.count()); },
           7}};

double gigabytes_moved(const Stream& stream, const Arrays& arrays) {
    return stream.arrays * static_cast<double>(arrays.c.nbytes()) * 1e-9;
}

/// So many in a row that starting and waiting for them takes little of the time.
int launches_to_time(const Arrays& arrays) {
    return arrays.c.device().is_cpu() ? 1 : 16;
}

/// Each in turn, several times.
void time_streams(CheckRun& run, Arrays& arrays, std::vector<Rates>& rates, Rates& all) {
    constexpr int repeats = 8;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        double gigabytes = 0;
        Timing sum;
        for (std::size_t i = 0; i < streams.size(); ++i) {
            const Stream& stream = streams.at(i);
            const int launches = launches_to_time(arrays);
            const Timing timing = run.time(
                [&] {
                    for (int launched = 0; launched < launches; ++launched) {
                        stream.run(arrays);
                    }
                },
                validate::Work::memory);
            const double moved = launches * gigabytes_moved(stream, arrays);
            rates[i].add(run.progress(), moved, timing);
            gigabytes += moved;
            sum.seconds += timing.seconds;
            sum.busy_seconds += timing.busy_seconds;
        }
        all.add(run.progress(), gigabytes, sum);
    }
}

void check_streams(CheckRun& run, Arrays& arrays) {
    for (const Stream& stream : streams) {
        stream.run(arrays);
        run.disturb(arrays.c);
        run.expect_same_there(
            std::string("stream ") + stream.name, arrays.c,
            torch::full({1}, stream.result, arrays.c.options()).expand({arrays.c.numel()}));
    }
}

/// The triad in sizes from what fits a cache up.
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

/// A product of matrices that takes long enough to be timed, and can be checked again and again.
struct Product {
    torch::ScalarType type;
    std::int64_t side;
    Tensor a;
    Tensor b;
    Tensor first_result;
    Rates rates;
};

double operations_of(std::int64_t side) {
    return 2.0 * static_cast<double>(side * side * side);
}

constexpr double seconds_per_product = 0.02;
constexpr std::int64_t smallest_side = 256;
constexpr std::int64_t largest_side = 8192;

Tensor multiply(const Product& product) {
    return torch::mm(product.a, product.b);
}

Product make_product(CheckRun& run, torch::ScalarType type, std::int64_t side) {
    Product product{type,
                    side,
                    run.on_device(run.integers({side, side}, type, -9, 9)),
                    run.on_device(run.integers({side, side}, type, -9, 9)),
                    {},
                    Rates("matmul " + type_name(type), "GFLOP/s")};
    product.first_result = multiply(product);
    return product;
}

/// The shortest of a few times: others may have kept the device from it in one of them.
double shortest_seconds(CheckRun& run, const Product& product) {
    constexpr int tries = 3;
    double shortest = seconds_per_product;
    for (int i = 0; i < tries && shortest >= seconds_per_product; ++i) {
        shortest = run.time([&] { (void)multiply(product); }).seconds;
    }
    return shortest;
}

/// As large as it takes for a product to last long enough.
Product sized_product(CheckRun& run, torch::ScalarType type) {
    for (std::int64_t side = smallest_side;; side *= 2) {
        Product product = make_product(run, type, side);
        if (side >= largest_side || shortest_seconds(run, product) >= seconds_per_product) {
            return product;
        }
    }
}

void repeat_product(CheckRun& run, Product& product) {
    Tensor result;
    const Timing timing = run.time([&] { result = multiply(product); });
    product.rates.add(run.progress(), operations_of(product.side) * 1e-9, timing);
    run.disturb(result);
    run.expect_same_there("matmul " + type_name(product.type) + ", under load", result,
                          product.first_result);
}

std::vector<Product> products_of_all_types(CheckRun& run) {
    std::vector<Product> products;
    for (const auto type : real_types()) {
        run.where_supported("matmul " + type_name(type),
                            [&] { products.push_back(sized_product(run, type)); });
    }
    return products;
}

}  // namespace

void check_bandwidth(CheckRun& run) {
    // Three arrays in the memory that the check may use; well beyond any cache, if that allows.
    const std::int64_t bytes_each = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(run.memory_bytes()) / 3, 1 << 20, 256 << 20);
    Arrays arrays(run, bytes_each);
    std::vector<Rates> rates;
    for (const Stream& stream : streams) {
        rates.emplace_back(stream.name, "GB/s");
    }
    Rates all("bandwidth", "GB/s");
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
}

void check_compute(CheckRun& run) {
    std::vector<Product> products;
    while (run.next_round()) {
        if (products.empty()) {
            products = products_of_all_types(run);
        }
        for (Product& product : products) {
            repeat_product(run, product);
        }
    }
    for (const Product& product : products) {
        product.rates.report(run);
    }
}

void check_latency(CheckRun& run) {
    constexpr std::int64_t in_a_row = 1000;
    const auto options = torch::TensorOptions(run.device()).dtype(torch::kInt64);
    Tensor counter = torch::empty({1}, options);
    Rates rates("launches in a row", "1/s");
    std::vector<double> alone_us;
    while (run.next_round()) {
        const std::int64_t first = run.between(0, 1 << 20);
        alone_us.push_back(run.time([&] { counter.fill_(first); }).seconds * 1e6);
        const Timing timing = run.time([&] {
            counter.fill_(first);
            for (std::int64_t i = 0; i < in_a_row; ++i) {
                counter.add_(1);
            }
        });
        rates.add(run.progress(), in_a_row, timing);
        run.expect_same("launches, counted", run.fetch(counter),
                        torch::full({1}, first + in_a_row, torch::kInt64));
    }
    rates.report(run);
    run.measure({.name = "launch and wait",
                 .unit = "us",
                 .value = validate::median(alone_us),
                 .least = {},
                 .basis = "the median; not judged"});
}

void check_soak(CheckRun& run) {
    constexpr double load_seconds = 1.5;
    constexpr double rest_seconds = 0.5;
    std::optional<Product> product;
    double load_until = load_seconds;
    const double whole_seconds = run.seconds();
    while (run.next_round()) {
        if (!product) {
            product = sized_product(run, torch::kFloat32);
        }
        repeat_product(run, *product);
        if (run.progress() * whole_seconds > load_until) {
            run.rest_until((load_until + rest_seconds) / whole_seconds);
            load_until += load_seconds + rest_seconds;
        }
    }
    if (product) {
        product->rates.report(run);
    }
}

}  // namespace trilby::backends
