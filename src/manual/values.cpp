// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "selection/requirements.hpp"
#include "train/dataset_catalog.hpp"
#include "validate/catalog.hpp"
#include <trilby/doctor.hpp>

namespace trilby::manual {
namespace {

std::vector<Word> backend_names() {
    std::vector<Word> words;
    for (const selection::Backend& backend : selection::backends()) {
        words.push_back({std::string(backend.name), ""});
    }
    return words;
}

std::vector<Word> dataset_names() {
    std::vector<Word> words;
    for (const train::Dataset& dataset : train::datasets()) {
        words.push_back({std::string(dataset.name), std::string(dataset.summary)});
    }
    return words;
}

std::vector<Word> check_names() {
    std::vector<Word> words;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        words.push_back({std::string(check.name), std::string(check.summary)});
    }
    return words;
}

std::vector<Word> family_names() {
    std::set<std::string> names;
    for (const Explanation& condition : known_conditions()) {
        names.insert(condition.family);
    }
    std::vector<Word> words;
    for (const std::string& name : names) {
        words.push_back({name, ""});
    }
    return words;
}

std::vector<Word> condition_ids() {
    std::vector<Word> words{{"all", "List the conditions"}};
    for (const Explanation& condition : known_conditions()) {
        words.push_back({condition.id, condition.title});
    }
    return words;
}

const std::vector<ValueKind>& known_kinds() {
    static const std::vector<ValueKind> kinds{
        {.name = "BACKEND", .paths = Paths::none, .words = backend_names(), .query = {}},
        {.name = "CHECK", .paths = Paths::none, .words = check_names(), .query = {}},
        {.name = "DATASET", .paths = Paths::none, .words = dataset_names(), .query = {}},
        {.name = "DIR", .paths = Paths::folders, .words = {}, .query = {}},
        {.name = "FAMILY", .paths = Paths::none, .words = family_names(), .query = {}},
        {.name = "FILE", .paths = Paths::files, .words = {}, .query = {}},
        {.name = "ID", .paths = Paths::none, .words = condition_ids(), .query = {}},
        {.name = "IMAGE", .paths = Paths::none, .words = {}, .query = {}},
        {.name = "N", .paths = Paths::none, .words = {}, .query = {}},
        {.name = "NAME", .paths = Paths::none, .words = {}, .query = {}},
        {.name = "RECIPE", .paths = Paths::files, .words = {}, .query = "train --list"},
        {.name = "SECONDS", .paths = Paths::none, .words = {}, .query = {}},
        {.name = "URL", .paths = Paths::none, .words = {}, .query = {}}};
    return kinds;
}

std::set<std::string> used_names(const CommandNode& tree) {
    std::set<std::string> names;
    for (const CommandNode* command : all_commands(tree)) {
        for (const auto& list : {command->operands, command->options}) {
            for (const Option& option : list) {
                names.insert(option.value);
            }
        }
    }
    names.erase("");
    return names;
}

}  // namespace

Result<std::vector<ValueKind>> value_kinds(const CommandNode& tree) {
    std::vector<ValueKind> kinds;
    for (const std::string& name : used_names(tree)) {
        const auto known = std::ranges::find(known_kinds(), name, &ValueKind::name);
        if (known == known_kinds().end()) {
            return failure(
                ErrorCode::internal,
                fmt::format("an option takes a value named {}, which src/manual/values.cpp "
                            "does not know",
                            name));
        }
        kinds.push_back(*known);
    }
    return kinds;
}

}  // namespace trilby::manual
