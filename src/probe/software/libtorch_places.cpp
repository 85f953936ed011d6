// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/software/libtorch_places.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "binary/shared_library.hpp"
#include "platform/environment.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

// Listing /usr/lib64 takes longer than trying each version that LibTorch is built for.
constexpr int first_python_minor = 9;
constexpr int last_python_minor = 18;

/// The folder in an environment variable; empty if there is none.
std::string folder_in_environment(const FileTree& tree, const char* variable) {
    const auto value = tree.answer(fmt::format("{}{}", environment_answer, variable),
                                   [&] { return platform::environment_variable(variable); });
    const std::string folder = value.value_or("");
    return folder.starts_with('/') && folder.size() < 4096 ? folder : "";
}

class Search {
  public:
    explicit Search(const ListReader& reader) : reader_(reader) {}

    void system_libraries() {
        for (const char* folder : binary::system_library_folders) {
            take({folder, "", "/usr/include"});
        }
    }

    void python(const std::string& library_folder) {
        if (!reader_.has(library_folder)) {
            return;
        }
        for (int minor = first_python_minor; minor <= last_python_minor; ++minor) {
            const std::string folder = fmt::format("{}/python3.{}", library_folder, minor);
            if (reader_.has(folder)) {
                unpacked(folder + "/site-packages/torch");
                unpacked(folder + "/dist-packages/torch");
            }
        }
    }

    /// A folder with lib, include and version: an unpacked archive or a wheel's package.
    void unpacked(const std::string& folder) {
        take({folder + "/lib", folder, folder + "/include"});
    }

    /// The same for the folder in a variable, if it is set.
    void python_of(const char* variable, const char* library_folder) {
        if (const std::string folder = folder_in_environment(reader_.tree(), variable);
            !folder.empty()) {
            python(folder + library_folder);
        }
    }
    void unpacked_of(const char* variable) {
        if (const std::string folder = folder_in_environment(reader_.tree(), variable);
            !folder.empty()) {
            unpacked(folder);
        }
    }

    std::vector<LibTorchPlace> found;

  private:
    void take(LibTorchPlace place) {
        const bool is_known =
            std::ranges::find(found, place.folder, &LibTorchPlace::folder) != found.end();
        if (!is_known && reader_.has(place.folder + "/libtorch_cpu.so")) {
            found.push_back(std::move(place));
        }
    }

    const ListReader& reader_;
};

}  // namespace

std::vector<LibTorchPlace> find_libtorch(const ListReader& reader) {
    Search search(reader);
    search.system_libraries();
    for (const char* folder : {"/usr/lib64", "/usr/local/lib", "/usr/local/lib64"}) {
        search.python(folder);
    }
    search.python_of("VIRTUAL_ENV", "/lib");
    search.python_of("CONDA_PREFIX", "/lib");
    search.python_of("HOME", "/.local/lib");
    search.unpacked("/opt/libtorch");
    search.unpacked_of("LIBTORCH");
    return std::move(search.found);
}

}  // namespace trilby::sources
