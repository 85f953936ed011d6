// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page probe_page() {
    return {
        .name = "trilby-probe",
        .number = 1,
        .title = {},
        .command = "trilby probe",
        .description =
            {"Shows the CPU, the memory, the GPUs with their drivers, the vendors' libraries, the "
             "container that this is, if any, and each LibTorch that is installed. All of it comes "
             "from files of the kernel and of the distribution: nothing is changed, and no root is "
             "needed.",
             "What cannot be known is never shown as a number. --verbose tells for every value "
             "whether "
             "it is present, absent, denied or malformed, and which file says so.",
             "--runtimes also asks NVML, the CUDA driver, HIP and ROCm SMI which devices they see, "
             "each in a process of its own. One that crashes or hangs is reported as such.",
             "--capture records this machine in a new folder, to be sent to others and looked at "
             "there "
             "with --root. Names of hosts, users and containers, serial numbers, UUIDs and MAC "
             "addresses are replaced. The recording is plain text: look through it before you send "
             "it."},
        .sections = {},
        .success = "the machine was shown or recorded; this does not mean that it has a GPU",
        .exits = {{ErrorCode::usage, ""},
                  {ErrorCode::bad_data, "the folder of --root holds no machine, or a damaged one"},
                  {ErrorCode::no_input, "the folder of --root cannot be read"},
                  {ErrorCode::cannot_create,
                   "the folder of --capture is not empty or cannot be made"},
                  {ErrorCode::io, ""}},
        .environment = {{"LIBTORCH, VIRTUAL_ENV, CONDA_PREFIX",
                         "Folders in which a LibTorch is looked for, besides those of packages."},
                        {"LD_LIBRARY_PATH",
                         "Folders in which the vendors' libraries are looked for first."},
                        color_variable()},
        .files = {{"DIR/trilby-recording.json",
                   "In a recording, what copies of files cannot keep, such as the owners of device "
                   "files."}},
        .examples = {{"trilby probe", "show this machine"},
                     {"trilby probe --json", "give it to a program"},
                     {"trilby probe --runtimes --timeout 60",
                      "ask the vendors' runtimes too, and give each of them a minute"},
                     {"trilby probe --capture my-machine", "record this machine"},
                     {"trilby probe --root my-machine", "show the recorded machine, anywhere"}}};
}

}  // namespace trilby::manual
