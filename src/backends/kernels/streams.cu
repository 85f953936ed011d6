// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/gpu_runtime.hpp"

namespace trilby::gpu {
namespace {

struct Copy {
    double* c;
    const double* a;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const { c[i] = a[i]; }
};

struct Scale {
    double* c;
    const double* b;
    double factor;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const { c[i] = factor * b[i]; }
};

struct Add {
    double* c;
    const double* a;
    const double* b;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const { c[i] = a[i] + b[i]; }
};

struct Triad {
    double* c;
    const double* a;
    const double* b;
    double factor;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const { c[i] = a[i] + factor * b[i]; }
};

}  // namespace

Status copy(double* c, const double* a, std::uint64_t count) {
    return for_each(count, Copy{c, a});
}

Status scale(double* c, const double* b, double factor, std::uint64_t count) {
    return for_each(count, Scale{c, b, factor});
}

Status add(double* c, const double* a, const double* b, std::uint64_t count) {
    return for_each(count, Add{c, a, b});
}

Status triad(double* c, const double* a, const double* b, double factor, std::uint64_t count) {
    return for_each(count, Triad{c, a, b, factor});
}

}  // namespace trilby::gpu
