// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a vendor's library says of one card while it works, as docs/jobs.md has it. A worker asks
/// many times, and libraries are slow to start: each is started once.

#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {

/// What `function(arguments..., &value)` delivers; nothing if the library lacks it or refuses,
/// which all of them say with another number than 0.
template <class Value, class Function, class... Arguments>
[[nodiscard]] std::optional<Value> value_of(Function* function, Arguments... arguments) {
    Value value{};
    if (function == nullptr || function(arguments..., &value) != 0) {
        return std::nullopt;
    }
    return value;
}

/// The functions of the first library of `names` that is there, once `init` of them, which returns
/// the library's own status, has succeeded; `refusal` puts that status into words.
template <class Functions, class Init>
[[nodiscard]] std::expected<Functions, Refusal> started(std::span<const char* const> names,
                                                        Functions (*bind)(VendorLibrary&),
                                                        const Init& init,
                                                        Refusal (*refusal)(const Functions&, int)) {
    auto library = VendorLibrary::open(names);
    if (!library) {
        return std::unexpected(library.error());
    }
    const Functions functions = bind(*library);
    if (const auto usable = library->check(); !usable) {
        return std::unexpected(usable.error());
    }
    if (const int status = init(functions); status != 0) {
        return std::unexpected(refusal(functions, status));
    }
    return functions;
}

/// Leaves out what the library does not say.
template <class Value>
void add(json::object& described, std::string_view key, const std::optional<Value>& value) {
    if (value) {
        described[key] = *value;
    }
}

[[nodiscard]] std::expected<json::object, Refusal> nvml_telemetry(const std::string& pci_address);
[[nodiscard]] std::expected<json::object, Refusal> amd_smi_telemetry(
    const std::string& pci_address);

}  // namespace trilby::backends
