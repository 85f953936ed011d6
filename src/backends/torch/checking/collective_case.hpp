// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Operations of several devices, with numbers whose results are exact in every order of summation.

#pragma once

#include <cstdint>
#include <span>
#include <torch/torch.h>

#include "backends/torch/checking/device_team.hpp"
#include "validate/quantities.hpp"

namespace trilby::backends {

/// What a device sends, or receives: one block, or one of each device.
enum class Extent : std::uint8_t { block, all };

struct CollectiveKind {
    TeamOperation operation;
    validate::Quantity quantity;
    Extent sent;
    Extent received;

    /// Whether a result may overwrite what is sent.
    [[nodiscard]] bool may_be_in_place() const { return operation != TeamOperation::all_to_all; }
    /// The count of numbers in a block, so that the larger tensor has at most these bytes.
    [[nodiscard]] std::int64_t block_of(torch::ScalarType type, std::int64_t bytes,
                                        std::int64_t devices) const;
    /// As nccl-tests defines it: the share of the bytes that goes over the link of each device, so
    /// that the speed does not depend on the number of devices.
    [[nodiscard]] double share_on_link(std::int64_t devices) const;
};

[[nodiscard]] std::span<const CollectiveKind> collective_kinds();

/// One operation with its numbers and its expected results. Each device has a row of random numbers
/// of its own, which repeats after a prime number of them. So large tensors are made quickly, and a
/// part of a result that is at a wrong place has other values.
class CollectiveCase {
  public:
    CollectiveCase(CheckRun& run, const DeviceTeam& team, const CollectiveKind& kind,
                   torch::ScalarType type, std::int64_t block, bool is_in_place);

    [[nodiscard]] TeamWork& work() { return work_; }
    /// The size of the larger tensor of a device.
    [[nodiscard]] std::int64_t bytes() const;
    /// The result of a device by its place in the team, made on `device`.
    [[nodiscard]] torch::Tensor expected(std::int64_t place, torch::Device device) const;

  private:
    [[nodiscard]] std::int64_t size_of(Extent extent) const;
    [[nodiscard]] std::int64_t largest_size() const;
    [[nodiscard]] torch::Tensor block_of(const torch::Tensor& row, std::int64_t first,
                                         torch::Device device) const;
    [[nodiscard]] torch::Tensor blocks_of_all(std::int64_t first, torch::Device device) const;
    void add_device(std::int64_t place, torch::Device device, bool is_in_place);

    CollectiveKind kind_;
    std::int64_t block_;
    std::int64_t devices_;
    TensorPerDevice rows_;  ///< on the host, as far as their numbers differ
    torch::Tensor sum_;     ///< of the rows
    TeamWork work_;
};

}  // namespace trilby::backends
