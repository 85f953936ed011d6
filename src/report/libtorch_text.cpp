// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/libtorch_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace trilby::report {
namespace {

/// "CPU", "CUDA 12.8", "ROCm, HIP 7.1".
std::string flavour_text(const LibTorch& libtorch) {
    const std::string flavour = libtorch.flavour.value_or("unknown flavour");
    if (flavour == "cuda") {
        return libtorch.cuda_version ? fmt::format("CUDA {}", one_line(*libtorch.cuda_version))
                                     : "CUDA";
    }
    if (flavour == "rocm") {
        return libtorch.hip_version ? fmt::format("ROCm, HIP {}", one_line(*libtorch.hip_version))
                                    : "ROCm";
    }
    return flavour == "cpu" ? "CPU" : one_line(flavour);
}

std::string targets_text(const std::vector<std::string>& targets) {
    return fmt::format("{} GPU target{}", targets.size(), targets.size() == 1 ? "" : "s");
}

/// "OpenBLAS", "MKL (built in)", "reference BLAS".
std::string blas_text(const std::string& blas) {
    struct Name {
        std::string_view plain;
        std::string_view shown;
    };
    constexpr std::array names{Name{"openblas", "OpenBLAS"}, Name{"mkl", "MKL"},
                               Name{"blis", "BLIS"}, Name{"flexiblas", "FlexiBLAS"}};
    const auto* name = std::ranges::find_if(
        names, [&](const Name& known) { return blas.starts_with(known.plain); });
    return name == names.end()
               ? fmt::format("{} BLAS", one_line(blas))
               : fmt::format("{}{}", name->shown, one_line(blas.substr(name->plain.size())));
}

/// Its components on one line; unknown ones are left out.
std::string line_of(const LibTorch& libtorch) {
    std::vector<std::string> parts{
        libtorch.version ? one_line(*libtorch.version) : "unknown version", flavour_text(libtorch)};
    if (libtorch.gpu_targets) {
        parts.push_back(targets_text(*libtorch.gpu_targets));
    }
    if (libtorch.blas) {
        parts.push_back(blas_text(*libtorch.blas));
    }
    const auto add = [&](const Observed<bool>& has_it, const char* name) {
        if (has_it.value_or(false)) {
            parts.emplace_back(name);
        }
    };
    add(libtorch.has_onednn, "oneDNN");
    add(libtorch.has_nccl, "NCCL");
    add(libtorch.has_rccl, "RCCL");
    add(libtorch.has_gloo, "Gloo");
    add(libtorch.has_mpi, "MPI");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

SafeText libtorch_rows(const Machine& machine, const Style& style) {
    if (!machine.libtorch) {
        return "";
    }
    if (machine.libtorch->empty()) {
        return row("LibTorch", "none found", style);
    }
    SafeText out;
    const bool are_several = machine.libtorch->size() > 1;
    for (const LibTorch& libtorch : *machine.libtorch) {
        const std::string place =
            are_several ? fmt::format(", in {}", one_line(libtorch.folder)) : "";
        out += row(out.empty() ? "LibTorch" : "", line_of(libtorch) + place, style);
    }
    return out;
}

}  // namespace trilby::report
