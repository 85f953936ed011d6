// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/dynamic_library.hpp"

#include <cerrno>
#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <string>
#include <string_view>
#include <system_error>

#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

/// dlopen() gives the error of a system call only as text.
std::string hint_for(std::string_view reason, const std::filesystem::path& path) {
    for (const int shortage : {EMFILE, ENFILE, ENOMEM}) {
        if (reason.find(std::generic_category().message(shortage)) != std::string_view::npos) {
            return system_error(shortage, "load", path).hint;
        }
    }
    return "reinstall the package that owns the file named last in the message";
}

}  // namespace

Result<DynamicLibrary> DynamicLibrary::open(const std::filesystem::path& path) {
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* said = ::dlerror();
        const std::string reason = said != nullptr ? said : "no reason given";
        return failure(ErrorCode::unavailable,
                       fmt::format("cannot load '{}': {}", path.string(), reason),
                       hint_for(reason, path));
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
