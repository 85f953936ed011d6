// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <span>

#include "base/text.hpp"
#include "binary/shared_library.hpp"
#include "machine/watched.hpp"
#include "platform/environment.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

constexpr const char* settings_folder = "/etc/ld.so.conf.d";
constexpr std::array other_folders{"/usr/lib/wsl/lib", "/opt/rocm/lib", "/usr/local/cuda/lib64"};

/// The loader's folders in its order, without duplicates and those that do not exist.
class Folders {
  public:
    explicit Folders(const ListReader& reader) : reader_(reader) {}

    void add(std::string_view folder) {
        constexpr std::size_t most = 64;
        const bool is_new = std::ranges::find(found, folder) == found.end();
        if (folder.starts_with('/') && is_new && found.size() < most &&
            reader_.has(std::string(folder))) {
            found.emplace_back(folder);
        }
    }
    void add_list(std::string_view folders) {
        while (!folders.empty()) {
            const std::size_t end = std::min(folders.find(':'), folders.size());
            add(folders.substr(0, end));
            folders.remove_prefix(std::min(end + 1, folders.size()));
        }
    }
    void add_settings() {
        for (const std::string& name : reader_.names(settings_folder).value_or({})) {
            if (!name.ends_with(".conf")) {
                continue;
            }
            const std::string text = reader_.text(fmt::format("{}/{}", settings_folder, name));
            for (const std::string_view line : split_lines(text)) {
                add(trim(line));
            }
        }
    }

    std::vector<std::string> found;

  private:
    const ListReader& reader_;
};

std::string library_path(const FileTree& tree) {
    return tree
        .answer(fmt::format("{}LD_LIBRARY_PATH", environment_answer),
                [] { return platform::environment_variable("LD_LIBRARY_PATH"); })
        .value_or("");
}

std::vector<std::string> loader_folders(const ListReader& reader) {
    Folders folders(reader);
    folders.add_list(library_path(reader.tree()));
    folders.add_settings();
    for (const char* folder : binary::system_library_folders) {
        folders.add(folder);
    }
    for (const char* folder : other_folders) {
        folders.add(folder);
    }
    return std::move(folders.found);
}

/// "580.95.05" for links to libcuda.so.580.95.05; absent if the file is not a link or the name of
/// its target has no version.
Text version_of_link(const FileTree& tree, const std::string& path) {
    constexpr std::string_view separator = ".so.";
    const std::filesystem::path end = binary::followed(tree, path);
    const std::string name = end.filename().native();
    const std::size_t at = name.find(separator);
    const std::string version =
        at == std::string::npos ? std::string() : name.substr(at + separator.size());
    const bool is_version =
        !version.empty() && version.find_first_not_of("0123456789.") == std::string::npos;
    return end != path && is_version ? Text::present(version, path)
                                     : Text::missing(Presence::absent, path);
}

std::vector<LibraryFile> find_libraries(const ListReader& reader,
                                        std::span<const watched::Name> names,
                                        const std::vector<std::string>& folders) {
    std::vector<LibraryFile> found;
    for (const std::string_view name : names) {
        for (const std::string& folder : folders) {
            const std::string path = fmt::format("{}/{}", folder, name);
            if (reader.has(path)) {
                found.push_back({std::string(name), path, version_of_link(reader.tree(), path)});
            }
        }
    }
    return found;
}

}  // namespace

Observed<std::vector<LibraryFile>> read_libraries(const FileTree& tree, UnreadPaths& unread) {
    using Found = Observed<std::vector<LibraryFile>>;
    const ListReader reader(tree, FactList::libraries, unread);
    const auto folders = loader_folders(reader);
    if (folders.empty()) {
        return Found::missing(tree.presence("/usr/lib"), "/usr/lib");
    }
    return Found::present(find_libraries(reader, watched::libraries, folders), settings_folder);
}

std::vector<LibraryFile> read_preferred_libraries(const FileTree& tree, UnreadPaths& unread) {
    const ListReader reader(tree, FactList::libraries, unread);
    Folders folders(reader);
    folders.add_list(library_path(tree));
    return find_libraries(reader, watched::preferred_libraries, folders.found);
}

}  // namespace trilby::sources
