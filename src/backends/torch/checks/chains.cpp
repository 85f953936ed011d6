// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/reference.hpp"
#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t start_count =
    1024;  ///< different start values; the reference computes a chain from each

/// The copies of each start value, so many that every unit of the device has some.
std::int64_t copies(const CheckRun& run) {
    return run.device().is_cpu() ? 16 : 4096;
}

template <class Real>
void check_reals(CheckRun& run, torch::ScalarType type) {
    const Tensor start = run.reals({start_count}, type, -1.5, 1.5);
    const auto c = static_cast<Real>(run.between(-2048, -1536)) / 1024;
    const auto steps = static_cast<unsigned>(run.between(200, 400));
    const Tensor input = run.on_device(start.repeat({copies(run)}));
    const std::string what = "fused multiply-adds " + type_name(type);
    const Tensor found = run.compute(what, [&] {
        Tensor values = input.clone();
        launch(run.device(), [&] {
            return gpu::iterate(values.data_ptr<Real>(), static_cast<std::uint64_t>(values.numel()),
                                c, steps);
        });
        return values;
    });
    Tensor expected = start.clone();
    for (std::int64_t i = 0; i < start_count; ++i) {
        Real& value = expected.data_ptr<Real>()[i];
        value = gpu::reference::iterate(value, c, steps);
    }
    run.expect_same(what, found, expected.repeat({copies(run)}));
}

void check_integers(CheckRun& run) {
    const Tensor start = torch::empty({start_count}, torch::kInt64);
    for (std::int64_t i = 0; i < start_count; ++i) {
        words_of(start)[i] = run.bits();
    }
    const std::uint64_t factor = run.bits() | 1U;
    const std::uint64_t addend = run.bits();
    const auto steps = static_cast<unsigned>(run.between(200, 400));
    const Tensor input = run.on_device(start.repeat({copies(run)}));
    const Tensor found = run.compute("integer products", [&] {
        Tensor values = input.clone();
        launch(run.device(), [&] {
            return gpu::iterate(words_of(values), static_cast<std::uint64_t>(values.numel()),
                                factor, addend, steps);
        });
        return values;
    });
    Tensor expected = start.clone();
    for (std::int64_t i = 0; i < start_count; ++i) {
        words_of(expected)[i] =
            gpu::reference::iterate(words_of(expected)[i], factor, addend, steps);
    }
    run.expect_same("integer products", found, expected.repeat({copies(run)}));
}

}  // namespace

void checks::chains(CheckRun& run) {
    while (run.next_round()) {
        check_reals<double>(run, torch::kFloat64);
        check_reals<float>(run, torch::kFloat32);
        check_integers(run);
    }
}

}  // namespace trilby::backends
