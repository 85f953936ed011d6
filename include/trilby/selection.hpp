// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Selects a backend and explains why: each backend's requirements are compared with the facts of
/// the machine, in a fixed order.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/observed.hpp>
#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby {

/// The content of trilby-backend-NAME.json, a file in the folder of a backend's module.
struct Manifest {
    std::string name;      ///< "cuda"
    std::string module;    ///< file name in the same folder
    std::int64_t abi = 0;  ///< ABI version (include/trilby/backend_abi.h)
    std::string version;   ///< version of the module
    std::string libtorch;  ///< version of LibTorch that the module was built with
    /// Targets of its GPU code (<trilby/gpu_target.hpp>); empty for a CPU.
    std::vector<std::string> gpu_targets;
};

/// Errors are ErrorCode::bad_data and have `where` as the source.
[[nodiscard]] TRILBY_API Result<Manifest> parse_manifest(std::string_view text,
                                                         std::string_view where);

/// A manifest in a backend folder, valid or not.
struct InstalledBackend {
    std::string path;
    std::string name;  ///< from the file's name
    Result<Manifest> manifest;
    /// The path to load the module from, if the manifest is valid. installed_backends() returns
    /// the one that was checked, without symbolic links.
    std::filesystem::path module = {};
};

/// Absent if the folder does not exist.
using BackendFolder = Observed<std::vector<InstalledBackend>>;
[[nodiscard]] TRILBY_API BackendFolder read_manifests(const std::filesystem::path& folder);

/// Only $TRILBY_BACKEND_DIR if it is set. Otherwise the folders for modules built by this user, for
/// modules built for all users, and for this installation. A set-user-id program uses only the last
/// two.
[[nodiscard]] TRILBY_API std::vector<std::filesystem::path> backend_folders();

/// The manifests in all these folders. Among manifests with the same name, those for this version
/// of Trilby come first, then those with its ABI, then those that can be read. Missing if none of
/// the folders can be read.
[[nodiscard]] TRILBY_API BackendFolder installed_backends();

enum class Answer : std::uint8_t {
    met,
    missed,
    unknown,  ///< the facts are not enough; only a trial would show it
};

struct Requirement {
    std::string id;  ///< stable, such as "nvidia-driver"
    Answer answer = Answer::unknown;
    std::string evidence;  ///< one sentence with the path
    std::string hint;      ///< the remedy if it was missed
};

struct Candidate {
    std::string name;
    std::vector<Requirement> requirements;  ///< in the order of comparison
    std::optional<Manifest> manifest;       ///< if its module is installed
    std::filesystem::path module;           ///< its path if it is installed

    /// No requirement was missed. Unknown ones do not count against a backend.
    [[nodiscard]] bool is_usable() const { return first_missed() == nullptr; }
    [[nodiscard]] TRILBY_API const Requirement* first_missed() const;
};

struct Choice {
    std::string name;
    std::string reason;
};

/// A backend to use instead of the best one.
struct BackendOverride {
    std::string name;
    std::string source;  ///< where it was set, such as "TRILBY_BACKEND"
};

struct Selection {
    std::vector<Candidate> candidates;  ///< every known backend, best first
    Result<Choice> choice;              ///< a usable backend, or why there is none
    std::vector<Error> ignored;         ///< manifests that could not be used
};

/// Pure. An override is used or refused, never replaced. An unknown name is ErrorCode::usage; a
/// backend that is not usable is ErrorCode::unavailable, and so is having no usable backend.
[[nodiscard]] TRILBY_API Selection select_backend(const Machine& machine,
                                                  const BackendFolder& installed,
                                                  const std::optional<BackendOverride>& wanted);

}  // namespace trilby
