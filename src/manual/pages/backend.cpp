// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page backend_page() {
    return {
        .name = "trilby-backend",
        .number = 1,
        .title = {},
        .command = "trilby backend",
        .description =
            {"No distribution may ship what is linked to NVIDIA's CUDA, and no package can know "
             "the "
             "LibTorch that you installed yourself. `trilby backend build` compiles the module "
             "that "
             "stands between Trilby and LibTorch on your machine, for the LibTorch that you name: "
             "the one in a virtual environment, an unpacked archive, or a package of NVIDIA or of "
             "RPM Fusion. Which backend comes out, `cuda`, `rocm` or `cpu`, depends on what that "
             "LibTorch can do.",
             "It needs the package `trilby-backend-sdk`, and for CUDA the `nvcc` of the toolkit "
             "that LibTorch was built with. The module is tried before it is put into its place: "
             "it must load, and where there is a device it must compute a known answer. Without a "
             "device, as when a container image is made, it is installed and the reason is said.",
             "A module works with the LibTorch for which it was built, and with no other version. "
             "After an update of LibTorch or of Trilby, build it again. The modules of packages "
             "are "
             "left alone; your own go before them."},
        .sections = {},
        .success = "done",
        .exits = {{ErrorCode::failed,
                   "the module could not be compiled, or it does not work; the last lines of the "
                   "compiler are shown, and nothing was changed"},
                  {ErrorCode::usage, "the command line is wrong"},
                  {ErrorCode::no_input, "there is no LibTorch, or no module of that name"},
                  {ErrorCode::unavailable, "a compiler or the sources are missing"},
                  {ErrorCode::cannot_create, ""},
                  {ErrorCode::io, ""},
                  {ErrorCode::interrupted, "interrupted; nothing was changed"}},
        .environment = {{"PATH, CUDA_PATH, ROCM_PATH", "Where the compilers are looked for."},
                        {"VIRTUAL_ENV, CONDA_PREFIX, LIBTORCH",
                         "Where a LibTorch is looked for, besides the usual folders."},
                        backend_folder_variable()},
        .files = {{"$XDG_DATA_HOME/trilby/backends",
                   "Your modules, by default in `~/.local/share`."},
                  {"/usr/local/lib/trilby/backends", "Those for all users, of --all-users."},
                  {"$XDG_CACHE_HOME/trilby/backend-build.log",
                   "What the last build printed, by default in `~/.cache`."}},
        .examples = {
            {"trilby backend build", "build for the LibTorch for GPUs that is found"},
            {"trilby backend build --torch ~/venv", "build for PyTorch in a virtual environment"},
            {"trilby backend list", "see the modules that are installed, and where"},
            {"trilby backend remove cuda", "remove your own module"}}};
}

}  // namespace trilby::manual
