// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

std::vector<std::int64_t> integers_of(const Tensor& host) {
    const Tensor longs = host.to(torch::kInt64).contiguous();
    const auto* data = longs.data_ptr<std::int64_t>();
    return {data, data + longs.numel()};
}

Tensor index_tensor(const std::vector<std::int64_t>& values, torch::ScalarType type) {
    return torch::tensor(values, torch::kInt64).to(type);
}

/// The operands of every operation here: values, and as many places to put them.
struct Input {
    std::vector<std::int64_t> values;  ///< exact in the type
    std::vector<std::int64_t> places;  ///< a permutation
    Tensor on_device;
    Tensor places_on_device;

    [[nodiscard]] std::size_t size() const { return values.size(); }
};

std::vector<std::int64_t> random_permutation(CheckRun& run, std::int64_t count) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto other = static_cast<std::size_t>(run.between(0, static_cast<std::int64_t>(i)));
        out[i] = out[other];
        out[other] = static_cast<std::int64_t>(i);
    }
    return out;
}

Input random_input(CheckRun& run, torch::ScalarType type) {
    const std::int64_t count = run.between(2, 4000);
    const Tensor host = run.integers({count}, type, -120, 120);
    Input input{integers_of(host), random_permutation(run, count), run.on_device(host), {}};
    input.places_on_device = run.on_device(torch::tensor(input.places, torch::kInt64));
    return input;
}

std::vector<std::int64_t> sorted(const Input& input) {
    auto out = input.values;
    std::ranges::sort(out);
    return out;
}

/// Stable: equal values stay in their order.
std::vector<std::int64_t> sorting_order(const Input& input) {
    std::vector<std::int64_t> order(input.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = static_cast<std::int64_t>(i);
    }
    std::ranges::stable_sort(
        order, {}, [&](std::int64_t at) { return input.values[static_cast<std::size_t>(at)]; });
    return order;
}

std::vector<std::int64_t> gathered(const Input& input) {
    std::vector<std::int64_t> out;
    for (const std::int64_t place : input.places) {
        out.push_back(input.values[static_cast<std::size_t>(place)]);
    }
    return out;
}

std::vector<std::int64_t> scattered(const Input& input) {
    std::vector<std::int64_t> out(input.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[static_cast<std::size_t>(input.places[i])] = input.values[i];
    }
    return out;
}

std::vector<std::int64_t> positive(const Input& input) {
    std::vector<std::int64_t> out;
    std::ranges::copy_if(input.values, std::back_inserter(out),
                         [](std::int64_t value) { return value > 0; });
    return out;
}

std::vector<std::int64_t> reversed(const Input& input) {
    return {input.values.rbegin(), input.values.rend()};
}

std::vector<std::int64_t> rolled(const Input& input) {
    auto out = input.values;
    std::ranges::rotate(out, out.end() - 1);
    return out;
}

struct Operation {
    const char* name;
    Tensor (*on_device)(const Input&);
    std::vector<std::int64_t> (*on_host)(const Input&);
};

constexpr std::array operations{
    Operation{"sort", [](const Input& in) { return std::get<0>(in.on_device.sort()); }, sorted},
    Operation{
        "sorting order",
        [](const Input& in) { return std::get<1>(in.on_device.sort(/*stable=*/true, 0, false)); },
        sorting_order},
    Operation{"gather", [](const Input& in) { return in.on_device.gather(0, in.places_on_device); },
              gathered},
    Operation{"index",
              [](const Input& in) { return in.on_device.index_select(0, in.places_on_device); },
              gathered},
    Operation{
        "scatter",
        [](const Input& in) {
            return torch::zeros_like(in.on_device).scatter(0, in.places_on_device, in.on_device);
        },
        scattered},
    Operation{
        "indexed add",
        [](const Input& in) {
            return torch::zeros_like(in.on_device).index_add(0, in.places_on_device, in.on_device);
        },
        scattered},
    Operation{"masked select",
              [](const Input& in) { return in.on_device.masked_select(in.on_device > 0); },
              positive},
    Operation{"flip", [](const Input& in) { return in.on_device.flip(0); }, reversed},
    Operation{"roll", [](const Input& in) { return in.on_device.roll(1, 0); }, rolled},
    Operation{"transposed copy",
              [](const Input& in) {
                  return in.on_device.repeat({3, 1}).t().contiguous().select(1, 2).contiguous();
              },
              [](const Input& in) { return in.values; }}};

}  // namespace

void checks::indexing(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : {torch::kFloat32, torch::kFloat64, torch::kFloat16, torch::kBFloat16,
                                torch::kInt64, torch::kInt32, torch::kInt8}) {
            const Input input = random_input(run, type);
            for (const Operation& operation : operations) {
                const std::string name = fmt::format("{} {}", operation.name, type_name(type));
                const std::string what = fmt::format("{}, {}", name, input.size());
                run.where_supported(name, [&] {
                    const Tensor found =
                        run.compute(what, [&] { return operation.on_device(input); });
                    run.expect_same(what, found,
                                    index_tensor(operation.on_host(input), found.scalar_type()));
                });
            }
        }
    }
}

}  // namespace trilby::backends
