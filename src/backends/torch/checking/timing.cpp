// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/timing.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "backends/torch/device.hpp"

namespace trilby::backends {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The CPU time of this process on all CPUs together.
double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The time for which a thread could have run but had no CPU.
double waited_seconds(const std::filesystem::path& thread) {
    std::ifstream file(thread / "schedstat");
    double cpu_ns = 0;
    double waited_ns = 0;
    return file >> cpu_ns >> waited_ns ? waited_ns * 1e-9 : 0;
}

/// This thread takes part in every operation. To ask hundreds each time would disturb what is
/// timed.
double waited_seconds() {
    return waited_seconds("/proc/thread-self");
}

double waited_seconds_of_all() {
    double sum = 0;
    std::error_code ignored;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        sum += waited_seconds(thread.path());
    }
    return sum;
}

}  // namespace

WaitingForCpus::WaitingForCpus()
    : start_(Clock::now()), waited_at_start_(waited_seconds_of_all()) {}

bool WaitingForCpus::is_notable() const {
    constexpr double notable_part = 0.05;
    return waited_seconds_of_all() - waited_at_start_ > notable_part * seconds_since(start_);
}

Timing& Timing::operator+=(const Timing& other) {
    seconds += other.seconds;
    unshared_seconds += other.unshared_seconds;
    cpu_seconds += other.cpu_seconds;
    return *this;
}

Timing time_on(torch::Device device, int times, const std::function<void()>& computation) {
    wait_for(device);  // earlier work is not timed
    const auto before = Clock::now();
    const double waited_before = waited_seconds();
    const double cpu_before = cpu_seconds();
    const auto start = Clock::now();
    for (int i = 0; i < times; ++i) {
        computation();
    }
    wait_for(device);
    const double seconds = seconds_since(start);
    if (!device.is_cpu()) {
        return {.seconds = seconds, .unshared_seconds = seconds, .cpu_seconds = seconds};
    }
    const double cpu = cpu_seconds() - cpu_before;
    const double waited = waited_seconds() - waited_before;
    const double between_readings = seconds_since(before) - seconds;  // the thread may wait there
    constexpr double least = 1e-9;                                    // rates stay finite
    return {.seconds = seconds,
            .unshared_seconds =
                std::max(std::min(seconds, seconds - (waited - between_readings)), least),
            .cpu_seconds = std::max(cpu, least)};
}

}  // namespace trilby::backends
