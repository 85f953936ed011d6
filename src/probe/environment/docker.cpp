// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <iterator>

#include "base/json.hpp"
#include "probe/environment/environment.hpp"

namespace trilby::sources {
namespace {

using Names = std::vector<std::string>;

std::optional<Names> runtimes_in(const std::string& settings) {
    const auto document = json::parse_object(settings, docker_settings_path);
    if (!document) {
        return std::nullopt;
    }
    const auto runtimes = json::get_object(*document, "runtimes", docker_settings_path);
    Names names;
    std::ranges::transform(runtimes.value_or(json::object()), std::back_inserter(names),
                           [](const auto& entry) { return std::string(entry.key()); });
    return names;
}

}  // namespace

Observed<Names> read_docker_runtimes(const FileTree& tree) {
    const auto settings = tree.read(docker_settings_path);
    const bool is_known_to_lack_it =
        settings.presence() == Presence::absent && tree.presence("/etc") == Presence::present;
    return is_known_to_lack_it ? Observed<Names>::present({}, std::string(docker_settings_path))
                               : settings.parse(runtimes_in);
}

}  // namespace trilby::sources
