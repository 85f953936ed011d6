// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/training_group.hpp"

#include <algorithm>
#include <array>
#include <c10/core/DeviceGuard.h>
#include <exception>
#include <fmt/format.h>
#include <utility>

#include "backends/torch/device.hpp"
#include "backends/torch/group_store.hpp"
#include "backends/torch/nccl_link.hpp"
#include "backends/torch/runtime.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

/// The loss and the two wishes come before the gradients.
constexpr std::int64_t numbers_before = 3;

std::int64_t round_up_quotient(std::int64_t number, std::int64_t divisor) {
    return (number + divisor - 1) / divisor;
}

group::Bytes bytes_of(const torch::Tensor& tensor) {
    return {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}

group::WritableBytes writable_bytes_of(const torch::Tensor& tensor) {
    return {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}

/// Any change of a single bit changes it.
std::int64_t checksum_of(const torch::Tensor& tensor) {
    return tensor.contiguous().view({-1}).view(torch::kUInt8).sum().item<std::int64_t>();
}

/// Sums `sent` over the processes into itself. Each process adds up one block, in the order of the
/// processes.
template <class Carrier>
Result<void> sum_with(Carrier& carrier, const torch::Tensor& sent, const torch::Tensor& received) {
    wait_for(sent.device());
    TRILBY_CHECK(carrier.exchange_blocks(bytes_of(sent), writable_bytes_of(received)));
    torch::Tensor sum = received[0];
    for (std::int64_t rank = 1; rank < received.size(0); ++rank) {
        sum.add_(received[rank]);
    }
    wait_for(sent.device());
    return carrier.gather(bytes_of(sum), writable_bytes_of(sent));
}

}  // namespace

std::optional<group::DeviceLink> link_of(torch::Device device, const JobContext& context) {
    if (device.is_cpu()) {
        return std::nullopt;
    }
    return group::DeviceLink{
        .library = nccl_library(),
        .pci_address = context.devices()[static_cast<std::size_t>(device.index())].pci_address,
        .follow = follow_default_stream(device)};
}

std::int64_t examples_per_process(const train::LoopSettings& settings, std::int64_t processes) {
    return round_up_quotient(settings.examples_per_step(), processes);
}

Result<TrainingGroup> TrainingGroup::join(const group::Place& place,
                                          const std::optional<group::DeviceLink>& link,
                                          torch::Device device) {
    TrainingGroup joined;
    TRILBY_TRY(store, make_group_store(place));
    joined.store_ = std::move(store);
    TRILBY_TRY(group, group::Group::join(place, *joined.store_));
    joined.group_ = std::make_unique<group::Group>(std::move(group));
    TRILBY_CHECK(joined.join_devices(place, link, device));
    return joined;
}

Result<void> TrainingGroup::join_devices(const group::Place& place,
                                         const std::optional<group::DeviceLink>& link,
                                         torch::Device device) {
    const c10::DeviceGuard guard(device);
    TRILBY_TRY(agreement, group::DeviceGroup::join(*group_, place, link));
    devices_ = std::move(agreement.devices);
    std::string reason = std::move(agreement.reason);
    if (devices_ != nullptr) {
        TRILBY_TRY(objection, try_devices(device));
        reason = std::move(objection);
    }
    if (!reason.empty()) {
        devices_.reset();
    }
    if (link) {
        exchange_ = devices_ != nullptr
                        ? fmt::format("from GPU to GPU, with {}", devices_->library())
                        : fmt::format("through the host: {}", reason);
    }
    return {};
}

/// Adds up numbers whose sum depends on the order, through the host and through the devices.
Result<std::string> TrainingGroup::try_devices(torch::Device device) {
    constexpr std::int64_t block = 4096;
    const torch::NoGradGuard no_grad;
    torch::Tensor on_host = torch::arange(1, block * group_->size() + 1, torch::kFloat32)
                                .mul_(static_cast<double>(group_->rank()) + 0.1)
                                .reciprocal_();
    const torch::Tensor before = on_host.clone();
    TRILBY_CHECK(sum_with(*group_, on_host, torch::empty({group_->size(), block})));
    const Result<void> done = without_exceptions([&]() -> Result<void> {
        const torch::Tensor on_device = before.to(device, before.scalar_type(),
                                                  /*non_blocking=*/false, /*copy=*/true);
        TRILBY_CHECK(sum_with(*devices_, on_device,
                              torch::empty({group_->size(), block}, on_device.options())));
        if (!on_device.cpu().equal(on_host)) {
            return failure(ErrorCode::failed, "a trial gave other bits than through the host");
        }
        return {};
    });
    return group::first_objection(*group_, done);
}

/// Cut where a single process that accumulates as many batches would cut, so that both compute the
/// same bits.
StepShare TrainingGroup::share_of(const train::LoopSettings& settings,
                                  std::span<const std::int64_t> examples, std::int64_t step) const {
    const std::int64_t processes = is_alone() ? 1 : group_->size();
    const std::int64_t rank = is_alone() ? 0 : group_->rank();
    const std::int64_t most = examples_per_process(settings, processes);
    const std::int64_t batches = round_up_quotient(most, settings.batch_size);
    const auto count = std::ssize(examples);
    const std::int64_t first = std::min(count, rank * most);
    const std::int64_t last = std::min(count, first + most);
    return {.examples = examples.subspan(static_cast<std::size_t>(first),
                                         static_cast<std::size_t>(last - first)),
            .first_batch = (step * processes + rank) * batches,
            .weight = static_cast<double>(last - first) / static_cast<double>(count)};
}

/// Every step has gradients of the same types, shapes and strides.
void TrainingGroup::lay_out(const Gradients& gradients) {
    std::int64_t numbers = numbers_before;
    torch::ScalarType type = torch::kFloat32;
    for (const torch::Tensor& gradient : gradients.parameters) {
        numbers += gradient.numel();
        type = gradient.scalar_type() == torch::kFloat64 ? torch::kFloat64 : type;
    }
    const std::int64_t processes = group_->size();
    const std::int64_t block = round_up_quotient(numbers, processes);
    const auto on_host = torch::TensorOptions(type);
    flat_ = torch::zeros({block * processes}, on_host.device(gradients.loss.device()));
    sent_ = flat_.is_cpu() || devices_ ? flat_ : torch::empty({block * processes}, on_host);
    received_ = torch::empty({processes, block}, sent_.options());
    std::int64_t offset = numbers_before;
    for (const torch::Tensor& gradient : gradients.parameters) {
        const bool is_dense = gradient.is_non_overlapping_and_dense();
        parts_.push_back(flat_.as_strided(
            gradient.sizes(), is_dense ? gradient.strides() : gradient.contiguous().strides(),
            offset));
        offset += gradient.numel();
    }
}

Result<void> TrainingGroup::add_up(Gradients& gradients, double weight, Wishes& wishes) {
    const torch::NoGradGuard no_grad;
    if (parts_.empty()) {
        lay_out(gradients);
    }
    flat_[0] = gradients.loss;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        parts_[i].copy_(gradients.parameters[i]);
    }
    flat_.mul_(weight);
    flat_[1] = wishes.stop ? 1.0 : 0.0;
    flat_[2] = wishes.time_is_over ? 1.0 : 0.0;
    TRILBY_CHECK(sum_over_processes());
    const torch::Tensor wished = sent_.slice(0, 1, numbers_before).cpu();
    wishes = {.stop = wished[0].item<double>() > 0, .time_is_over = wished[1].item<double>() > 0};
    gradients.loss = flat_[0].clone();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        gradients.parameters[i] = parts_[i].to(gradients.parameters[i].scalar_type());
    }
    return {};
}

Result<void> TrainingGroup::sum_over_processes() {
    if (devices_ != nullptr) {
        return sum_on_devices();
    }
    if (!flat_.is_cpu()) {
        sent_.copy_(flat_);
    }
    TRILBY_CHECK(sum_with(*group_, sent_, received_));
    if (!flat_.is_cpu()) {
        flat_.copy_(sent_);
    }
    return {};
}

/// A missing process is found on the host, which can name it: mostly before the transfer, so that
/// the time limit of the devices need only cover the transfer itself.
Result<void> TrainingGroup::sum_on_devices() {
    wait_for(flat_.device());
    TRILBY_CHECK(group_->meet());
    const Result<void> done =
        without_exceptions([&] { return sum_with(*devices_, sent_, received_); });
    if (!done) {
        TRILBY_CHECK(group_->meet());
    }
    return done;
}

Result<Waiting> TrainingGroup::share(const Waiting& own) {
    const std::array<std::uint8_t, 2> sent{own.first_works, own.stop};
    std::vector<std::array<std::uint8_t, 2>> all(static_cast<std::size_t>(group_->size()));
    TRILBY_CHECK(
        group_->gather(std::as_bytes(std::span(sent)), std::as_writable_bytes(std::span(all))));
    Waiting shared;
    for (const auto& [first_works, stop] : all) {
        shared.first_works = shared.first_works || first_works != 0;
        shared.stop = shared.stop || stop != 0;
    }
    return shared;
}

Result<void> TrainingGroup::broadcast(const NamedTensors& tensors) {
    if (is_alone()) {
        return {};
    }
    const torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : tensors) {
        torch::Tensor on_host = tensor.detach().to(torch::kCPU).contiguous();
        TRILBY_CHECK(group_->broadcast(writable_bytes_of(on_host)));
        torch::Tensor target = tensor;
        target.copy_(on_host);
    }
    return {};
}

Result<void> TrainingGroup::broadcast(std::string& text) {
    return is_alone() ? Result<void>() : group_->broadcast(text);
}

Result<void> TrainingGroup::require_same(const NamedTensors& tensors) {
    if (is_alone()) {
        return {};
    }
    const torch::NoGradGuard no_grad;
    std::vector<std::int64_t> own;
    for (const auto& [name, tensor] : tensors) {
        own.push_back(checksum_of(tensor));
    }
    std::vector<std::int64_t> all(own.size() * static_cast<std::size_t>(group_->size()));
    TRILBY_CHECK(
        group_->gather(std::as_bytes(std::span(own)), std::as_writable_bytes(std::span(all))));
    for (std::size_t i = own.size(); i < all.size(); ++i) {
        if (all[i] != all[i % own.size()]) {
            const auto rank = static_cast<std::int64_t>(i / own.size());
            return failure(
                ErrorCode::failed,
                fmt::format("process {} on '{}' has other bits in '{}' than process 0 on '{}', "
                            "though both computed the same: one of their devices computes wrong",
                            rank, group_->host(rank), tensors[i % own.size()].first,
                            group_->host(0)),
                "do not trust the results: check both devices with 'trilby validate', and resume "
                "the last checkpoint elsewhere");
        }
    }
    return {};
}

}  // namespace trilby::backends
