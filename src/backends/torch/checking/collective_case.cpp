// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/collective_case.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trilby::backends {
namespace {

constexpr std::array kinds{
    CollectiveKind{TeamOperation::all_reduce, validate::quantities::all_reduce, Extent::block,
                   Extent::block},
    CollectiveKind{TeamOperation::reduce_scatter, validate::quantities::reduce_scatter, Extent::all,
                   Extent::block},
    CollectiveKind{TeamOperation::all_gather, validate::quantities::all_gather, Extent::block,
                   Extent::all},
    CollectiveKind{TeamOperation::broadcast, validate::quantities::broadcast, Extent::block,
                   Extent::block},
    CollectiveKind{TeamOperation::all_to_all, validate::quantities::all_to_all, Extent::all,
                   Extent::all}};

/// The sum of such integers is exact in every order of summation.
std::int64_t largest_term(torch::ScalarType type, std::int64_t devices) {
    const int digits = type == torch::kInt64     ? 48
                       : type == torch::kFloat32 ? 24
                       : type == torch::kFloat16 ? 11
                                                 : 8;
    return std::max<std::int64_t>(1, (std::int64_t{1} << digits) / devices);
}

/// A contiguous tensor that does not look like a result.
torch::Tensor garbage(std::int64_t count, const torch::TensorOptions& options) {
    torch::Tensor tensor = torch::empty({count}, options);
    tensor.view(torch::kUInt8).fill_(0xff);
    return tensor;
}

}  // namespace

std::int64_t CollectiveKind::block_of(torch::ScalarType type, std::int64_t bytes,
                                      std::int64_t devices) const {
    const bool has_all = sent == Extent::all || received == Extent::all;
    const auto of_value = static_cast<std::int64_t>(torch::elementSize(type));
    return std::max<std::int64_t>(1, bytes / of_value / (has_all ? devices : 1));
}

double CollectiveKind::share_on_link(std::int64_t devices) const {
    const double others = static_cast<double>(devices - 1) / static_cast<double>(devices);
    switch (operation) {
        case TeamOperation::all_reduce:
            return 2 * others;
        case TeamOperation::broadcast:
            return 1;
        default:
            return others;
    }
}

std::span<const CollectiveKind> collective_kinds() {
    return kinds;
}

CollectiveCase::CollectiveCase(CheckRun& run, const DeviceTeam& team, const CollectiveKind& kind,
                               torch::ScalarType type, std::int64_t block, bool is_in_place)
    : kind_(kind), block_(block), devices_(std::ssize(team.devices())) {
    constexpr std::int64_t longest_period = 8191;
    const std::int64_t period = std::min(largest_size(), longest_period);
    const std::int64_t limit = largest_term(type, devices_);
    for (std::int64_t place = 0; place < devices_; ++place) {
        rows_.push_back(run.integers({period}, type, -limit, limit));
    }
    sum_ = torch::stack(rows_).to(torch::kFloat64).sum(0).to(type);
    work_ = {.operation = kind.operation,
             .block = block,
             .root = run.between(0, devices_ - 1),
             .sent = {},
             .received = {}};
    for (std::int64_t place = 0; place < devices_; ++place) {
        add_device(place, team.devices()[static_cast<std::size_t>(place)].device, is_in_place);
    }
}

std::int64_t CollectiveCase::bytes() const {
    return largest_size() * static_cast<std::int64_t>(sum_.element_size());
}

torch::Tensor CollectiveCase::expected(std::int64_t place, torch::Device device) const {
    switch (kind_.operation) {
        case TeamOperation::all_reduce:
            return block_of(sum_, 0, device);
        case TeamOperation::reduce_scatter:
            return block_of(sum_, place * block_, device);
        case TeamOperation::broadcast:
            return block_of(rows_[static_cast<std::size_t>(work_.root)], 0, device);
        case TeamOperation::all_gather:
            return blocks_of_all(0, device);
        case TeamOperation::all_to_all:
            break;
    }
    return blocks_of_all(place * block_, device);
}

std::int64_t CollectiveCase::size_of(Extent extent) const {
    return extent == Extent::all ? devices_ * block_ : block_;
}

std::int64_t CollectiveCase::largest_size() const {
    return std::max(size_of(kind_.sent), size_of(kind_.received));
}

/// A block of a row that repeats endlessly, from its number `first` on.
torch::Tensor CollectiveCase::block_of(const torch::Tensor& row, std::int64_t first,
                                       torch::Device device) const {
    const std::int64_t period = row.numel();
    const torch::Tensor rolled = row.roll(-(first % period)).to(device);
    return rolled.repeat({(block_ + period - 1) / period}).narrow(0, 0, block_);
}

torch::Tensor CollectiveCase::blocks_of_all(std::int64_t first, torch::Device device) const {
    torch::Tensor all = torch::empty({devices_ * block_}, sum_.options().device(device));
    for (std::int64_t i = 0; i < devices_; ++i) {
        all.narrow(0, i * block_, block_)
            .copy_(block_of(rows_[static_cast<std::size_t>(i)], first, device));
    }
    return all;
}

void CollectiveCase::add_device(std::int64_t place, torch::Device device, bool is_in_place) {
    const auto options = sum_.options().device(device);
    const auto part_of = [&](const torch::Tensor& whole, Extent extent) {
        return whole.numel() == size_of(extent) ? whole : whole.narrow(0, place * block_, block_);
    };
    const torch::Tensor whole = garbage(largest_size(), options);
    torch::Tensor sent =
        is_in_place ? part_of(whole, kind_.sent) : garbage(size_of(kind_.sent), options);
    for (std::int64_t first = 0; first < sent.numel(); first += block_) {
        sent.narrow(0, first, block_)
            .copy_(block_of(rows_[static_cast<std::size_t>(place)], first, device));
    }
    work_.sent.push_back(std::move(sent));
    work_.received.push_back(part_of(whole, kind_.received));
}

}  // namespace trilby::backends
