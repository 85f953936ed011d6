// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/device_team.hpp"

#include <algorithm>
#include <c10/core/DeviceGuard.h>
#include <chrono>
#include <fmt/format.h>
#include <future>
#include <optional>
#include <span>
#include <utility>

#include "backends/torch/device.hpp"
#include "backends/torch/nccl_link.hpp"
#include "backends/torch/runtime.hpp"
#include "base/stopwatch.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

group::NcclType nccl_type_of(const torch::Tensor& tensor) {
    switch (tensor.scalar_type()) {
        case torch::kInt64:
            return group::NcclType::int64;
        case torch::kFloat16:
            return group::NcclType::float16;
        case torch::kBFloat16:
            return group::NcclType::bfloat16;
        default:
            return group::NcclType::float32;
    }
}

/// The library has no function for an all-to-all: each device sends every other one its block.
std::optional<group::NcclOperation> nccl_operation(TeamOperation operation) {
    switch (operation) {
        case TeamOperation::all_reduce:
            return group::NcclOperation::all_reduce;
        case TeamOperation::reduce_scatter:
            return group::NcclOperation::reduce_scatter;
        case TeamOperation::all_gather:
            return group::NcclOperation::all_gather;
        case TeamOperation::broadcast:
            return group::NcclOperation::broadcast;
        case TeamOperation::all_to_all:
            break;
    }
    return std::nullopt;
}

std::vector<group::NcclTransfer> blocks_of(const torch::Tensor& sent, const torch::Tensor& received,
                                           std::size_t devices) {
    const std::size_t bytes = sent.nbytes() / devices;
    const auto* const from = static_cast<const std::byte*>(sent.data_ptr());
    auto* const to = static_cast<std::byte*>(received.data_ptr());
    std::vector<group::NcclTransfer> transfers;
    for (std::size_t other = 0; other < devices; ++other) {
        transfers.push_back({.rank = static_cast<int>(other),
                             .sent = std::span(from + other * bytes, bytes),
                             .received = std::span(to + other * bytes, bytes)});
    }
    return transfers;
}

torch::Tensor sum_of(const TensorPerDevice& tensors) {
    torch::Tensor sum = tensors.front().clone();
    for (std::size_t i = 1; i < tensors.size(); ++i) {
        sum.add_(tensors[i]);
    }
    return sum;
}

/// What all devices receive, or the parts of all of them in their order.
torch::Tensor result_on_host(const TeamWork& work, const TensorPerDevice& sent) {
    const auto devices = static_cast<std::int64_t>(sent.size());
    switch (work.operation) {
        case TeamOperation::all_reduce:
        case TeamOperation::reduce_scatter:
            return sum_of(sent);
        case TeamOperation::all_gather:
            return torch::cat(sent);
        case TeamOperation::all_to_all:
            return torch::stack(sent).view({devices, devices, -1}).transpose(0, 1).reshape({-1});
        case TeamOperation::broadcast:
            break;
    }
    return sent[static_cast<std::size_t>(work.root)];
}

/// The mean seconds of one call of `once`, of which `times` follow each other.
template <class Once>
Result<double> time_one(int times, const Once& once) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
        TRILBY_CHECK(once());
    }
    return seconds_since(start) / times;
}

bool has_failed(const Result<void>& result) {
    return !result;
}

/// Whether it has failed by itself, and did not just wait for another one.
bool is_cause(const Result<void>& result) {
    return !result && result.error().code != ErrorCode::unavailable;
}

/// The first cause. If all waited for each other, no device is to blame.
Result<void> first_failure(const std::vector<Result<void>>& results,
                           const std::vector<NumberedDevice>& devices) {
    auto first = std::ranges::find_if(results, is_cause);
    const bool is_known = first != results.end() || std::ranges::count_if(results, has_failed) == 1;
    first = first != results.end() ? first : std::ranges::find_if(results, has_failed);
    if (first == results.end() || !is_known) {
        return first == results.end() ? Result<void>() : *first;
    }
    const auto place = static_cast<std::size_t>(first - results.begin());
    Error error = first->error();
    error.message = fmt::format("device {}: {}", devices[place].number, error.message);
    return std::unexpected(std::move(error));
}

}  // namespace

DeviceTeam::DeviceTeam(TeamSettings settings) : settings_(std::move(settings)) {
    if (const Result<void> connected = connect(); !connected) {
        disconnect();
        way_ = "through the host: " + connected.error().message;
    }
}

DeviceTeam::~DeviceTeam() {
    disconnect();
}

Result<void> DeviceTeam::connect() {
    TRILBY_TRY(nccl, group::Nccl::open(settings_.library));
    group::use_network("");
    TRILBY_TRY(id, nccl.make_id());
    communicators_.resize(devices().size());
    way_ = "from device to device, with " + nccl.name();
    return on_each([&](std::size_t place) -> Result<void> {
        TRILBY_TRY(joined,
                   group::NcclCommunicator::join(
                       nccl, id, static_cast<int>(place), static_cast<int>(devices().size()),
                       follow_default_stream(devices()[place].device), settings_.joining_limit));
        communicators_[place] = std::move(joined);
        return {};
    });
}

/// All at the same time: each may wait until the others leave, too. A device that has failed may
/// throw whatever is asked of it.
void DeviceTeam::disconnect() {
    std::vector<std::future<Result<void>>> leaving;
    for (std::size_t place = 0; place < communicators_.size(); ++place) {
        leaving.push_back(std::async([this, place] {
            return without_exceptions([&]() -> Result<void> {
                const c10::DeviceGuard guard(devices()[place].device);
                communicators_[place].reset();
                return {};
            });
        }));
    }
    std::ranges::for_each(leaving, [](auto& one) { one.wait(); });
    communicators_.clear();
}

/// On a thread of its own, whose current device it is.
Result<void> DeviceTeam::on_each(const Part& part) const {
    std::vector<std::future<Result<void>>> running;
    for (std::size_t place = 0; place < devices().size(); ++place) {
        running.push_back(std::async(std::launch::async, [this, &part, place] {
            return without_exceptions([&]() -> Result<void> {
                const c10::DeviceGuard guard(devices()[place].device);
                // NCCL may have a CUDA runtime of its own, which sees the device once it was used
                // here.
                wait_for(devices()[place].device);
                return part(place);
            });
        }));
    }
    std::vector<Result<void>> results;
    for (auto& one : running) {
        results.push_back(one.get());
    }
    return first_failure(results, devices());
}

Result<void> DeviceTeam::carry_out(const TeamWork& work) {
    if (uses_host()) {
        carry_out_on_host(work);
        return {};
    }
    return on_each([&](std::size_t place) { return carry_out_as(place, work); });
}

Result<double> DeviceTeam::time(const TeamWork& work, int times) {
    TRILBY_CHECK(carry_out(work));
    if (uses_host()) {
        return time_one(times, [&] { return carry_out(work); });
    }
    std::vector<double> seconds(devices().size());
    const Part part = [&](std::size_t place) -> Result<void> {
        TRILBY_CHECK(carry_out_as(place, work));  // the threads have not begun together
        TRILBY_TRY(own, time_one(times, [&] { return carry_out_as(place, work); }));
        seconds[place] = own;
        return {};
    };
    TRILBY_CHECK(on_each(part));
    return std::ranges::max(seconds);
}

void DeviceTeam::wait() const {
    for (const NumberedDevice& one : devices()) {
        wait_for(one.device);
    }
}

Result<void> DeviceTeam::carry_out_as(std::size_t place, const TeamWork& work) {
    group::NcclCommunicator& communicator = *communicators_[place];
    const torch::Tensor& sent = work.sent[place];
    const torch::Tensor& received = work.received[place];
    const auto operation = nccl_operation(work.operation);
    if (!operation) {
        return communicator.exchange(blocks_of(sent, received, devices().size()), settings_.limit);
    }
    return communicator.carry_out({.operation = *operation,
                                   .sent = sent.data_ptr(),
                                   .received = received.data_ptr(),
                                   .count = static_cast<std::size_t>(work.block),
                                   .type = nccl_type_of(sent),
                                   .root = static_cast<int>(work.root)},
                                  settings_.limit);
}

void DeviceTeam::carry_out_on_host(const TeamWork& work) const {
    TensorPerDevice on_host;
    for (const torch::Tensor& tensor : work.sent) {  // which may share memory with a result
        on_host.push_back(tensor.to(torch::kCPU, tensor.scalar_type(), /*non_blocking=*/false,
                                    /*copy=*/true));
    }
    const torch::Tensor all = result_on_host(work, on_host);
    for (std::size_t place = 0; place < work.received.size(); ++place) {
        torch::Tensor received = work.received[place];
        const std::int64_t count = received.numel();
        const std::int64_t first =
            count == all.numel() ? 0 : static_cast<std::int64_t>(place) * count;
        received.copy_(all.narrow(0, first, count));
    }
    wait();
}

}  // namespace trilby::backends
