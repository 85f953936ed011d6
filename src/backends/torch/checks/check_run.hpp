// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What every check of a device works with: its time, its random numbers, the computing on the
/// device, and the comparison with what should have come out.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "backends/common/backend.hpp"
#include "backends/kernels/kernels.hpp"
#include "base/random.hpp"
#include "validate/check_report.hpp"
#include "validate/fault.hpp"

namespace trilby::backends {

struct CheckSettings {
    torch::Device device = torch::kCPU;
    std::uint64_t seed = 0;
    std::chrono::duration<double> budget{1};
    std::uint64_t memory_bytes = 0;  ///< that the check may use on the device
    std::optional<validate::FaultClass> fault = {};
};

/// Floating-point types, from the one with the most digits.
[[nodiscard]] const std::vector<torch::ScalarType>& real_types();
/// "float32", "bfloat16", "int64", ...
[[nodiscard]] std::string type_name(torch::ScalarType type);
/// Half of the distance from 1 to the next number of the type.
[[nodiscard]] double roundoff_of(torch::ScalarType type);

struct Timing {
    double seconds = 0;
    /// What the device itself worked for. On a CPU that others use too, less than that passed.
    double busy_seconds = 0;
};

class CheckRun {
  public:
    CheckRun(const JobContext& context, CheckSettings settings);

    [[nodiscard]] torch::Device device() const { return settings_.device; }
    [[nodiscard]] std::uint64_t memory_bytes() const { return settings_.memory_bytes; }

    /// Starts the next round, with random numbers of its own. False once the time is over, a round
    /// found something wrong, or the user stops. The first rounds, `at_least` so many, take place
    /// however long they take.
    bool next_round(std::uint64_t at_least = 1);
    /// From 0.
    [[nodiscard]] std::uint64_t round() const { return report_.rounds - 1; }
    /// Leaves the device alone until that part of the check's time is over.
    void rest_until(double part);
    /// The time that the check has.
    [[nodiscard]] double seconds() const { return settings_.budget.count(); }
    /// The part of it that is over: from 0 to 1, or more after its end.
    [[nodiscard]] double progress() const;

    /// Random numbers of this round, made on the host and exact in `type`.
    [[nodiscard]] torch::Tensor reals(torch::IntArrayRef sizes, torch::ScalarType type,
                                      double low = -1, double high = 1);
    [[nodiscard]] torch::Tensor integers(torch::IntArrayRef sizes, torch::ScalarType type,
                                         std::int64_t low, std::int64_t high);
    /// From `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
    [[nodiscard]] std::uint64_t bits() { return random_(); }

    [[nodiscard]] torch::Tensor on_device(const torch::Tensor& host) const {
        return host.to(settings_.device);
    }

    /// Computes twice on the device and brings the first results to the host. The second time the
    /// outputs come in memory that holds garbage, and every bit must be the same.
    [[nodiscard]] std::vector<torch::Tensor> compute_all(
        const std::string& what, const std::function<std::vector<torch::Tensor>()>& computation);
    [[nodiscard]] torch::Tensor compute(const std::string& what,
                                        const std::function<torch::Tensor()>& computation);

    /// Brings a result to the host once, past the injected fault.
    [[nodiscard]] torch::Tensor fetch(const torch::Tensor& result);
    /// Lets the injected fault change what lies in the device's memory.
    void disturb(torch::Tensor& stored);

    /// Runs `body`, or notes that LibTorch does not have the operation for this device.
    void where_supported(const std::string& what, const std::function<void()>& body);

    /// Every value is the same to the bit.
    void expect_same(const std::string& what, const torch::Tensor& found,
                     const torch::Tensor& expected);
    /// The same, compared on the device: for results that are too large to be fetched.
    void expect_same_there(const std::string& what, const torch::Tensor& found,
                           const torch::Tensor& expected);
    /// |found - expected| <= bound, all but `found` in float64 on the host. NaN equals NaN alone,
    /// infinity itself alone.
    void expect_close(const std::string& what, const torch::Tensor& found,
                      const torch::Tensor& expected, const torch::Tensor& bound);
    /// What a kernel of ours has counted, among `checked` words that it compared itself.
    void expect_none_wrong(const std::string& what, const gpu::WrongWords& wrong,
                           std::uint64_t checked);
    /// A statement about all values together.
    void expect(bool holds, const std::string& what, const std::string& expected, double found);

    void measure(validate::Measurement measurement) {
        report_.measurements.push_back(std::move(measurement));
    }
    void plot(validate::Series series) { report_.series.push_back(std::move(series)); }

    /// Starts a computation that may be repeated, waits for its end, and says how long it took.
    [[nodiscard]] Timing time(const std::function<void()>& computation,
                              validate::Work work = validate::Work::computing);

    /// The report, once next_round() has returned false.
    [[nodiscard]] Result<validate::CheckReport> finish();

  private:
    using Clock = std::chrono::steady_clock;

    void compare(const std::string& what, const torch::Tensor& found, const torch::Tensor& expected,
                 const torch::Tensor& wrong, const torch::Tensor* bound);
    void cover(const std::string& what);
    void tell_progress();
    void end_if_the_fault_says_so();

    const JobContext& context_;
    CheckSettings settings_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_event_ = start_;
    SplitMix64 random_;
    torch::Generator generator_;
    std::optional<validate::Injector> injector_;
    validate::CheckReport report_;
};

}  // namespace trilby::backends
