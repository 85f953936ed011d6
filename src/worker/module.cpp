// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/module.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <utility>

#include "platform/dynamic_library.hpp"

namespace trilby::worker {
namespace {

// The members of the first release of this ABI version. Those appended since are optional.
constexpr std::size_t version_size = offsetof(trilby_backend, name);
constexpr std::size_t least_size = offsetof(trilby_backend, run) + sizeof(trilby_backend::run);

constexpr const char* reinstall_hint =
    "install the backend's package of the same version as trilby";

std::unexpected<Error> unfit(const std::filesystem::path& path, std::string why) {
    return failure(ErrorCode::unavailable, fmt::format("'{}' {}", path.string(), why),
                   reinstall_hint);
}

}  // namespace

Result<const trilby_backend*> load_module(const std::filesystem::path& path) {
    if (!path.is_absolute()) {
        return unfit(path, "is not an absolute path: modules are never searched for");
    }
    const auto library = platform::DynamicLibrary::open(path);
    if (!library) {
        return std::unexpected(library.error());
    }
    const auto get =
        reinterpret_cast<decltype(&trilby_backend_get)>(library->symbol("trilby_backend_get"));
    if (get == nullptr) {
        return unfit(path, "is not a backend module: it has no symbol trilby_backend_get");
    }
    const trilby_backend* backend = get(TRILBY_BACKEND_ABI_VERSION);
    if (backend == nullptr) {
        return unfit(path,
                     fmt::format("does not support backend ABI {}", TRILBY_BACKEND_ABI_VERSION));
    }
    if (backend->struct_size >= version_size &&
        backend->abi_version != TRILBY_BACKEND_ABI_VERSION) {
        return unfit(path, fmt::format("was built for backend ABI {}, expected {}",
                                       backend->abi_version, TRILBY_BACKEND_ABI_VERSION));
    }
    if (backend->struct_size < least_size) {
        return unfit(path, fmt::format("describes itself in {} bytes, expected at least {}",
                                       backend->struct_size, least_size));
    }
    const bool is_complete = backend->name != nullptr && backend->version != nullptr &&
                             backend->open != nullptr && backend->close != nullptr &&
                             backend->device != nullptr && backend->run != nullptr;
    if (!is_complete) {
        return unfit(path, "lacks its name, its version or one of its functions");
    }
    return backend;
}

const char* status_word(trilby_status status) {
    constexpr std::array<std::pair<trilby_status, const char*>, 10> rows{
        {{TRILBY_OK, "ok"},
         {TRILBY_FAILED, "failed"},
         {TRILBY_INVALID_ARGUMENT, "invalid_argument"},
         {TRILBY_BAD_DATA, "bad_data"},
         {TRILBY_NOT_FOUND, "not_found"},
         {TRILBY_UNSUPPORTED, "unsupported"},
         {TRILBY_OUT_OF_MEMORY, "out_of_memory"},
         {TRILBY_CANCELLED, "cancelled"},
         {TRILBY_CANNOT_CREATE, "cannot_create"},
         {TRILBY_IO, "io"}}};
    const auto* row =
        std::ranges::find(rows, status, &std::pair<trilby_status, const char*>::first);
    return row != rows.end() ? row->second : "internal";
}

}  // namespace trilby::worker
