// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/common/backend.hpp"
#include "backends/torch/device.hpp"
#include "backends/torch/jobs.hpp"
#include "backends/torch/runtime.hpp"
#include "base/text.hpp"
#include "install/version.hpp"
#include "platform/file_tree.hpp"

namespace trilby::backends {
namespace {

/// The name of the first processor in /proc/cpuinfo, or "CPU" if it has none.
std::string processor_name() {
    const auto info = platform::FileTree().read("/proc/cpuinfo", 64U << 20);
    const std::string text = info.value_or("");
    for (const std::string_view line : split_lines(text)) {
        if (const std::size_t colon = line.find(':');
            line.starts_with("model name") && colon != std::string_view::npos) {
            return printable(trim(line.substr(colon + 1)), 200);
        }
    }
    return "CPU";
}

Result<std::vector<Device>> start() {
    configure_runtime();
    return std::vector{Device{processor_name(), {}, {}}};
}

}  // namespace

torch::Device torch_device(std::int64_t /*index*/) {
    return torch::kCPU;
}

void wait_for(torch::Device /*device*/) {
    // The work of a CPU is done when a call returns.
}

const Definition& definition() {
    static const Definition cpu{.name = "cpu",
                                .version = version,
                                .start = start,
                                .jobs = torch_jobs(),
                                .classify = classify_exception,
                                .explain = explain_exception};
    return cpu;
}

}  // namespace trilby::backends
