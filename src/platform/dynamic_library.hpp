// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A shared library opened at run time, never closed: vendor libraries do not survive dlclose().

#pragma once

#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::platform {

class DynamicLibrary {
  public:
    /// A name without a slash is looked for in the loader's folders. Binds every symbol at once, so
    /// that a missing one is an error here and not a crash later. The error carries the loader's
    /// own text, which names the library or symbol that is missing.
    [[nodiscard]] static Result<DynamicLibrary> open(const std::filesystem::path& path);

    /// The address of a symbol, or null.
    [[nodiscard]] void* symbol(const char* name) const;
    /// The file that the loader found; empty if it does not say.
    [[nodiscard]] std::filesystem::path path() const;

  private:
    explicit DynamicLibrary(void* handle) : handle_(handle) {}

    void* handle_;
};

}  // namespace trilby::platform
