// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/runtime.hpp"

#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <malloc.h>
#include <string_view>
#include <system_error>
#include <torch/version.h>

#include "backends/kernels/device.hpp"

namespace trilby::backends {
namespace {

/// The file that provides `symbol` to this module, links resolved; empty if there is none.
std::string provider_of(const char* symbol) {
    void* address = ::dlsym(RTLD_DEFAULT, symbol);
    Dl_info info{};
    if (address == nullptr || ::dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
        return {};
    }
    std::error_code ignored;
    const auto resolved = std::filesystem::canonical(info.dli_fname, ignored);
    return resolved.empty() ? info.dli_fname : resolved.string();
}

std::string blas_kind(std::string_view path) {
    struct Row {
        std::string_view fragment;
        std::string_view kind;
    };
    constexpr std::array rows{
        Row{"flexiblas", "flexiblas"}, Row{"openblas", "openblas"}, Row{"mkl", "mkl"},
        Row{"blis", "blis"},           Row{"atlas", "atlas"},       Row{"libtorch", "built-in"},
        Row{"libblas", "reference"}};
    for (const Row& row : rows) {
        if (path.find(row.fragment) != std::string_view::npos) {
            return std::string(row.kind);
        }
    }
    return "unknown";
}

train::Blas describe_blas() {
    const std::string path = provider_of("sgemm_");
    return {.kind = blas_kind(path), .path = path};
}

/// Called only where there is a device: other builds of LibTorch throw.
json::object describe_gpu_libraries() {
    const auto& hooks = at::detail::getCUDAHooks();
    return {{"runtime", hooks.hasCUDART() ? hooks.versionCUDART() : gpu::runtime_version()},
            {"cudnn", hooks.hasCuDNN() ? json::value(hooks.versionCuDNN()) : json::value(nullptr)},
            {"tf32", at::globalContext().allowTF32CuBLAS()}};
}

/// With deterministic algorithms, newer versions of LibTorch also fill every new tensor with NaN
/// before it gets its values, which is one more pass over memory. The results do not depend on it.
template <class Context>
void leave_new_tensors_unfilled(Context& context) {
    if constexpr (requires { context.setDeterministicFillUninitializedMemory(false); }) {
        context.setDeterministicFillUninitializedMemory(false);
    }
}

}  // namespace

void configure_runtime() {
    // By default glibc returns every large activation to the kernel at the end of its step, and
    // gets zeroed pages for it at the next: keep them instead.
    constexpr int keep_below_bytes = 1 << 30;
    ::mallopt(M_MMAP_THRESHOLD, keep_below_bytes);
    ::mallopt(M_TRIM_THRESHOLD, keep_below_bytes);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
    leave_new_tensors_unfilled(at::globalContext());
    at::globalContext().setBenchmarkCuDNN(false);
    if (at::globalContext().hasCUDA()) {
        // TF32 keeps 10 bits of a float32's mantissa, and only some GPUs have it.
        at::globalContext().setAllowTF32CuBLAS(false);
        at::globalContext().setAllowTF32CuDNN(false);
    }
    // Denormal numbers are up to a hundred times slower and mean nothing in a gradient.
    at::globalContext().setFlushDenormal(true);
}

void set_threads(std::int64_t threads) {
    const int count = static_cast<int>(threads);
    at::set_num_threads(count);
    // LibTorch does not tell OpenBLAS, whose sums depend on the number too. A worker has it from
    // its environment, but a program cannot set that before the library is loaded.
    if (void* const set_of_openblas = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
        reinterpret_cast<void (*)(int)>(set_of_openblas)(count);
    }
}

train::Libraries describe_libraries() {
    train::Libraries libraries{.libtorch = fmt::format("{}.{}.{}", TORCH_VERSION_MAJOR,
                                                       TORCH_VERSION_MINOR, TORCH_VERSION_PATCH),
                               .blas = describe_blas(),
                               .onednn = at::globalContext().hasMKLDNN(),
                               .openmp = at::hasOpenMP(),
                               .threads = at::get_num_threads(),
                               .gpu = {}};
    if (at::globalContext().hasCUDA()) {  // or ROCm, which LibTorch also calls CUDA here
        libraries.gpu = describe_gpu_libraries();
    }
    return libraries;
}

trilby_status classify_exception(const std::exception& exception) {
    const std::string_view text = exception.what();
    const bool is_memory = text.find("can't allocate memory") != std::string_view::npos ||
                           text.find("out of memory") != std::string_view::npos;
    return is_memory ? TRILBY_OUT_OF_MEMORY : TRILBY_INTERNAL;
}

std::string explain_exception(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const c10::Error*>(&exception)) {
        return error->what_without_backtrace();
    }
    return exception.what();
}

}  // namespace trilby::backends
