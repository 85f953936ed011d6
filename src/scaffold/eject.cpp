// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/eject.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "base/safe_text.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "scaffold/code.hpp"
#include "scaffold/network_code.hpp"
#include "train/checkpoint.hpp"
#include "train/recipe.hpp"
#include "train/run_files.hpp"

namespace trilby::scaffold {
namespace {

using Path = std::filesystem::path;
using train::Recipe;

// ---- The run

Result<void> require_run(const Path& run) {
    return train::is_run(run)
               ? Result<void>()
               : failure(ErrorCode::no_input,
                         fmt::format("'{}' is not the folder of a run", run.string()),
                         "give the folder that 'trilby train' printed as 'run'");
}

Result<void> require_network_of_trilby(const Recipe& recipe, const Path& run) {
    if (!recipe.other.model.empty()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the network of the run in '{}' is a model that was exported from Python",
                        run.string()),
            "take the trained model with 'trilby export'");
    }
    if (!recipe.other.module.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the run in '{}' is that of a program with its own network '{}'",
                                   run.string(), printable(recipe.other.module, 64)),
                       "change the source of that program");
    }
    return {};
}

/// A run without a word about its precision may have chosen one by a trial.
Result<void> fix_precision(Recipe& recipe, const Path& run, std::vector<std::string>& notes) {
    if (!recipe.may_use_bfloat16() || recipe.training.precision) {
        return {};
    }
    const Path checkpoint = run / train::checkpoint_name;
    if (!train::has_entry(checkpoint)) {
        notes.emplace_back("the run has no checkpoint that says with which precision it computes");
        return {};
    }
    TRILBY_TRY(metadata, train::read_metadata(checkpoint));
    const auto entry = metadata.find("trilby.precision");
    if (entry != metadata.end()) {
        recipe.training.precision = enum_named<train::Precision>(entry->second);
    }
    return {};
}

// ---- The program

template <class Settings>
std::string data_lines(const Settings& settings) {
    SettingLines data("data", {"path", "dataset", "target"});
    Settings::visit_data_keys(settings, data);
    SettingLines network("network");
    Settings::visit_keys_of_any_network(settings, network);
    return data.text() + network.text();
}

template <class Section>
std::string lines_of(std::string name, const Section& settings) {
    SettingLines lines(std::move(name), {"seed"});  // the command line has the seed
    Section::visit_keys(settings, lines);
    return lines.text();
}

std::string training_lines(const Recipe& recipe) {
    return lines_of("training", recipe.training) + lines_of("optimizer", recipe.optimizer) +
           lines_of("schedule", recipe.schedule);
}

template <class Settings>
std::string options_of(const Settings& settings) {
    std::string target;
    if constexpr (requires { settings.target; }) {
        target = fmt::format(".target = {}, ", code_of(settings.target));
    }
    return fmt::format("{{{}.task = \"{}\", .settings = data_settings}}", target, Settings::name);
}

std::string without_last_line_feed(std::string text) {
    if (!text.empty()) {
        text.pop_back();
    }
    return text;
}

template <class Settings>
std::string main_program(const Settings& settings, const Recipe& recipe, Marks marks,
                         const NetworkCode& network) {
    marks["data_settings"] = without_last_line_feed(data_lines(settings));
    marks["training_settings"] = without_last_line_feed(training_lines(recipe));
    marks["data"] = code_of(settings.path.empty() ? settings.dataset : settings.path);
    marks["options"] = options_of(settings);
    marks["network"] = network.make;
    return filled(template_text("ejected.cpp.in"), marks);
}

template <class Settings>
Result<std::vector<ProjectFile>> files_for(const Settings& settings, const Recipe& recipe,
                                           const Marks& marks) {
    TRILBY_TRY(network, network_code(settings, recipe));
    return std::vector<ProjectFile>{cmake_lists(marks.at("name")),
                                    {"main.cpp", main_program(settings, recipe, marks, network)},
                                    {"network.hpp", "#pragma once\n\n" + network.header},
                                    {"README.md", filled(template_text("ejected.md.in"), marks)}};
}

}  // namespace

Result<Ejected> eject(const Path& run, const std::string& name) {
    TRILBY_CHECK(require_run(run));
    TRILBY_TRY(recipe, train::read_recipe(run / train::recipe_name));
    TRILBY_CHECK(require_network_of_trilby(recipe, run));
    Ejected ejected;
    TRILBY_CHECK(fix_precision(recipe, run, ejected.notes));
    const std::string seed = fmt::format("{}", recipe.training.seed);
    const Marks marks{{"name", name}, {"seed", seed}, {"run", shell_word(one_line(run.string()))}};
    TRILBY_TRY(files,
               std::visit([&](const auto& settings) { return files_for(settings, recipe, marks); },
                          recipe.task));
    ejected.files = std::move(files);
    ejected.command = fmt::format("build/{} --seed {}", name, seed);
    return ejected;
}

}  // namespace trilby::scaffold
