// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/timing.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "backends/torch/device.hpp"
#include "base/stopwatch.hpp"

namespace trilby::backends {
namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The CPU time of each thread of this process. That of a running one may be some milliseconds old.
std::map<std::string, double> cpu_seconds_by_thread() {
    std::map<std::string, double> out;
    std::error_code ignored;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        double cpu_ns = 0;
        if (std::ifstream(thread.path() / "schedstat") >> cpu_ns) {
            out[thread.path().filename()] = cpu_ns * 1e-9;
        }
    }
    return out;
}

/// CPU times at one moment.
struct CpuTimes {
    std::map<std::string, double> by_thread = cpu_seconds_by_thread();
    double process = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    double this_thread = seconds_of(CLOCK_THREAD_CPUTIME_ID);
};

/// The CPU time of the busiest thread since then. If all threads had had CPUs, the computation
/// would have taken as long.
double busiest_thread_since(const CpuTimes& before) {
    double most = seconds_of(CLOCK_THREAD_CPUTIME_ID) - before.this_thread;
    for (const auto& [thread, seconds] : cpu_seconds_by_thread()) {
        const auto then = before.by_thread.find(thread);
        most = std::max(most, seconds - (then == before.by_thread.end() ? 0 : then->second));
    }
    return most;
}

}  // namespace

Timing& Timing::operator+=(const Timing& other) {
    seconds += other.seconds;
    unshared_seconds += other.unshared_seconds;
    cpu_seconds += other.cpu_seconds;
    return *this;
}

Timing time_on(torch::Device device, int times, const std::function<void()>& computation) {
    wait_for(device);  // earlier work is not timed
    const auto before = device.is_cpu() ? std::optional(CpuTimes()) : std::nullopt;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
        computation();
    }
    wait_for(device);
    const double seconds = seconds_since(start);
    if (!before) {
        return {.seconds = seconds, .unshared_seconds = seconds, .cpu_seconds = seconds};
    }
    constexpr double least = 1e-9;  // rates stay finite
    const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - before->process;
    return {.seconds = seconds,
            .unshared_seconds = std::max(std::min(seconds, busiest_thread_since(*before)), least),
            .cpu_seconds = std::max(cpu, least)};
}

}  // namespace trilby::backends
