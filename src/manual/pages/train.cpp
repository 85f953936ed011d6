// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page train_page() {
    return {
        .name = "trilby-train",
        .number = 1,
        .title = {},
        .command = "trilby train",
        .description =
            {"Trains the network of a recipe: a short TOML file that decides data, network, "
             "optimizer "
             "and schedule. <RECIPE> is the name of an installed recipe or the path of a file; a "
             "word "
             "that holds a slash or ends in `.toml` is a path.",
             "The run gets a folder of its own, see FILES. After every epoch the network is tried "
             "on "
             "images that were held out for that; the test images are looked at once, at the end.",
             "Ctrl-C finishes the current step, saves a checkpoint and ends with exit code 130. A "
             "second Ctrl-C ends at once and keeps the last checkpoint. --resume goes on from "
             "there. "
             "With the same number of threads, libraries and kind of processor the run ends bit "
             "for "
             "bit as if it had never stopped."},
        .sections = {},
        .success = "the network is trained",
        .exits = {{ErrorCode::failed,
                   "training failed: the worker crashed, hung, or computed wrongly"},
                  {ErrorCode::internal, ""},
                  {ErrorCode::usage,
                   "the command line is wrong, or there is no recipe or backend of that name"},
                  {ErrorCode::bad_data,
                   "a recipe, a data file, a checkpoint or a configuration file is wrong"},
                  {ErrorCode::no_input, "the recipe, the data set or the run is not there"},
                  {ErrorCode::unavailable,
                   "no backend can be used, or not the one that was asked for"},
                  {ErrorCode::cannot_create,
                   "the folder of the run cannot be written, or holds a run already"},
                  {ErrorCode::io, ""},
                  {ErrorCode::interrupted, "interrupted; the checkpoint is kept"}},
        .environment = {backend_variable(),
                        backend_folder_variable(),
                        {"OMP_NUM_THREADS",
                         "The number of CPU threads, if --threads is not given."}},
        .files =
            {{installed_data("recipes"), "The installed recipes."},
             {"runs/RECIPE-N",
              "The folder of a run, if --output names no other. It holds the four files that "
              "follow."},
             {"recipe.toml",
              "The recipe with every setting written out. It is a recipe "
              "itself."},
             {"metrics.jsonl",
              "One JSON object for each epoch: losses, validation accuracy, learning rate, images "
              "per second, seconds."},
             {"checkpoint.safetensors",
              "The weights, the state of the optimizer, and how far the run has come."},
             {"result.json", "The test accuracy and the rest, once the run has ended."},
             user_configuration(),
             system_configuration()},
        .examples = {{"trilby train --list", "see the installed recipes"},
                     {"trilby train fashion-mnist", "train one of them"},
                     {"trilby train --resume runs/fashion-mnist-1", "go on with a run"},
                     {"trilby train --show fashion-mnist > my.toml",
                      "copy a recipe, to be changed with an editor"},
                     {"trilby train ./my.toml --epochs 10", "train with the recipe of a file"}}};
}

}  // namespace trilby::manual
