// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <set>

#include "base/text.hpp"
#include "probe/environment/environment.hpp"

namespace trilby::sources {

Observed<std::vector<std::uint32_t>> read_gcc_versions(const FileTree& tree, UnreadPaths& unread) {
    constexpr const char* compilers_folder = "/usr/libexec/gcc";
    using Found = Observed<std::vector<std::uint32_t>>;
    const auto targets = tree.list(compilers_folder);
    if (!targets) {
        return Found::missing(targets.presence(), targets.source());
    }
    const ListReader reader(tree, FactList::gcc_versions, unread);
    std::set<std::uint32_t> versions;
    for (const std::string& target : *targets) {
        const std::string folder = fmt::format("{}/{}", compilers_folder, target);
        for (const std::string& name : reader.names(folder).value_or({})) {
            const auto version = parse_number<std::uint32_t>(name.substr(0, name.find('.')));
            if (version && reader.has(fmt::format("{}/{}/cc1plus", folder, name))) {
                versions.insert(*version);
            }
        }
    }
    return Found::present({versions.begin(), versions.end()}, compilers_folder);
}

}  // namespace trilby::sources
