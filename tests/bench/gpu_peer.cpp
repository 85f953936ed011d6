// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Measures the same on a GPU as `trilby validate`, without Trilby: matrix products by direct calls
/// to cuBLAS or hipBLAS. Prints one "name value" per line, in GFLOP/s.
/// usage: bench_gpu_peer BLAS_LIBRARY SECONDS

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <vector>

#include "backends/kernels/device.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Handle = void*;

template <class Real>
using Gemm = int (*)(Handle, int, int, int, int, int, const Real*, const Real*, int, const Real*,
                     int, const Real*, Real*, int);

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "%s failed\n", what);
        std::exit(1);
    }
}

struct Blas {
    void* library;
    Handle handle = nullptr;
    bool is_nvidias = std::strcmp(trilby::gpu::backend_name(), "cuda") == 0;

    explicit Blas(const char* path) : library(::dlopen(path, RTLD_NOW)) {
        if (library == nullptr) {
            std::fprintf(stderr, "%s\n", ::dlerror());
            std::exit(66);
        }
        const auto create = reinterpret_cast<int (*)(Handle*)>(
            ::dlsym(library, is_nvidias ? "cublasCreate_v2" : "hipblasCreate"));
        require(create != nullptr && create(&handle) == 0, "starting the BLAS library");
    }

    template <class Real>
    [[nodiscard]] Gemm<Real> gemm(const char* letter) const {
        const std::string symbol = is_nvidias ? std::string("cublas") + letter + "gemm_v2"
                                              : std::string("hipblas") + letter + "gemm";
        const auto found = reinterpret_cast<Gemm<Real>>(::dlsym(library, symbol.c_str()));
        require(found != nullptr, symbol.c_str());
        return found;
    }
};

template <class Real>
Real* square(int side, Real value) {
    const std::vector<Real> host(static_cast<std::size_t>(side) * side, value);
    void* device = nullptr;
    require(trilby::gpu::allocate(host.size() * sizeof(Real), &device).is_ok(), "allocating");
    require(trilby::gpu::copy_to_device(device, host.data(), host.size() * sizeof(Real)).is_ok(),
            "copying");
    return static_cast<Real*>(device);
}

/// Prints the median rate of products like those of the check `compute`. Waits for each product.
template <class Real>
void measure(const Blas& blas, const char* letter, const char* name, double seconds) {
    constexpr int side = 8192;
    const int not_transposed = blas.is_nvidias ? 0 : 111;
    const auto gemm = blas.gemm<Real>(letter);
    const Real* const a = square<Real>(side, 1.5);
    const Real* const b = square<Real>(side, 0.5);
    Real* const c = square<Real>(side, 0);
    const Real one = 1;
    const Real zero = 0;
    std::vector<double> rates;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end || rates.size() < 5) {
        const auto start = Clock::now();
        require(gemm(blas.handle, not_transposed, not_transposed, side, side, side, &one, a, side,
                     b, side, &zero, c, side) == 0,
                "the product");
        require(trilby::gpu::wait().is_ok(), "waiting");
        const std::chrono::duration<double> taken = Clock::now() - start;
        rates.push_back(2e-9 * side * side * side / taken.count());
    }
    const auto middle = rates.begin() + static_cast<long>(rates.size() / 2);
    std::nth_element(rates.begin(), middle, rates.end());
    std::printf("%s %.1f\n", name, *middle);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_gpu_peer BLAS_LIBRARY SECONDS\n");
        return 64;
    }
    require(trilby::gpu::select_device(0).is_ok(), "selecting device 0");
    const Blas blas(argv[1]);
    const double seconds = std::atof(argv[2]);
    measure<float>(blas, "S", "float32", seconds);
    measure<double>(blas, "D", "float64", seconds);
    return 0;
}
