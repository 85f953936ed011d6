// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/started_device.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <torch/version.h>

#include "backends/torch/device.hpp"
#include "backends/torch/runtime.hpp"
#include "base/try.hpp"
#include "install/version.hpp"
#include <trilby/backend_abi.h>
#include <trilby/selection.hpp>

namespace trilby {
namespace {

constexpr const char* source = "this program";

/// The library stands in for a backend's module.
BackendFolder this_library() {
    const std::string name = backends::definition().name;
    return BackendFolder::present({{.path = source,
                                    .name = name,
                                    .manifest = Manifest{.name = name,
                                                         .module = source,
                                                         .abi = TRILBY_BACKEND_ABI_VERSION,
                                                         .version = version,
                                                         .libtorch = TORCH_VERSION,
                                                         .gpu_targets = {}}}},
                                  source);
}

Result<void> check_backend(const std::optional<std::string>& wanted) {
    const std::string own = backends::definition().name;
    if (wanted && *wanted != own) {
        return failure(ErrorCode::unavailable,
                       fmt::format("the backend {} was asked for, but this program is linked to a "
                                   "LibTorch for {}",
                                   *wanted, own),
                       fmt::format("leave out --backend, or build the program with a LibTorch for "
                                   "{}",
                                   *wanted));
    }
    return {};
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
    TRILBY_CHECK(check_backend(options.backend));
    const Machine machine = probe();
    const Selection selection = select_backend(machine, this_library(), std::nullopt);
    TRILBY_TRY(choice, Result<Choice>(selection.choice));
    TRILBY_TRY(devices, backends::definition().start());
    TRILBY_CHECK(check_index(options.device, devices.size()));
    constexpr std::int64_t most_threads = 4096;
    backends::set_threads(
        std::min(options.threads.value_or(machine.cpu.usable_cpus.value_or(1)), most_threads));
    return StartedDevice{choice.name, std::move(devices), backends::torch_device(options.device)};
}

}  // namespace trilby
