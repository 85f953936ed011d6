// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A vendor's library, loaded at run time. The prototypes are ours: a build needs no vendor header.

#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "platform/dynamic_library.hpp"

namespace trilby::backends {

/// Why a runtime has no answer.
struct Refusal {
    std::string_view state;  ///< "missing", "wrong_version" or "refused"
    std::string message;
};

class VendorLibrary {
  public:
    /// Opens the first of `names` that the loader finds.
    [[nodiscard]] static std::expected<VendorLibrary, Refusal> open(
        std::span<const char* const> names);

    /// The address of a symbol, or null.
    [[nodiscard]] void* symbol(const char* name) const { return library_.symbol(name); }
    /// The file that was loaded, with symbolic links resolved.
    [[nodiscard]] const std::string& path() const { return path_; }
    /// "580.95.05" for libcuda.so.580.95.05; empty if the file's name has no version.
    [[nodiscard]] std::string version() const;
    /// 26 for libamd_smi.so.26 and libamd_smi.so.26.1.0.
    [[nodiscard]] std::optional<int> abi_version() const;

  private:
    VendorLibrary(platform::DynamicLibrary library, std::string path)
        : library_(library), path_(std::move(path)) {}

    platform::DynamicLibrary library_;
    std::string path_;
};

/// A function of a library by name. False if this version of the library lacks it.
template <class Signature>
class Function;
template <class Value, class... Arguments>
class Function<Value(Arguments...)> {
  public:
    Function(const VendorLibrary& library, const char* name)
        : name_(name), address_(reinterpret_cast<Value (*)(Arguments...)>(library.symbol(name))) {}

    [[nodiscard]] const char* name() const { return name_; }
    explicit operator bool() const { return address_ != nullptr; }
    Value operator()(Arguments... arguments) const { return address_(arguments...); }

  private:
    const char* name_;
    Value (*address_)(Arguments...);
};

/// A refusal if the library lacks one of the functions.
template <class... Functions>
[[nodiscard]] std::expected<void, Refusal> require(const VendorLibrary& library,
                                                   const Functions&... functions) {
    for (const auto& [is_there, name] : {std::pair(bool(functions), functions.name())...}) {
        if (!is_there) {
            return std::unexpected(
                Refusal{"wrong_version", library.path() + " has no function " + name});
        }
    }
    return {};
}

/// The value that `function(arguments..., &value)` writes; nothing if the library lacks the
/// function or returns an error, which is any status but 0 in all of these libraries.
template <class Value, class Signature, class... Arguments>
[[nodiscard]] std::optional<Value> value_of(const Function<Signature>& function,
                                            Arguments... arguments) {
    Value value{};
    if (!function || function(arguments..., &value) != 0) {
        return std::nullopt;
    }
    return value;
}

/// Libraries report "no value" as a number of 32 or 64 bits that are all ones.
template <std::integral Value>
[[nodiscard]] constexpr bool is_all_ones(Value value) {
    return value == static_cast<Value>(~std::uint64_t{}) ||
           static_cast<std::uint64_t>(value) == std::numeric_limits<std::uint32_t>::max();
}

/// Nothing if `value`, which may be 0, stands for no value.
template <std::integral Value>
[[nodiscard]] constexpr std::optional<Value> if_count(std::optional<Value> value) {
    return value && !is_all_ones(*value) ? value : std::nullopt;
}

/// Nothing if `value`, which is never 0, stands for no value.
template <std::integral Value>
[[nodiscard]] constexpr std::optional<Value> if_measure(std::optional<Value> value) {
    return value.value_or(0) != 0 ? if_count(value) : std::nullopt;
}

/// Adds a value that is known.
template <class Value>
void add(json::object& described, std::string_view key, const std::optional<Value>& value) {
    if (value) {
        described[key] = *value;
    }
}

/// A runtime, and how to query it.
struct VendorRuntime {
    std::span<const char* const> library_names;
    /// {"driver_version", "api_version", "devices"}, without what the runtime does not say.
    std::expected<json::object, Refusal> (*query)(const VendorLibrary& library);
};

/// The result of the job that queries `runtime`, as in docs/jobs.md. A refusal is a result too.
[[nodiscard]] json::object answer_of(const VendorRuntime& runtime);

/// An array of `count` devices, each from `describe(index)`; a refusal if the count is not
/// credible.
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

/// The text in a buffer that may lack a final zero byte.
[[nodiscard]] std::string text_in(std::span<const char> buffer);
/// "0000:01:00.0" from "00000000:01:00.0" or "0000:1:0.0"; empty if it is not a PCI address.
[[nodiscard]] std::string pci_address_in(std::string_view text);

/// "13.0" from 13000.
[[nodiscard]] std::string cuda_version_text(int version);

extern const VendorRuntime nvml_runtime;
extern const VendorRuntime nvml_uuids;
extern const VendorRuntime cuda_driver_runtime;
extern const VendorRuntime hip_runtime;
extern const VendorRuntime rocm_smi_runtime;

}  // namespace trilby::backends
