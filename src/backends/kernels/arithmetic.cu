// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>

#include "backends/kernels/gpu_runtime.hpp"

namespace trilby::gpu {
namespace {

/// The chains that one thread follows side by side: a step waits for the one before, and an idle
/// unit would not be checked.
constexpr std::uint64_t lanes = 8;

/// x = x * x + c, rounded once.
template <class Real>
struct Square {
    Real c;

    TRILBY_GPU_DEVICE Real operator()(Real x) const {
        using std::fma;
        return fma(x, x, c);
    }
};

struct Congruence {
    std::uint64_t factor;
    std::uint64_t addend;

    TRILBY_GPU_DEVICE std::uint64_t operator()(std::uint64_t x) const {
        return x * factor + addend;
    }
};

/// Takes `steps` steps from `lanes` neighboring values at once; the last thread may have fewer. All
/// loops over lanes have a fixed length: a GPU cannot index its registers, and an array with an
/// index that is unknown to the compiler would be in memory.
template <class Value, class Step>
struct Iterate {
    Value* values;
    std::uint64_t count;
    Step step;
    unsigned steps;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const {
        Value x[lanes] = {};
        const std::uint64_t first = i * lanes;
        for (std::uint64_t lane = 0; lane < lanes; ++lane) {
            if (first + lane < count) {
                x[lane] = values[first + lane];
            }
        }
        for (unsigned s = 0; s < steps; ++s) {
            for (std::uint64_t lane = 0; lane < lanes; ++lane) {
                x[lane] = step(x[lane]);
            }
        }
        for (std::uint64_t lane = 0; lane < lanes; ++lane) {
            if (first + lane < count) {
                values[first + lane] = x[lane];
            }
        }
    }
};

template <class Value, class Step>
Status iterate_each(Value* values, std::uint64_t count, Step step, unsigned steps) {
    return for_each((count + lanes - 1) / lanes, Iterate<Value, Step>{values, count, step, steps});
}

}  // namespace

Status iterate(double* x, std::uint64_t count, double c, unsigned steps) {
    return iterate_each(x, count, Square<double>{c}, steps);
}

Status iterate(float* x, std::uint64_t count, float c, unsigned steps) {
    return iterate_each(x, count, Square<float>{c}, steps);
}

Status iterate(std::uint64_t* x, std::uint64_t count, std::uint64_t factor, std::uint64_t addend,
               unsigned steps) {
    return iterate_each(x, count, Congruence{factor, addend}, steps);
}

}  // namespace trilby::gpu
