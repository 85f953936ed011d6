// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains one network in several processes. Each computes a share of every step; the sums of the
/// gradients, added in the order of the processes, are the same bits in all, and so are the weights
/// after the step.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <torch/torch.h>

#include "backends/common/backend.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/training_step.hpp"
#include "group/device_group.hpp"
#include "group/group.hpp"
#include "group/place.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// The part of a step that one process computes.
struct StepShare {
    std::span<const std::int64_t> examples;
    std::int64_t first_batch = 0;  ///< number of its first batch, of all batches of a run
    double weight = 1.0;           ///< of its mean in that of the step
};

/// Wishes of any process after a step, which all must then follow.
struct Wishes {
    bool stop = false;
    bool time_is_over = false;
};

/// What processes tell each other while the first one evaluates and the others wait.
struct Waiting {
    bool first_works = false;  ///< the first process has not finished
    bool stop = false;         ///< a process was cancelled
};

/// How a device can reach those of other processes; nothing for a CPU.
[[nodiscard]] std::optional<group::DeviceLink> link_of(torch::Device device,
                                                       const JobContext& context);

class TrainingGroup {
  public:
    /// Only this process.
    TrainingGroup() = default;
    /// Waits for the other processes of the place. Gradients go from device to device where all
    /// processes have a link, and a trial gives the same bits as through the host.
    [[nodiscard]] static Result<TrainingGroup> join(const group::Place& place,
                                                    const std::optional<group::DeviceLink>& link,
                                                    torch::Device device);

    [[nodiscard]] bool is_alone() const { return group_ == nullptr; }
    /// How gradients travel, for people; nothing where this process has no link.
    [[nodiscard]] const std::optional<std::string>& exchange() const { return exchange_; }

    [[nodiscard]] StepShare share_of(const train::LoopSettings& settings,
                                     std::span<const std::int64_t> examples,
                                     std::int64_t step) const;
    /// Adds up loss and gradients of all shares, and finds out whether any process has a wish. The
    /// tensors are valid until the next call. Not alone.
    [[nodiscard]] Result<void> add_up(Gradients& gradients, double weight, Wishes& wishes);

    /// Gives all processes what any of them says. Not alone.
    [[nodiscard]] Result<Waiting> share(const Waiting& own);

    /// Gives the values of the first process to the others.
    [[nodiscard]] Result<void> broadcast(const NamedTensors& tensors);
    [[nodiscard]] Result<void> broadcast(std::string& text);
    /// ErrorCode::failed if another process has other bits: then a device computes wrong.
    [[nodiscard]] Result<void> require_same(const NamedTensors& tensors);

  private:
    [[nodiscard]] Result<void> join_devices(const group::Place& place,
                                            const std::optional<group::DeviceLink>& link,
                                            torch::Device device);
    /// Why not to use the devices, or empty.
    [[nodiscard]] Result<std::string> try_devices(torch::Device device);
    void lay_out(const Gradients& gradients);
    [[nodiscard]] Result<void> sum_over_processes();
    [[nodiscard]] Result<void> sum_on_devices();

    std::unique_ptr<group::Store> store_;
    std::unique_ptr<group::Group> group_;
    std::unique_ptr<group::DeviceGroup> devices_;  ///< nothing: all goes through the host
    std::optional<std::string> exchange_;
    torch::Tensor flat_;                ///< loss, wishes and gradients, on the device
    std::vector<torch::Tensor> parts_;  ///< views of `flat_`
    torch::Tensor sent_;                ///< `flat_`, where it is exchanged
    torch::Tensor received_;            ///< a block of each process
};

/// The most examples that a process has in a step.
[[nodiscard]] std::int64_t examples_per_process(const train::LoopSettings& settings,
                                                std::int64_t processes);

}  // namespace trilby::backends
