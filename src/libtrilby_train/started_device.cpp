// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/started_device.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <torch/version.h>

#include "backends/torch/device.hpp"
#include "backends/torch/runtime.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "install/version.hpp"
#include "libtrilby_train/linked_backends.hpp"
#include "train/run_folder.hpp"
#include <trilby/backend_abi.h>
#include <trilby/selection.hpp>

namespace trilby {
namespace {

constexpr const char* source = "this program";

/// The library stands in for the modules of its backends.
BackendFolder this_library() {
    std::vector<InstalledBackend> installed;
    for (const LinkedBackend& backend : linked_backends()) {
        const std::string name = backend.definition.name;
        installed.push_back({.path = source,
                             .name = name,
                             .manifest = Manifest{.name = name,
                                                  .module = source,
                                                  .abi = TRILBY_BACKEND_ABI_VERSION,
                                                  .version = version,
                                                  .libtorch = TORCH_VERSION,
                                                  .gpu_targets = backend.gpu_targets}});
    }
    return BackendFolder::present(std::move(installed), source);
}

const backends::Definition* linked_backend(std::string_view name) {
    for (const LinkedBackend& backend : linked_backends()) {
        if (backend.definition.name == name) {
            return &backend.definition;
        }
    }
    return nullptr;
}

std::string names_of_linked_backends() {
    std::string names;
    for (const LinkedBackend& backend : linked_backends()) {
        names += (names.empty() ? "" : " and ") + std::string(backend.definition.name);
    }
    return names;
}

/// The backend of --backend, or the best one.
Result<std::string> choose_backend(const Machine& machine,
                                   const std::optional<std::string>& wanted) {
    if (wanted && linked_backend(*wanted) == nullptr) {
        return failure(ErrorCode::unavailable,
                       fmt::format("the backend {} was asked for, but this program is linked to a "
                                   "LibTorch for {}",
                                   printable(*wanted, 64), names_of_linked_backends()),
                       "leave out --backend, or build the program with another LibTorch");
    }
    const Selection selection = select_backend(
        machine, this_library(),
        wanted ? std::optional(BackendOverride{*wanted, "--backend"}) : std::nullopt);
    TRILBY_TRY(choice, Result<Choice>(selection.choice));
    return choice.name;
}

Result<void> check_index(std::int64_t index, std::size_t count) {
    if (index >= static_cast<std::int64_t>(count)) {
        return failure(ErrorCode::usage,
                       fmt::format("device {} does not exist; the backend has {}", index, count),
                       "use --device 0");
    }
    return {};
}

}  // namespace

Result<StartedDevice> start_device(const ProgramOptions& options) {
    Machine machine = probe();
    TRILBY_TRY(name, choose_backend(machine, options.backend));
    TRILBY_TRY(devices, linked_backend(name)->start());
    TRILBY_CHECK(check_index(options.device, devices.size()));
    constexpr std::int64_t most_threads = 4096;
    // Other numbers of threads give other bits.
    const auto earlier = options.resume ? train::recorded_sharing(*options.resume) : std::nullopt;
    const std::int64_t usual = earlier ? earlier->threads : machine.cpu.usable_cpus.value_or(1);
    const std::int64_t threads = std::min(options.threads.value_or(usual), most_threads);
    backends::set_threads(threads);
    train::TrainingMachine described = train::training_machine(machine.os, name);
    described.device = devices[static_cast<std::size_t>(options.device)].name;
    const torch::Device device = backends::torch_device(name, options.device);
    return StartedDevice{std::move(described), std::move(devices), device, std::move(machine),
                         threads};
}

}  // namespace trilby
