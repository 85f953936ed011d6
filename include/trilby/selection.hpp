// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which backend to compute with, and why not the others: each backend's requirements compared with
/// the facts, in a fixed order.

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

/// What a backend says of itself in trilby-backend-NAME.json, beside its module.
struct Manifest {
    std::string name;      ///< "cuda"
    std::string module;    ///< file name in the same folder
    std::int64_t abi = 0;  ///< of include/trilby/backend_abi.h
    std::string version;   ///< of the module
    std::string libtorch;  ///< version that the module was built with
    /// GPUs that it has code for, as in <trilby/gpu_target.hpp>; empty for a CPU.
    std::vector<std::string> gpu_targets;
};

/// `where` names the source in errors, which are ErrorCode::bad_data.
[[nodiscard]] TRILBY_API Result<Manifest> parse_manifest(std::string_view text,
                                                         std::string_view where);

/// One manifest of the backend folder, readable or not.
struct InstalledBackend {
    std::string path;
    std::string name;  ///< from the file's name
    Result<Manifest> manifest;
};

/// Absent if the folder does not exist.
using BackendFolder = Observed<std::vector<InstalledBackend>>;
[[nodiscard]] TRILBY_API BackendFolder read_manifests(const std::filesystem::path& folder);

/// $TRILBY_BACKEND_DIR alone if it is set; else the folders of modules that this user built, that
/// were built for all users, and of this installation. A set-user-id program knows only the last
/// two.
[[nodiscard]] TRILBY_API std::vector<std::filesystem::path> backend_folders();

/// The manifests of all these folders. Of a name that is in several, the first of this version of
/// Trilby comes first, then those of its ABI, then those that can be read. Missing if none of the
/// folders can be read.
[[nodiscard]] TRILBY_API BackendFolder installed_backends();

enum class Answer : std::uint8_t {
    met,
    missed,
    unknown,  ///< the facts do not say; only trying would tell
};

struct Requirement {
    std::string id;  ///< stable, such as "nvidia-driver"
    Answer answer = Answer::unknown;
    std::string evidence;  ///< one sentence that names the path
    std::string hint;      ///< the remedy, if it was missed
};

struct Candidate {
    std::string name;
    std::vector<Requirement> requirements;  ///< in the order in which they were compared
    std::optional<Manifest> manifest;       ///< if its module is installed
    std::filesystem::path module;           ///< the file, if it is

    /// Nothing was missed. What is unknown does not count against a backend.
    [[nodiscard]] bool is_usable() const { return first_missed() == nullptr; }
    [[nodiscard]] TRILBY_API const Requirement* first_missed() const;
};

struct Choice {
    std::string name;
    std::string reason;
};

/// A backend that is to be used instead of the best one, and no other.
struct BackendWish {
    std::string name;
    std::string source;  ///< who asks, such as "TRILBY_BACKEND"
};

struct Selection {
    std::vector<Candidate> candidates;  ///< every known backend, most wanted first
    Result<Choice> choice;              ///< a backend that is usable, or why there is none
    std::vector<Error> ignored;         ///< manifests that could not be used
};

/// Pure. A wish is obeyed or refused, never replaced: an unknown name is ErrorCode::usage; a
/// backend that is not usable, and having no usable backend at all, is ErrorCode::unavailable.
[[nodiscard]] TRILBY_API Selection select_backend(const Machine& machine,
                                                  const BackendFolder& installed,
                                                  const std::optional<BackendWish>& wish);

}  // namespace trilby
