// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page backends_page() {
    return {
        .name = "trilby-backends",
        .number = 1,
        .title = {},
        .command = "trilby backends",
        .description =
            {"A backend is what `trilby train` computes with: `cuda` on GPUs of NVIDIA, `rocm` on "
             "GPUs "
             "of AMD, or `cpu`. This command compares what each of them needs with what the "
             "machine "
             "has. The first that lacks nothing, in this order, is used.",
             "A backend that was asked for, with --backend, with TRILBY_BACKEND or in a "
             "configuration "
             "file, is used or refused with the reason. It is never replaced by another one.",
             "With --root the machine is a recorded one, but the backends are those that are "
             "installed "
             "here."},
        .sections = {},
        .success = "a backend can be used",
        .exits =
            {{ErrorCode::usage, "the command line is wrong, or there is no backend of that name"},
             {ErrorCode::bad_data,
              "a configuration file is wrong, or the folder of --root holds no machine"},
             {ErrorCode::no_input, "a configuration file or the folder of --root cannot be read"},
             {ErrorCode::unavailable, "no backend can be used, or not the one that was asked for"},
             {ErrorCode::io, ""}},
        .environment = {backend_variable(), backend_folder_variable(), color_variable()},
        .files = {user_configuration(), system_configuration()},
        .examples = {{"trilby backends", "see which backend is used, and what the others lack"},
                     {"trilby backends --explain", "see every requirement, and how it was judged"},
                     {"trilby backends --backend cuda", "find out whether cuda could be used"}}};
}

}  // namespace trilby::manual
