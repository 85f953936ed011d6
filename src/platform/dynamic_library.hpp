// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A shared library opened at run time, never closed: vendor libraries do not survive dlclose().

#pragma once

#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::platform {

class DynamicLibrary {
  public:
    /// The loader searches its folders for a name without a slash. All symbols are bound at once,
    /// so that a missing one is an error here and not a crash later. The error has the loader's
    /// text, which says what is missing.
    [[nodiscard]] static Result<DynamicLibrary> open(const std::filesystem::path& path);

    /// The address of a symbol, or null.
    [[nodiscard]] void* symbol(const char* name) const;
    /// The file that was loaded, or empty.
    [[nodiscard]] std::filesystem::path path() const;

  private:
    explicit DynamicLibrary(void* handle) : handle_(handle) {}

    void* handle_;
};

}  // namespace trilby::platform
