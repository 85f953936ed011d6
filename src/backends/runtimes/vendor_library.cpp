// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/runtimes/vendor_library.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"

namespace trilby::backends {
namespace {

/// As opposed to a library that is there but needs another one that is not.
bool is_not_found(const Error& error, std::string_view name) {
    return error.message.find(fmt::format("{}: cannot open shared object file: No such file",
                                          name)) != std::string::npos;
}

std::string loaded_file(const platform::DynamicLibrary& library) {
    std::error_code error;
    const std::filesystem::path file = std::filesystem::canonical(library.path(), error);
    return error ? library.path().string() : file.string();
}

/// "26.1.0" for libamd_smi.so.26.1.0.
std::string version_in_name(const std::string& path) {
    constexpr std::string_view separator = ".so.";
    const std::string name = std::filesystem::path(path).filename().string();
    const std::size_t at = name.find(separator);
    return at == std::string::npos ? std::string() : name.substr(at + separator.size());
}

json::object refusal_object(const Refusal& refusal) {
    return {{"state", refusal.state}, {"message", printable(refusal.message)}};
}

std::optional<std::uint32_t> parse_part(std::string_view digits) {
    return parse_number<std::uint32_t>(digits, 16);
}

}  // namespace

std::expected<VendorLibrary, Refusal> VendorLibrary::open(std::span<const char* const> names) {
    for (const char* name : names) {
        auto library = platform::DynamicLibrary::open(name);
        if (library) {
            return VendorLibrary(*library, loaded_file(*library));
        }
        if (!is_not_found(library.error(), name)) {
            return std::unexpected(Refusal{"wrong_version", library.error().message});
        }
    }
    return std::unexpected(
        Refusal{"missing", fmt::format("{} is not in the loader's folders", names.front())});
}

std::string VendorLibrary::version() const {
    const std::string version = version_in_name(path_);
    // A single number is the version of the ABI, not of the release.
    return version.find('.') == std::string::npos ? std::string() : version;
}

std::optional<int> VendorLibrary::abi_version() const {
    const std::string version = version_in_name(path_);
    return parse_number<int>(version.substr(0, version.find('.')));
}

json::object answer_of(const VendorRuntime& runtime) {
    auto library = VendorLibrary::open(runtime.library_names);
    if (!library) {
        return refusal_object(library.error());
    }
    const auto answer = runtime.query(*library);
    json::object result = answer ? *answer : refusal_object(answer.error());
    if (answer) {
        result["state"] = "answered";
    }
    result["library"] = printable(library->path());
    if (const std::string version = library->version(); !version.empty()) {
        result["library_version"] = printable(version);
    }
    return result;
}

std::string text_in(std::span<const char> buffer) {
    const auto end = std::ranges::find(buffer, '\0');
    return printable({buffer.data(), static_cast<std::size_t>(end - buffer.begin())});
}

std::string pci_address_in(std::string_view text) {
    const std::size_t bus = text.find(':') + 1;
    const std::size_t device = text.find(':', bus) + 1;
    const std::size_t function = text.find('.', device) + 1;
    if (bus == 0 || device == 0 || function == 0) {
        return {};
    }
    const auto domain_number = parse_part(text.substr(0, bus - 1));
    const auto bus_number = parse_part(text.substr(bus, device - bus - 1));
    const auto device_number = parse_part(text.substr(device, function - device - 1));
    const auto function_number = parse_part(text.substr(function));
    if (!domain_number || !bus_number || !device_number || !function_number) {
        return {};
    }
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", *domain_number, *bus_number, *device_number,
                       *function_number);
}

std::string cuda_version_text(int version) {
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

}  // namespace trilby::backends
