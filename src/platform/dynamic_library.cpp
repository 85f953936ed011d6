// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/dynamic_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

namespace trilby::platform {

Result<DynamicLibrary> DynamicLibrary::open(const std::filesystem::path& path) {
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* reason = ::dlerror();
        return failure(ErrorCode::unavailable,
                       fmt::format("cannot load '{}': {}", path.string(),
                                   reason != nullptr ? reason : "no reason given"),
                       "reinstall the package that owns the file named last in the message");
    }
    return DynamicLibrary(handle);
}

void* DynamicLibrary::symbol(const char* name) const {
    return ::dlsym(handle_, name);
}

std::filesystem::path DynamicLibrary::path() const {
    const link_map* map = nullptr;
    return ::dlinfo(handle_, RTLD_DI_LINKMAP, static_cast<void*>(&map)) == 0 ? map->l_name : "";
}

}  // namespace trilby::platform
