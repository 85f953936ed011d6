// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/training_start.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/print.hpp"
#include "base/text.hpp"
#include "cli/output_style.hpp"
#include "report/layout.hpp"

namespace trilby::cli {

std::FILE* stream_for_people(bool as_json) {
    return as_json ? stderr : stdout;
}

std::filesystem::path shown(const std::filesystem::path& path) {
    std::error_code ignored;  // without the current folder, the whole path is shown
    const std::filesystem::path relative =
        path.lexically_relative(std::filesystem::current_path(ignored));
    return relative.empty() || *relative.begin() == ".." ? path : relative;
}

std::string resume_command(std::string_view command, const std::filesystem::path& folder,
                           const std::optional<std::string>& data, const DeviceOptions& options) {
    std::string text =
        fmt::format("trilby {} --resume {}", command, shell_word(shown(folder).string()));
    for (const auto& [name, value] :
         {std::pair("data", data), std::pair("backend", options.backend)}) {
        text += value ? fmt::format(" --{} {}", name, shell_word(*value)) : "";
    }
    return options.device != 0 ? text + fmt::format(" --device {}", options.device) : text;
}

void warn_of_waste(const DeviceOptions& options, const train::Recipe& recipe,
                   const train::PreparedData& data, const Machine& machine) {
    const std::int64_t usable = machine.cpu.usable_cpus.value_or(1);
    if (options.threads.value_or(0) > usable) {
        print_to(stderr,
                 "trilby: warning: {} threads share {} usable CPU{}, which makes all of them "
                 "slower\n",
                 *options.threads, usable, usable == 1 ? "" : "s");
    }
    const std::int64_t examples = data.parts.training.size();
    if (recipe.training.examples_per_step() > examples) {
        print_to(stderr,
                 "trilby: warning: {} of {} is larger than the {} training examples: each "
                 "epoch is a single step\n",
                 recipe.training.accumulation == 1 ? "a batch" : "a step",
                 recipe.training.examples_per_step(), examples);
    }
}

void print_plan(const TrainingPlan& plan, const train::PreparedData& data,
                const std::string& backend, std::FILE* out) {
    print_to(out, "recipe      {}\nbackend     {}\ndata        {}\n", plan.recipe.name, backend,
             data.source.string());
    const char* label = "decided";
    for (const std::vector<std::string>& sentences : {plan.decisions, data.notes}) {
        for (const std::string& sentence : sentences) {
            print_to(out, SafeText(report::row(label, sentence, output_style(), 12)));
            label = "";
        }
    }
    std::fflush(out);
}

}  // namespace trilby::cli
