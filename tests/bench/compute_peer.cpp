// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Measures the same as `trilby validate`, without Trilby: matrix products by direct calls to a
/// BLAS library, and a triad in OpenMP. Prints one "name value" per line, in GFLOP/s and GB/s.
/// usage: bench_compute_peer BLAS_LIBRARY SECONDS

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <functional>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// Values from cblas.h.
constexpr int row_major = 101;
constexpr int not_transposed = 111;

template <class Real>
using Gemm = void (*)(int, int, int, int, int, int, Real, const Real*, int, const Real*, int, Real,
                      Real*, int);

/// Repeats `run`, which does `work` units, for `seconds`. Returns the median rate per second.
double median_rate(double work, double seconds, const std::function<void()>& run) {
    std::vector<double> rates;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end || rates.size() < 3) {
        const auto start = Clock::now();
        run();
        rates.push_back(work / std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::nth_element(rates.begin(), rates.begin() + static_cast<long>(rates.size() / 2),
                     rates.end());
    return rates[rates.size() / 2];
}

template <class Real>
void measure_product(void* library, const char* symbol, const char* name, double seconds) {
    constexpr int side = 1024;
    const auto gemm = reinterpret_cast<Gemm<Real>>(::dlsym(library, symbol));
    if (gemm == nullptr) {
        std::fprintf(stderr, "the library has no %s\n", symbol);
        return;
    }
    const std::vector<Real> a(side * side, Real(1.5));
    const std::vector<Real> b(side * side, Real(0.5));
    std::vector<Real> c(side * side);
    const double rate = median_rate(2e-9 * side * side * side, seconds, [&] {
        gemm(row_major, not_transposed, not_transposed, side, side, side, Real(1), a.data(), side,
             b.data(), side, Real(0), c.data(), side);
    });
    std::printf("%s %.3f\n", name, rate);
}

void measure_triad(double seconds) {
    constexpr long count = (64L << 20) / 8;  // 64 MiB per array, as at level 1
    std::vector<double> a(count, 1.0);
    std::vector<double> b(count, 2.0);
    std::vector<double> c(count);
    const double rate = median_rate(3e-9 * 8 * count, seconds, [&] {
#pragma omp parallel for schedule(static)
        for (long i = 0; i < count; ++i) {
            c[static_cast<unsigned long>(i)] =
                a[static_cast<unsigned long>(i)] + 3.0 * b[static_cast<unsigned long>(i)];
        }
    });
    std::printf("triad %.3f\n", rate);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_compute_peer BLAS_LIBRARY SECONDS\n");
        return 64;
    }
    void* const library = ::dlopen(argv[1], RTLD_NOW);
    if (library == nullptr) {
        std::fprintf(stderr, "%s\n", ::dlerror());
        return 66;
    }
    const double seconds = std::atof(argv[2]);
    measure_product<float>(library, "cblas_sgemm", "float32", seconds);
    measure_product<double>(library, "cblas_dgemm", "float64", seconds);
    measure_triad(seconds);
    return 0;
}
