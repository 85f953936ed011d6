// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/watched.hpp"

#include <boost/pfr.hpp>
#include <filesystem>
#include <fmt/format.h>

#include "machine/amd.hpp"
#include "platform/environment.hpp"
#include "probe/environment/environment.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

/// A recording knows nothing about files in folders that were not read.
Observed<bool> read_file_state(const FileTree& tree, const std::string& path) {
    const Presence presence = tree.presence(path);
    if (presence == Presence::present) {
        return Observed<bool>::present(true, path);
    }
    const std::string folder = std::filesystem::path(path).parent_path().native();
    const bool is_known_to_lack_it =
        presence == Presence::absent && tree.presence(folder) == Presence::present;
    return is_known_to_lack_it ? Observed<bool>::present(false, path)
                               : Observed<bool>::missing(presence, path);
}

/// Adds a variable that is set. An empty value matters: it hides every GPU.
void add_variable(std::vector<EnvironmentVariable>& set, const FileTree& tree,
                  const std::string& name) {
    auto value = tree.answer(fmt::format("{}{}", environment_answer, name),
                             [&] { return platform::set_variable(name.c_str()); });
    if (value.presence() != Presence::absent) {
        set.push_back({name, std::move(value)});
    }
}

}  // namespace

std::vector<EnvironmentVariable> read_variables(const FileTree& tree) {
    std::vector<EnvironmentVariable> set;
    boost::pfr::for_each_field(watched::variables, [&](std::string_view name) {
        add_variable(set, tree, std::string(name));
    });
    for (std::uint32_t node = 0; node < override_limit; ++node) {
        add_variable(set, tree, override_variable(node));
    }
    return set;
}

std::vector<FileState> read_file_states(const FileTree& tree) {
    std::vector<FileState> states;
    boost::pfr::for_each_field(watched::files, [&](std::string_view watched) {
        const std::string path(watched);
        states.push_back({path, read_file_state(tree, path)});
    });
    return states;
}

std::vector<TextFile> read_texts(const FileTree& tree) {
    std::vector<TextFile> texts;
    boost::pfr::for_each_field(watched::texts, [&](std::string_view path) {
        texts.push_back({std::string(path), tree.read_trimmed(path)});
    });
    return texts;
}

}  // namespace trilby::sources
