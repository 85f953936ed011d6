// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The UUIDs of NVIDIA's cards and of their MIG instances, by which CUDA_VISIBLE_DEVICES selects
/// them.

#include <algorithm>
#include <array>
#include <string>

#include "backends/runtimes/nvml.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace nvml {
namespace {

/// Empty if the library does not say.
std::string text_of(const Function<int(Device, char*, unsigned)>& function, Device device) {
    std::array<char, 96> text{};
    return function(device, text.data(), text.size()) == success ? text_in(text) : std::string();
}

json::object identity_of(const Library& nvml, Device device) {
    return {{"uuid", text_of(nvml.uuid, device)}, {"name", text_of(nvml.name, device)}};
}

/// A card has places for instances, some of which may be empty.
json::array instances_of(const Library& nvml, Device card) {
    constexpr unsigned most = 64;
    const unsigned places = value_of<unsigned>(nvml.most_instances, card).value_or(0);
    json::array instances;
    for (unsigned place = 0; place < std::min(places, most); ++place) {
        if (const auto instance = value_of<Device>(nvml.instance_by_index, card, place)) {
            json::object described = identity_of(nvml, *instance);
            add(described, "gpu_instance", value_of<unsigned>(nvml.gpu_instance, *instance));
            instances.push_back(std::move(described));
        }
    }
    return instances;
}

json::object identify(const Library& nvml, int index) {
    Device card = nullptr;
    const int status = nvml.device_by_index(static_cast<unsigned>(index), &card);
    if (status != success) {
        return {{"problem", nvml.error_text(status)}};
    }
    json::object described = identity_of(nvml, card);
    if (const auto pci = value_of<PciInfo>(nvml.pci_info, card)) {
        described["pci_address"] = pci_address_in(text_in(pci->bus_id));
    }
    if (is_partitioned(nvml, card).value_or(false)) {
        described["instances"] = instances_of(nvml, card);
    }
    return described;
}

std::expected<json::object, Refusal> query_uuids(const VendorLibrary& file) {
    const Library nvml{file};
    TRILBY_CHECK(require(file, nvml.init, nvml.error_string, nvml.device_count,
                         nvml.device_by_index, nvml.name, nvml.uuid, nvml.pci_info));
    TRILBY_CHECK(nvml.check(nvml.init()));
    unsigned count = 0;
    TRILBY_CHECK(nvml.check(nvml.device_count(&count)));
    TRILBY_TRY(cards, list_devices(count, [&](int index) { return identify(nvml, index); }));
    return json::object{{"devices", std::move(cards)}};
}

}  // namespace
}  // namespace nvml

const VendorRuntime nvml_uuids{nvml::library_names, nvml::query_uuids};

}  // namespace trilby::backends
