// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page doctor_page() {
    return {
        .name = "trilby-doctor",
        .number = 1,
        .title = {},
        .command = "trilby doctor",
        .description =
            {"Compares this machine with the conditions that it knows. For each one that the "
             "machine "
             "has, it says what was found and where, what that does to you, and the command or the "
             "step that mends it on this system. It changes nothing and needs no root.",
             "What to mend first comes first. A condition that follows from another one is not "
             "told in "
             "full, since mending the cause mends both. What cannot be known, because a file is "
             "missing "
             "or closed, is never a finding.",
             "Every condition has an id, such as `TRL-P002`, that never changes its meaning. "
             "--explain "
             "tells more about it, on any machine."},
        .sections =
            {{"SEVERITIES",
              {},
              {{"blocks",
                "Something that the machine has cannot be used at all. The exit code is 1."},
               {"degrades", "It works, but slower, less, or not always."},
               {"hint", "Worth knowing."}}}},
        .success = "nothing blocks",
        .exits = {{ErrorCode::failed, "something blocks, or no backend can be used to train"},
                  {ErrorCode::usage,
                   "the command line is wrong, or there is no family or id of that name"},
                  {ErrorCode::bad_data, "the folder of --root holds no machine, or a damaged one"},
                  {ErrorCode::no_input, "the folder of --root cannot be read"},
                  {ErrorCode::cannot_create, "the file of --report exists or cannot be made"},
                  {ErrorCode::io, ""}},
        .environment = {backend_variable(), backend_folder_variable(), color_variable()},
        .files = {user_configuration(), system_configuration()},
        .examples = {{"trilby doctor", "see what is wrong"},
                     {"trilby doctor --explain TRL-P002", "read about one condition"},
                     {"trilby doctor --only nvidia --quiet", "list what is wrong with NVIDIA GPUs"},
                     {"trilby doctor --report report.txt",
                      "write a text file that can be attached to a bug report"}}};
}

}  // namespace trilby::manual
