// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <torch/torch.h>
#include <utility>
#include <vector>

#include "backends/common/backend.hpp"
#include "backends/kernels/kernels.hpp"
#include "backends/torch/checking/draws.hpp"
#include "backends/torch/checking/element_types.hpp"
#include "backends/torch/checking/injected_fault.hpp"
#include "backends/torch/checking/round_digests.hpp"
#include "backends/torch/checking/timing.hpp"
#include "backends/torch/checking/watched_operations.hpp"
#include "validate/check_clock.hpp"
#include "validate/findings.hpp"

namespace trilby::backends {

/// A device, and its number in the backend.
struct NumberedDevice {
    std::int64_t number = 0;
    torch::Device device = torch::kCPU;
};

struct CheckSettings {
    torch::Device device = torch::kCPU;
    std::uint64_t seed = 0;
    std::chrono::duration<double> budget{1};
    std::uint64_t memory_bytes = 0;  ///< that the check may use on the device
    std::optional<validate::FaultClass> fault = {};
    std::optional<std::uint64_t> only_round = {};  ///< carries out only this round, from 0
    std::vector<std::uint32_t> halvings = {};      ///< of the numbers that a round draws
    std::vector<NumberedDevice> devices = {};      ///< that take part in a check of the machine
    bool has_comparable_bits = false;              ///< CheckInfo::has_comparable_bits
};

/// Everything that a check uses: its time, its random numbers, the device, and the comparison of
/// the device's results with the expected ones.
class CheckRun {
  public:
    CheckRun(const JobContext& context, const CheckSettings& settings,
             validate::OperationWriter trace = {});

    [[nodiscard]] torch::Device device() const { return device_; }
    /// All that take part in a check of the machine.
    [[nodiscard]] const std::vector<NumberedDevice>& devices() const { return devices_; }
    [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

    /// Starts the next round, with random numbers of its own. False once the time is over, a round
    /// found something wrong, or the user stops. The first `at_least` rounds take place
    /// however long they take.
    bool next_round(std::uint64_t at_least = 1);
    /// Whether a round should go on: it found nothing wrong, and the user did not stop the check.
    [[nodiscard]] bool goes_on() const {
        return !findings_.has_wrong_values() && !context_.is_cancelled();
    }
    /// From 0.
    [[nodiscard]] std::uint64_t round() const {
        return only_round_.value_or(0) + findings_.rounds() - 1;
    }
    /// Leaves the device idle until `part` of the check's time has elapsed.
    void rest_until(double part);
    /// All until now was preparation: the check has all of its time from here on.
    void restart_time() { clock_.restart(); }
    /// The time that the check has.
    [[nodiscard]] double seconds() const { return clock_.budget_seconds(); }
    /// The elapsed fraction of it: 0 to 1, or more after its end.
    [[nodiscard]] double progress() const { return clock_.progress(); }

    /// Whether `trilby` reads the device's telemetry from now on. It does so when it hears of
    /// progress: at once if `is_read`, and not at all otherwise, because then none is reported.
    void let_telemetry_be_read(bool is_read);

    /// Random numbers of this round, made on the host and exact in `type`.
    [[nodiscard]] torch::Tensor reals(torch::IntArrayRef sizes, torch::ScalarType type,
                                      double low = -1, double high = 1) {
        return draws_.reals(sizes, type, low, high);
    }
    [[nodiscard]] torch::Tensor integers(torch::IntArrayRef sizes, torch::ScalarType type,
                                         std::int64_t low, std::int64_t high) {
        return draws_.integers(sizes, type, low, high);
    }
    /// From `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
        operations_.count_draw();
        return draws_.between(low, high);
    }
    /// A size from 1 that was chosen in another way, to be reduced where a crash is examined.
    [[nodiscard]] std::int64_t size(std::int64_t chosen) {
        operations_.count_draw();
        return draws_.size(chosen);
    }
    [[nodiscard]] std::uint64_t bits() { return draws_.bits(); }

    [[nodiscard]] torch::Tensor on_device(const torch::Tensor& host) const {
        return host.to(device_);
    }

    /// Computes twice on the device and brings the first results to the host. The second time the
    /// outputs are in memory that held garbage, and every bit must be the same. The report has
    /// digests of the results if the bits of the check can be compared between devices.
    [[nodiscard]] std::vector<torch::Tensor> compute_all(
        const std::string& what, const std::function<std::vector<torch::Tensor>()>& computation);
    [[nodiscard]] torch::Tensor compute(const std::string& what,
                                        const std::function<torch::Tensor()>& computation);

    /// Brings a result to the host once; the injected fault may change it on the way.
    [[nodiscard]] torch::Tensor fetch(const torch::Tensor& result);
    /// Lets the injected fault change words that this CPU computed.
    void fetch_from(std::uint32_t cpu, std::vector<std::uint64_t>& words);
    /// Lets the injected fault change data in the device's memory.
    void disturb(torch::Tensor& stored);

    /// Runs `body`, or notes that LibTorch does not have the operation for this device, and why.
    void where_supported(const std::string& what, const std::function<void()>& body);

    /// Every bit is the same.
    void expect_same(const std::string& what, const torch::Tensor& found,
                     const torch::Tensor& expected);
    /// The same, compared on the device: for results that are too large to be fetched.
    void expect_same_there(const std::string& what, const torch::Tensor& found,
                           const torch::Tensor& expected);
    /// |found - expected| <= bound, all but `found` in float64 on the host. NaN equals only NaN,
    /// infinity only itself.
    void expect_close(const std::string& what, const torch::Tensor& found,
                      const torch::Tensor& expected, const torch::Tensor& bound);
    /// One of our kernels has compared `checked` words and counted those that are wrong.
    void expect_none_wrong(const std::string& what, const gpu::WrongWords& wrong,
                           std::uint64_t checked);
    /// A comparison that was made elsewhere.
    void expect_none_wrong(validate::ComparedResult result) { add(std::move(result)); }
    /// A statement about all values together.
    void expect(bool holds, const std::string& what, const std::string& expected, double found);

    void measure(const validate::Quantity& quantity, double value, std::string basis,
                 std::optional<double> unshared = std::nullopt) {
        findings_.measure(quantity, value, std::move(basis), unshared);
    }
    void set_way(std::string way) { findings_.set_way(std::move(way)); }
    void set_work(validate::AmountOfWork work) { findings_.set_work(std::move(work)); }
    void add_covered(const std::string& what) { findings_.add_covered(what); }
    void add_lacking(const std::string& what) { findings_.add_lacking(what); }
    /// The reason if nothing is compared in the end.
    void explain_skip(validate::SkipReason reason, std::string why) {
        findings_.explain_skip(reason, std::move(why));
    }
    /// The operation that the check begins, for the report of a crash.
    void begin_step(const std::string& name) { operations_.begin_step(name); }
    void plot(validate::Series series) { findings_.plot(std::move(series)); }

    /// Starts a computation that may be repeated, waits for its end, and returns how long it took.
    [[nodiscard]] Timing time(const std::function<void()>& computation,
                              validate::Work work = validate::Work::computing);

    /// The report, once next_round() has returned false.
    [[nodiscard]] Result<validate::CheckReport> finish();

  private:
    void add(validate::ComparedResult result);
    void report_progress();
    void send_progress();
    /// Whether there were enough rounds.
    [[nodiscard]] bool is_over(std::uint64_t at_least) const;

    const JobContext& context_;
    torch::Device device_;
    std::vector<NumberedDevice> devices_;
    std::uint64_t memory_bytes_;
    std::optional<std::uint64_t> only_round_;
    validate::CheckClock clock_;
    Draws draws_;
    InjectedFault fault_;
    validate::Findings findings_;
    std::optional<RoundDigests> digests_;
    bool is_telemetry_read_ = true;
    WatchedOperations operations_;
};

}  // namespace trilby::backends
