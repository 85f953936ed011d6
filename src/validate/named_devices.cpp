// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/named_devices.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/backends.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "worker/client.hpp"

namespace trilby::validate {
namespace {

constexpr const char* vendors_answer = "the answer of the vendor's library";
constexpr const char* number_hint =
    "UUIDs are for --backend cuda; else give --device the number of a device, or all";

bool is_uuid_letter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '/';
}

/// Empty unless it is the UUID of a device: it becomes a part of an environment variable.
std::string uuid_in(const json::object& said) {
    std::string uuid = json::get_string(said, "uuid", vendors_answer).value_or("");
    return is_uuid(uuid) ? uuid : std::string();
}

std::string text_in(const json::object& said, std::string_view key) {
    return printable(json::get_string(said, key, vendors_answer).value_or(""), 200);
}

std::vector<json::object> objects_in(const json::object& said, std::string_view key) {
    std::vector<json::object> objects;
    for (const json::value& one :
         json::get_array(said, key, vendors_answer).value_or(json::array())) {
        if (one.is_object()) {
            objects.push_back(one.get_object());
        }
    }
    return objects;
}

void add(std::vector<NamedDevice>& out, NamedDevice device) {
    if (!device.uuid.empty()) {
        out.push_back(std::move(device));
    }
}

NamedDevice instance_of(const NamedDevice& card, const json::object& said) {
    NamedDevice instance{.uuid = uuid_in(said),
                         .name = text_in(said, "name"),
                         .pci_address = card.pci_address,
                         .card = card.uuid};
    if (const auto number = json::get_integer(said, "gpu_instance", vendors_answer)) {
        instance.gpu_instance = static_cast<std::uint32_t>(*number);
    }
    return instance;
}

std::vector<NamedDevice> devices_in(const json::object& said) {
    std::vector<NamedDevice> devices;
    for (const json::object& of_card : objects_in(said, "devices")) {
        const NamedDevice card{.uuid = uuid_in(of_card),
                               .name = text_in(of_card, "name"),
                               .pci_address = text_in(of_card, "pci_address")};
        if (!of_card.contains("instances")) {
            add(devices, card);
        }
        for (const json::object& of_instance : objects_in(of_card, "instances")) {
            add(devices, instance_of(card, of_instance));
        }
    }
    return devices;
}

worker::Answer<json::object> ask(const std::string& job, const NamedDeviceOptions& options) {
    const worker::RequestOptions request{.silence_limit = options.limit,
                                         .total_limit = options.limit,
                                         .interrupts = options.interrupts};
    auto worker = worker::Worker::start({.program = options.worker_program});
    if (!worker) {
        return std::unexpected(worker.error());
    }
    if (auto loaded = worker->load(options.runtimes_module, request); !loaded) {
        return std::unexpected(loaded.error());
    }
    return worker->run(job, {}, request);
}

std::unexpected<Error> unreadable(ErrorCode code, const std::string& why) {
    return failure(code, fmt::format("the UUIDs of the devices cannot be read: {}", why),
                   "'trilby doctor --runtimes' shows more");
}

bool begins_with(std::string_view uuid, std::string_view beginning) {
    return lower_case(uuid).starts_with(lower_case(beginning));
}

std::vector<NamedDevice> beginning_with(const std::vector<NamedDevice>& devices,
                                        std::string_view beginning) {
    std::vector<NamedDevice> found;
    std::ranges::copy_if(devices, std::back_inserter(found), [&](const NamedDevice& device) {
        return begins_with(device.uuid, beginning) || begins_with(device.card, beginning);
    });
    return found;
}

/// A card in MIG mode has several devices.
bool are_of_one_card(const std::vector<NamedDevice>& devices) {
    const auto card_of = [](const NamedDevice& device) {
        return device.is_instance() ? device.card : device.uuid;
    };
    return std::ranges::all_of(devices, [&](const NamedDevice& device) {
        return card_of(device) == card_of(devices.front());
    });
}

/// "use one of GPU-5d1f... (NVIDIA H100), MIG-9c2b... (NVIDIA H100 MIG 1g.10gb)".
std::string choice_of(const std::vector<NamedDevice>& devices) {
    std::string text;
    for (const NamedDevice& device : devices) {
        text +=
            fmt::format("{}{} ({})", text.empty() ? "use one of " : ", ", device.uuid, device.name);
    }
    return text.empty() ? "the vendor's library lists no device" : text;
}

}  // namespace

bool is_uuid(std::string_view text) {
    constexpr std::array<std::string_view, 2> kinds{"gpu-", "mig-"};
    constexpr std::size_t longest = 96;  // with the final zero byte of NVML's texts
    const std::string kind = lower_case(text.substr(0, kinds[0].size()));
    return text.size() > kind.size() && text.size() < longest &&
           std::ranges::find(kinds, kind) != kinds.end() &&
           std::ranges::all_of(text, is_uuid_letter);
}

Result<std::vector<NamedDevice>> list_named_devices(const NamedDeviceOptions& options) {
    const BackendIdentity* backend = find_backend(options.backend);
    if (backend == nullptr || backend->uuid_job.empty()) {
        return failure(ErrorCode::usage,
                       fmt::format("backend {} selects no device by its UUID", options.backend),
                       number_hint);
    }
    const auto said = ask(std::string(backend->uuid_job), options);
    if (!said) {
        return unreadable(said.error().error.code, said.error().error.message);
    }
    if (json::get_string(*said, "state", vendors_answer).value_or("") != "answered") {
        return unreadable(ErrorCode::unavailable, text_in(*said, "message"));
    }
    return devices_in(*said);
}

Result<NamedDevice> find_named(const std::vector<NamedDevice>& devices, std::string_view uuid) {
    std::vector<NamedDevice> found = beginning_with(devices, uuid);
    if (found.size() == 1) {
        return std::move(found.front());
    }
    const std::string name = printable(uuid, 96);
    return failure(ErrorCode::usage,
                   found.empty() ? fmt::format("device {} does not exist", name)
                                 : fmt::format("{} stands for {} devices", name, found.size()),
                   choice_of(found.empty() ? devices : found));
}

std::vector<NamedDevice> visible_devices(const std::vector<NamedDevice>& devices,
                                         std::string_view variable) {
    std::vector<NamedDevice> visible;
    for (const auto part : std::views::split(variable, ',')) {
        const std::string_view entry = trim(std::string_view(part.begin(), part.end()));
        const auto found =
            is_uuid(entry) ? beginning_with(devices, entry) : std::vector<NamedDevice>();
        if (found.empty() || !are_of_one_card(found)) {
            break;
        }
        std::ranges::copy_if(found, std::back_inserter(visible), [&](const NamedDevice& device) {
            return std::ranges::find(visible, device.uuid, &NamedDevice::uuid) == visible.end();
        });
    }
    return visible;
}

RunOptions run_on(RunOptions run, const std::vector<NamedDevice>& shown, std::size_t index) {
    std::string uuids;
    for (const NamedDevice& device : shown) {
        uuids += (uuids.empty() ? "" : ",") + device.uuid;
    }
    const BackendIdentity* backend = find_backend(run.backend);
    run.environment.emplace_back(backend != nullptr ? backend->visible_devices : "", uuids);
    run.device = static_cast<std::int64_t>(index);
    run.uuid = shown[index].uuid;
    return run;
}

}  // namespace trilby::validate
