// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cpu/backend.hpp"

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

const Definition& cpu_backend() {
    static const Definition cpu{.name = "cpu",
                                .version = version,
                                .start = start,
                                .jobs = torch_jobs(),
                                .classify = classify_exception,
                                .explain = explain_exception};
    return cpu;
}

}  // namespace trilby::backends
