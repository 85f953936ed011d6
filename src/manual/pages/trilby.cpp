// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"
#include "report/exit_meaning.hpp"

namespace trilby::manual {
namespace {

std::vector<Exit> every_exit() {
    std::vector<Exit> exits;
    for (int number = 1; number < 256; ++number) {
        const auto code = static_cast<ErrorCode>(number);
        if (!report::exit_meaning(code).empty()) {
            exits.push_back({code, ""});
        }
    }
    return exits;
}

}  // namespace

Page trilby_page() {
    return {
        .name = "trilby",
        .number = 1,
        .title = "find the AI hardware of this machine, and train on it",
        .command = "trilby",
        .description =
            {"Trilby finds the AI hardware of this machine, says which of CUDA, ROCm and the CPU "
             "can "
             "be used and why the others cannot, names what is wrong and what mends it, and trains "
             "a "
             "network on real data.",
             "Every command answers --help. Most take --json, to print one JSON document for "
             "programs."},
        .sections = {},
        .success = "done",
        .exits = every_exit(),
        .environment = {backend_variable(), backend_folder_variable(), color_variable()},
        .files = {user_configuration(), system_configuration()},
        .examples = {cli::first_steps.begin(), cli::first_steps.end()}};
}

}  // namespace trilby::manual
