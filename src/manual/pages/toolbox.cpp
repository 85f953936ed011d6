// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page toolbox_page() {
    return {
        .name = "trilby-toolbox",
        .number = 1,
        .title = {},
        .command = "trilby toolbox",
        .description =
            {"A toolbox is a container for working in: it shares the home folder, the network and "
             "the devices of the host, and has packages of its own. `trilby toolbox create` picks "
             "the image of Trilby's that fits the hardware, says on the host what a program inside "
             "will find of the GPU, and has Toolbx make the container. Where Toolbx is not "
             "installed, Distrobox or Podman alone makes it.",
             "Before that it says which device nodes there are and whether their groups matter, "
             "how the driver's libraries get in, which releases of driver and library meet, and "
             "what SELinux does. Findings of `trilby-doctor`(1) that hold inside as well are told "
             "in full; they do not keep the container from being made.",
             "The images are built by their user, from the files in `containers` of Trilby's "
             "sources; none is downloaded. Inside, `trilby doctor` names what is mended on the "
             "host as such."},
        .sections = {},
        .success = "done",
        .exits = {{ErrorCode::failed,
                   "the program that makes containers failed; what it said is "
                   "shown"},
                  {ErrorCode::usage, "the command line is wrong, or a name is none"},
                  {ErrorCode::bad_data, "Podman printed something else than was expected"},
                  {ErrorCode::no_input, "the image has not been built here"},
                  {ErrorCode::unavailable, "Podman is missing, or this is a container already"}},
        .environment = {{"PATH", "Where `toolbox`, `distrobox` and `podman` are looked for."},
                        {"HOME", "The folder that the container shares."}},
        .files = {},
        .examples = {{"trilby toolbox create", "make the container `trilby`"},
                     {"trilby toolbox enter", "open a shell in it"},
                     {"trilby toolbox create --image localhost/trilby-toolbox cpu",
                      "make one called `cpu` from another image"},
                     {"trilby toolbox list", "see which there are"}}};
}

}  // namespace trilby::manual
