// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The devices of one process, which add up and exchange numbers: from device to device with NCCL
/// or RCCL, else through the host.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/checking/check_run.hpp"
#include "group/nccl.hpp"

namespace trilby::backends {

enum class TeamOperation : std::uint8_t {
    all_reduce,
    reduce_scatter,
    all_gather,
    broadcast,
    all_to_all,
};

/// Contiguous tensors of one type, one on each device, in the order of the devices.
using TensorPerDevice = std::vector<torch::Tensor>;

/// An operation of all devices. What they send must have been written.
struct TeamWork {
    TeamOperation operation;
    std::int64_t block;  ///< the count of numbers that each device has for, or gets from, another
    std::int64_t root = 0;  ///< the place of the device that broadcasts, from 0
    TensorPerDevice sent;
    TensorPerDevice received;
};

struct TeamSettings {
    std::vector<NumberedDevice> devices;  ///< at least two
    std::string library;                  ///< a name that the loader searches, or a path
    group::NcclCommunicator::Limit joining_limit{30};
    group::NcclCommunicator::Limit limit{20};  ///< of one operation
};

class DeviceTeam {
  public:
    /// Connects the devices. Where that fails, the host carries everything.
    explicit DeviceTeam(TeamSettings settings);
    DeviceTeam(const DeviceTeam&) = delete;
    DeviceTeam& operator=(const DeviceTeam&) = delete;
    ~DeviceTeam();

    [[nodiscard]] const std::vector<NumberedDevice>& devices() const { return settings_.devices; }
    [[nodiscard]] bool uses_host() const { return communicators_.empty(); }
    /// How numbers travel, for people; with the reason if it is through the host.
    [[nodiscard]] const std::string& way() const { return way_; }

    /// Returns once all devices have their results.
    [[nodiscard]] Result<void> carry_out(const TeamWork& work);
    /// Carries it out once, and then `times` times; returns the seconds of one of the latter.
    [[nodiscard]] Result<double> time(const TeamWork& work, int times);
    /// Waits until no device has work left.
    void wait() const;

  private:
    using Part = std::function<Result<void>(std::size_t)>;

    [[nodiscard]] Result<void> connect();
    void disconnect();
    [[nodiscard]] Result<void> on_each(const Part& part) const;
    [[nodiscard]] Result<void> carry_out_as(std::size_t place, const TeamWork& work);
    void carry_out_on_host(const TeamWork& work) const;

    TeamSettings settings_;
    std::string way_;
    /// One of each device; none: the host carries everything.
    std::vector<std::unique_ptr<group::NcclCommunicator>> communicators_;
};

}  // namespace trilby::backends
