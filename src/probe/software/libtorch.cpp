// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "binary/gpu_code.hpp"
#include "binary/shared_library.hpp"
#include "machine/amd.hpp"
#include "probe/assignments.hpp"
#include "probe/software/blas.hpp"
#include "probe/software/libtorch_places.hpp"
#include "probe/software/libtorch_version.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Flag = Observed<bool>;
using Library = Observed<binary::SharedLibrary>;
using Text = Observed<std::string>;

// Type information of the communication classes: a build has the ones that it was configured
// with, and their names have not changed for years.
constexpr std::string_view gloo_class = "_ZTIN4c10d16ProcessGroupGlooE";
constexpr std::string_view mpi_class = "_ZTIN4c10d15ProcessGroupMPIE";
constexpr std::string_view nccl_class = "_ZTIN4c10d16ProcessGroupNCCLE";  // also for RCCL

/// The library for GPUs in the same folder as the one for CPUs.
struct GpuPart {
    std::string path;
    bool is_rocm = false;
};

Observed<GpuPart> find_gpu_part(const FileTree& tree, const std::string& folder) {
    for (const bool is_rocm : {false, true}) {
        const std::string path = folder + (is_rocm ? "/libtorch_hip.so" : "/libtorch_cuda.so");
        const Presence presence = tree.presence(path);
        if (presence == Presence::present) {
            return Observed<GpuPart>::present({path, is_rocm}, path);
        }
        if (is_unreadable(presence)) {
            return Observed<GpuPart>::missing(presence, path);
        }
    }
    return Observed<GpuPart>::missing(Presence::absent, folder);
}

/// Whether a library has the code to use another one, which may be built in.
Flag uses(const Library& library, std::string_view symbol, std::string_view other) {
    if (!library) {
        return Flag::missing(library.presence(), library.source());
    }
    if (const auto is_there = library->defines(symbol)) {
        return Flag::present(*is_there, library.source());
    }
    return library->needed_with_prefix(other) ? Flag::present(true, library.source())
                                              : Flag::missing(Presence::absent, library.source());
}

/// A macro that is 0 or 1 in a header that the build generated.
Flag switched_on(const Text& configuration, std::string_view name) {
    return defined_value(configuration, name)
        .parse([](const std::string& word) -> std::optional<bool> {
            return word == "1"   ? std::optional(true)
                   : word == "0" ? std::optional(false)
                                 : std::nullopt;
        });
}

Flag read_onednn(const Library& library, const Text& configuration) {
    for (const char* name : {"libdnnl", "libmkldnn"}) {
        if (library && library->needed_with_prefix(name)) {
            return Flag::present(true, library.source());
        }
    }
    return switched_on(configuration, "AT_MKLDNN_ENABLED()");
}

/// Wheels contain MKL, so no dependency shows it.
Text read_blas_or_built_in(const FileTree& tree, const Library& library, const std::string& folder,
                           const Text& configuration) {
    Text blas = read_blas(tree, library, folder);
    if (blas.presence() == Presence::absent &&
        switched_on(configuration, "AT_MKL_ENABLED()").value_or(false)) {
        return Text::present("mkl (built in)", configuration.source());
    }
    return blas;
}

/// The presence of a file in the first folder that may have it.
Presence presence_in(const FileTree& tree, const std::vector<std::string>& folders,
                     const std::string& name) {
    for (const std::string& folder : folders) {
        const Presence presence = tree.presence(fmt::format("{}/{}", folder, name));
        if (presence != Presence::absent) {
            return presence;
        }
    }
    return Presence::absent;
}

/// HIP's runtime, unless the build includes it.
Text read_foreign_hip(const FileTree& tree, const Library& library, const std::string& folder) {
    if (!library) {
        return Text::missing(library.presence(), library.source());
    }
    const auto name = library->needed_with_prefix("libamdhip64.so");
    auto folders = library->own_folders(folder);
    folders.push_back(folder);
    const Presence own = name ? presence_in(tree, folders, *name) : Presence::present;
    if (own == Presence::absent) {
        return Text::present(*name, library.source());
    }
    return Text::missing(is_unreadable(own) ? own : Presence::absent, library.source());
}

/// Wheels for ROCm include a rocBLAS with data files for each target.
Observed<std::vector<std::string>> read_rocblas_targets(const FileTree& tree,
                                                        const LibTorchPlace& place) {
    if (place.package_folder.empty()) {
        return Observed<std::vector<std::string>>::missing(Presence::absent, place.folder);
    }
    return tree.list(place.folder + "/rocblas/library").parse([](const auto& names) {
        return std::optional(targets_in(names));
    });
}

void describe_gpu_part(LibTorch& libtorch, const FileTree& tree, const GpuPart& part) {
    constexpr std::array symbols{nccl_class};
    const Library library = binary::read_shared_library(tree, part.path, symbols);
    libtorch.flavour = Text::present(part.is_rocm ? "rocm" : "cuda", part.path);
    libtorch.gpu_targets = binary::read_gpu_targets(tree, part.path);
    libtorch.foreign_hip = read_foreign_hip(tree, library, libtorch.folder);
    libtorch.has_nccl = Flag::present(false, part.path);
    libtorch.has_rccl = Flag::present(false, part.path);
    (part.is_rocm ? libtorch.has_rccl : libtorch.has_nccl) =
        uses(library, nccl_class, part.is_rocm ? "librccl" : "libnccl");
}

void describe_unknown_gpu_part(LibTorch& libtorch, Presence why, const std::string& path) {
    libtorch.flavour = Text::missing(why, path);
    libtorch.gpu_targets = Observed<std::vector<std::string>>::missing(why, path);
    libtorch.has_nccl = Flag::missing(why, path);
    libtorch.has_rccl = Flag::missing(why, path);
}

void describe_cpu_only(LibTorch& libtorch, const std::string& path) {
    libtorch.flavour = Text::present("cpu", path);
    libtorch.gpu_targets = Observed<std::vector<std::string>>::missing(Presence::absent, path);
    libtorch.has_nccl = Flag::present(false, path);
    libtorch.has_rccl = Flag::present(false, path);
}

LibTorch describe(const FileTree& tree, const LibTorchPlace& place) {
    constexpr std::array symbols{gloo_class, mpi_class};
    const std::string path = place.folder + "/libtorch_cpu.so";
    const Library library = binary::read_shared_library(tree, path, symbols);
    const Text configuration = tree.read(place.include_folder + "/ATen/Config.h");
    const Text version_file = read_version_file(tree, place);
    LibTorch libtorch;
    libtorch.folder = place.folder;
    libtorch.version = read_libtorch_version(tree, place, version_file);
    libtorch.cuda_version = version_of(version_file, "cuda");
    libtorch.hip_version = version_of(version_file, "hip");
    libtorch.cudnn_version =
        read_bundled_version(tree, place, "cudnn/include/cudnn_version.h", "CUDNN");
    libtorch.nccl_version = read_bundled_version(tree, place, "nccl/include/nccl.h", "NCCL");
    libtorch.blas = read_blas_or_built_in(tree, library, place.folder, configuration);
    libtorch.rocblas_targets = read_rocblas_targets(tree, place);
    libtorch.has_onednn = read_onednn(library, configuration);
    libtorch.has_gloo = uses(library, gloo_class, "libgloo");
    libtorch.has_mpi = uses(library, mpi_class, "libmpi");
    const auto gpu_part = find_gpu_part(tree, place.folder);
    if (gpu_part) {
        describe_gpu_part(libtorch, tree, *gpu_part);
    } else if (gpu_part.is_unreadable()) {
        describe_unknown_gpu_part(libtorch, gpu_part.presence(), gpu_part.source());
    } else {
        describe_cpu_only(libtorch, path);
    }
    return libtorch;
}

}  // namespace

Observed<std::vector<LibTorch>> read_libtorch(const FileTree& tree, UnreadPaths& unread) {
    using Found = Observed<std::vector<LibTorch>>;
    constexpr const char* folder = "/usr/lib";
    std::vector<LibTorch> found;
    for (const LibTorchPlace& place : find_libtorch(ListReader(tree, FactList::libtorch, unread))) {
        found.push_back(describe(tree, place));
    }
    // A recorded machine may lack the searched folders.
    const Presence presence = tree.presence(folder);
    return found.empty() && presence != Presence::present
               ? Found::missing(presence, folder)
               : Found::present(std::move(found), folder);
}

}  // namespace trilby::sources
