// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/listed_devices.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "base/backends.hpp"
#include "platform/environment.hpp"
#include "validate/named_devices.hpp"

namespace trilby::cli {
namespace {

using validate::NamedDevice;
using Listed = std::vector<ListedDevice>;

/// Empty where no device is selected by UUID, or the vendor's library does not answer.
std::vector<NamedDevice> allowed_devices(const Prepared& prepared) {
    const BackendIdentity* backend = find_backend(prepared.run.backend);
    if (backend == nullptr || backend->uuid_job.empty()) {
        return {};
    }
    const auto devices = validate::list_named_devices(named_device_options(prepared));
    if (!devices) {
        return {};
    }
    const auto variable = platform::set_variable(std::string(backend->visible_devices).c_str());
    return variable ? validate::visible_devices(*devices, *variable) : *devices;
}

validate::Subject subject_of(const NamedDevice& device, const validate::RunOptions& run) {
    return {.backend = run.backend,
            .uuid = device.uuid,
            .device_name = device.name,
            .pci_address = device.pci_address,
            .threads = run.threads};
}

/// Cards see each other, and copy to each other.
Listed list_cards(const std::vector<NamedDevice>& cards, const validate::RunOptions& run) {
    Listed listed;
    for (std::size_t i = 0; i < cards.size(); ++i) {
        listed.push_back({subject_of(cards[i], run), validate::run_on(run, cards, i)});
    }
    return listed;
}

/// An instance has memory of its own, unless it is divided further.
ListedDevice list_instance(const NamedDevice& instance, const std::vector<NamedDevice>& instances,
                           const validate::RunOptions& run) {
    const auto sharers = std::ranges::count_if(instances, [&](const NamedDevice& other) {
        return other.pci_address == instance.pci_address &&
               other.gpu_instance == instance.gpu_instance;
    });
    return {subject_of(instance, run), validate::run_on(run, {instance}),
            static_cast<std::uint64_t>(sharers)};
}

/// Cards come first, so that their numbers are those by which they know each other.
Listed list_by_uuid(std::vector<NamedDevice> devices, const validate::RunOptions& run) {
    const auto first_instance =
        std::ranges::stable_partition(devices, std::not_fn(&NamedDevice::is_instance)).begin();
    const std::vector<NamedDevice> instances(first_instance, devices.end());
    devices.erase(first_instance, devices.end());
    Listed listed = list_cards(devices, run);
    for (const NamedDevice& instance : instances) {
        listed.push_back(list_instance(instance, instances, run));
    }
    return listed;
}

worker::Answer<Listed> list_by_number(const validate::RunOptions& run) {
    const auto subjects = validate::list_devices(run);
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    Listed listed;
    for (const validate::Subject& subject : *subjects) {
        // Parts of a card share its memory, and devices on no bus that of the host.
        const auto sharers =
            std::ranges::count(*subjects, subject.pci_address, &validate::Subject::pci_address);
        listed.push_back({subject, run, static_cast<std::uint64_t>(sharers)});
        listed.back().run.device = subject.device;
    }
    return listed;
}

/// The devices share the CPUs, unless the user gives each of them a number of threads.
std::int64_t threads_of_each(std::int64_t threads, std::size_t devices) {
    return std::max<std::int64_t>(1, threads / static_cast<std::int64_t>(devices));
}

}  // namespace

worker::Answer<Listed> list_every_device(const ValidateOptions& options, const Prepared& prepared) {
    const std::vector<NamedDevice> allowed = allowed_devices(prepared);
    worker::Answer<Listed> listed = std::ranges::any_of(allowed, &NamedDevice::is_instance)
                                        ? list_by_uuid(allowed, prepared.run)
                                        : list_by_number(prepared.run);
    if (!listed) {
        return listed;
    }
    for (std::size_t i = 0; i < listed->size(); ++i) {
        ListedDevice& one = (*listed)[i];
        one.subject.device = static_cast<std::int64_t>(i);
        if (!options.computing.threads) {
            one.run.threads = threads_of_each(one.run.threads, listed->size());
        }
    }
    return listed;
}

}  // namespace trilby::cli
