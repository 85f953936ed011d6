// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A library of a vendor, with our own prototypes: no header of theirs is needed to build.

#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "platform/dynamic_library.hpp"

namespace trilby::backends {

/// Why a runtime has no answer: "missing", "wrong_version" or "refused", and the words for it.
struct Refusal {
    std::string_view state;
    std::string message;
};

class VendorLibrary {
  public:
    /// Opens the first of `names` that the loader finds.
    [[nodiscard]] static std::expected<VendorLibrary, Refusal> open(
        std::span<const char* const> names);

    /// Binds a function that may be missing: then it is null.
    template <class Function>
    void find(Function*& function, const char* name) const {
        function = reinterpret_cast<Function*>(library_.symbol(name));
    }
    /// Binds a function without which nothing can be asked.
    template <class Function>
    void require(Function*& function, const char* name) {
        find(function, name);
        if (function == nullptr && missing_function_.empty()) {
            missing_function_ = name;
        }
    }
    /// A refusal if a required function was not found.
    [[nodiscard]] std::expected<void, Refusal> check() const;

    /// The file that was loaded, links followed.
    [[nodiscard]] const std::string& path() const { return path_; }
    /// "580.95.05" of libcuda.so.580.95.05; empty if the name of the file does not say.
    [[nodiscard]] std::string version() const;

  private:
    VendorLibrary(platform::DynamicLibrary library, std::string path)
        : library_(library), path_(std::move(path)) {}

    platform::DynamicLibrary library_;
    std::string path_;
    std::string missing_function_;
};

/// What one runtime is, and how to ask it.
struct VendorRuntime {
    std::span<const char* const> library_names;
    /// {"driver_version", "api_version", "devices"}; what the runtime does not say is left out.
    std::expected<json::object, Refusal> (*ask)(VendorLibrary& library);
};

/// The result of the job that asks `runtime`, as docs/jobs.md has it. Never fails.
[[nodiscard]] json::object answer_of(const VendorRuntime& runtime);

/// An array of `count` devices, each described by `describe(index)`; a refusal if there cannot be
/// so many.
template <class Describe>
[[nodiscard]] std::expected<json::array, Refusal> list_devices(long long count, Describe describe) {
    constexpr long long most = 1024;
    if (count < 0 || count > most) {
        return std::unexpected(
            Refusal{"refused", "it claims to have " + std::to_string(count) + " devices"});
    }
    json::array devices;
    for (int index = 0; index < static_cast<int>(count); ++index) {
        devices.push_back(describe(index));
    }
    return devices;
}

/// Text in a buffer of the vendor's, which need not end in it.
[[nodiscard]] std::string text_in(std::span<const char> buffer);
/// "0000:01:00.0" of "00000000:01:00.0" or "0000:1:0.0"; empty if it is no PCI address.
[[nodiscard]] std::string pci_address_in(std::string_view text);

/// "13.0" of 13000.
[[nodiscard]] std::string cuda_version_text(int version);

extern const VendorRuntime nvml;
extern const VendorRuntime cuda_driver;
extern const VendorRuntime hip;
extern const VendorRuntime rocm_smi;

}  // namespace trilby::backends
