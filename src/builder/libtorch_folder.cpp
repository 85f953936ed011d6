// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/libtorch_folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "base/backends.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::builder {
namespace {

using std::filesystem::path;

constexpr const char* torch_hint =
    "give your LibTorch with --torch: an unpacked archive, or the virtual environment into which "
    "you installed PyTorch";

bool has(const path& folder, std::string_view file) {
    std::error_code ignored;
    return std::filesystem::exists(folder / file, ignored);
}

std::string flavour_of(const path& libraries) {
    const auto found = std::ranges::find_if(known_backends(), [&](const BackendIdentity& backend) {
        return has(libraries, backend.torch_library);
    });
    return std::string(found == known_backends().end() ? "cpu" : found->name);
}

/// The folders in a folder, sorted; none if it cannot be read.
std::vector<path> folders_in(const path& folder) {
    std::vector<path> found = platform::folder_entries(folder).value_or(std::vector<path>());
    std::erase_if(found, [](const path& entry) {
        std::error_code ignored;
        return !std::filesystem::is_directory(entry, ignored);
    });
    std::ranges::sort(found);
    return found;
}

/// `root` itself as a LibTorch: libraries in lib, in lib64, or in the folder of an architecture.
std::optional<LibTorchFolder> libtorch_at(const path& root) {
    if (!has(root, "include/torch") && !has(root, "include/ATen")) {
        return std::nullopt;
    }
    std::vector<path> places{root / "lib", root / "lib64"};
    for (const path& architecture : folders_in(root / "lib")) {
        if (architecture.filename().string().find("-linux-") != std::string::npos) {
            places.push_back(architecture);
        }
    }
    for (const path& place : places) {
        if (has(place, "libtorch_cpu.so")) {
            return LibTorchFolder{root, place, flavour_of(place)};
        }
    }
    return std::nullopt;
}

/// Where a Python installation in `prefix` has its package torch.
std::vector<path> torch_packages(const path& prefix) {
    std::vector<path> found;
    for (const char* library : {"lib64", "lib"}) {
        for (const path& python : folders_in(prefix / library)) {
            if (python.filename().string().starts_with("python3")) {
                found.push_back(python / "site-packages/torch");
                found.push_back(python / "dist-packages/torch");
            }
        }
    }
    return found;
}

/// The root of the LibTorch whose libraries are in `libraries`, as the probe reports it.
std::optional<LibTorchFolder> libtorch_around(const path& libraries) {
    for (path root = libraries.parent_path(); root != root.parent_path();
         root = root.parent_path()) {
        if (const auto found = libtorch_at(root); found && found->libraries == libraries) {
            return found;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<LibTorchFolder> libtorch_in(const path& folder) {
    std::error_code error;
    const path absolute = std::filesystem::canonical(folder, error);
    if (error == std::errc::permission_denied) {
        return std::unexpected(platform::input_error(error.value(), folder));
    }
    if (error || !std::filesystem::is_directory(absolute, error)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not a folder", printable(folder.string(), 400)),
                       torch_hint);
    }
    TRILBY_CHECK(platform::folder_entries(absolute));
    std::vector<path> candidates{absolute, absolute / "torch"};
    if (absolute.filename() == "lib" || absolute.filename() == "lib64") {
        candidates.push_back(absolute.parent_path());
    }
    std::ranges::copy(torch_packages(absolute), std::back_inserter(candidates));
    for (const path& candidate : candidates) {
        if (const auto found = libtorch_at(candidate)) {
            return *found;
        }
    }
    return failure(ErrorCode::no_input,
                   fmt::format("'{}' holds no LibTorch: neither it, a folder torch in it, nor a "
                               "Python installation in it has include/torch and libtorch_cpu.so",
                               printable(absolute.string(), 400)),
                   torch_hint);
}

Result<LibTorchFolder> libtorch_of(const Machine& machine) {
    std::string others;
    for (const BackendIdentity& backend : known_backends()) {
        for (const LibTorch& libtorch : machine.libtorch.value_or({})) {
            if (backend.name == "cpu" || libtorch.flavour.value_or("") != backend.name) {
                continue;
            }
            if (auto found = libtorch_around(libtorch.folder)) {
                return *std::move(found);
            }
            others += fmt::format("; the headers of the one in {} are missing",
                                  printable(libtorch.folder, 400));
        }
    }
    return failure(ErrorCode::no_input,
                   fmt::format("no LibTorch for CUDA or ROCm was found{}", others), torch_hint);
}

}  // namespace trilby::builder
