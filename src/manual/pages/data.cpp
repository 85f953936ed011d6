// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page data_page() {
    return {
        .name = "trilby-data",
        .number = 1,
        .title = {},
        .command = "trilby data",
        .description = {"A data set is the files of its publisher, as they are packed there. "
                        "`trilby train` looks "
                        "for the one that a recipe names in the folders listed under FILES, and "
                        "takes the first "
                        "that holds every file.",
                        "`trilby data fetch` is the only command that uses the network. It speaks "
                        "HTTPS only and "
                        "checks certificates. The size and the SHA-256 of every file are part of "
                        "Trilby: a file "
                        "gets its name only once it has been verified, and until then it ends in "
                        "`.part`. After an "
                        "interruption or a full disk the same command goes on where it stopped."},
        .sections = {},
        .success = "done",
        .exits = {{ErrorCode::usage,
                   "the command line is wrong, or there is no data set of that name"},
                  {ErrorCode::bad_data, "what came is not what was published; it was thrown away"},
                  {ErrorCode::no_input, "the data set is not on this machine"},
                  {ErrorCode::unavailable,
                   "the publisher cannot be reached, or Trilby was built without downloads"},
                  {ErrorCode::cannot_create,
                   "the folder cannot be written, or holds a file of that name with other content"},
                  {ErrorCode::io, ""},
                  {ErrorCode::interrupted, "interrupted; what has come is kept"}},
        .environment =
            {{"https_proxy, no_proxy", "The proxy to use, and the hosts to reach without it."},
             {"CURL_CA_BUNDLE, SSL_CERT_FILE",
              "A file with the certificate authorities to trust, instead of the system's. "
              "The first of the two that is set counts."}},
        .files =
            {{"$XDG_DATA_HOME/trilby/datasets/DATASET",
              "The user's folder, by default in `~/.local/share`. `trilby data fetch` fills it."},
             {installed_data("datasets/DATASET"), "The folder of this installation."},
             {"/usr/share/datasets/DATASET",
              "Where the distribution's packages put it, such as Debian's "
              "`dataset-fashion-mnist`."}},
        .examples = {{"trilby data list", "see the data sets, and where they lie on this machine"},
                     {"trilby data fetch fashion-mnist", "download one from its publisher"},
                     {"ls \"$(trilby data path fashion-mnist)\"", "use its folder in a script"}}};
}

}  // namespace trilby::manual
