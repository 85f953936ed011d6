// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/device_group.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::group {
namespace {

/// Shares of the group's time. The rest is for finding out which process is missing.
constexpr double joining_share = 0.5;
constexpr double exchange_share = 0.1;

/// What must fit together, of one process.
struct Facts {
    Facts() = default;
    Facts(int nccl_version, const std::string& address) : version(nccl_version) {
        address.copy(pci_address.data(), pci_address.size() - 1);
    }

    std::int32_t version = 0;
    std::array<char, 32> pci_address{};
};

/// Why these processes cannot use the library together, or empty.
Result<std::string> find_obstacle(Group& group, const Facts& own, const Place& place) {
    std::vector<Facts> all(static_cast<std::size_t>(group.size()));
    TRILBY_CHECK(
        group.gather(std::as_bytes(std::span(&own, 1)), std::as_writable_bytes(std::span(all))));
    std::map<std::pair<std::string, std::string>, std::int64_t> owners;
    for (std::int64_t rank = 0; rank < group.size(); ++rank) {
        Facts& one = all[static_cast<std::size_t>(rank)];
        one.pci_address.back() = '\0';
        if (one.version != all[0].version) {
            return fmt::format("process 0 has version {} of the library, and process {} has {}",
                               version_text(all[0].version), rank, version_text(one.version));
        }
        if (place.interface.empty() && group.host(rank) != group.host(0)) {
            return fmt::format("process {} runs on '{}', and no --interface names the network",
                               rank, group.host(rank));
        }
        const std::string gpu = printable(one.pci_address.data(), one.pci_address.size());
        const auto [owner, is_new] = owners.try_emplace({group.host(rank), gpu}, rank);
        if (!is_new) {
            return fmt::format("processes {} and {} have the same GPU, {} of '{}'", owner->second,
                               rank, gpu, group.host(rank));
        }
    }
    return std::string();
}

Result<Nccl> open_library(const std::optional<DeviceLink>& link) {
    if (!link) {
        return failure(ErrorCode::unavailable, "it computes on the CPU");
    }
    if (link->pci_address.empty()) {
        return failure(ErrorCode::unavailable, "its GPU has no PCI address");
    }
    return Nccl::open(link->library);
}

template <class Value>
Result<std::string> objection_to(Group& group, const Result<Value>& own) {
    return first_objection(group,
                           own ? Result<void>() : Result<void>(std::unexpected(own.error())));
}

/// What a process has to say, as it is sent.
struct Objection {
    std::array<char, 255> text;   ///< empty: none
    std::uint8_t is_consequence;  ///< not 0 if another process has caused it
};

}  // namespace

Result<std::string> first_objection(Group& group, const Result<void>& own) {
    Objection said{};
    if (!own) {
        own.error().message.copy(said.text.data(), said.text.size() - 1);
        said.is_consequence = own.error().code == ErrorCode::unavailable ? 1 : 0;
    }
    std::vector<Objection> all(static_cast<std::size_t>(group.size()));
    TRILBY_CHECK(
        group.gather(std::as_bytes(std::span(&said, 1)), std::as_writable_bytes(std::span(all))));
    const auto objects = [](const Objection& one) { return one.text.front() != '\0'; };
    auto first = std::ranges::find_if(
        all, [&](const Objection& one) { return objects(one) && one.is_consequence == 0; });
    first = first != all.end() ? first : std::ranges::find_if(all, objects);
    if (first == all.end()) {
        return std::string();
    }
    first->text.back() = '\0';
    const std::int64_t rank = first - all.begin();
    return fmt::format("process {} on '{}': {}", rank, group.host(rank),
                       printable(first->text.data(), first->text.size()));
}

Result<DeviceGroup::Agreement> DeviceGroup::join(Group& group, const Place& place,
                                                 const std::optional<DeviceLink>& link) {
    std::unique_ptr<DeviceGroup> devices(new DeviceGroup(place));
    TRILBY_TRY(reason, devices->find_reason_against(group, link));
    if (!reason.empty()) {
        devices.reset();
    }
    return Agreement{.devices = std::move(devices), .reason = std::move(reason)};
}

/// Joins the devices if there is no reason against it. All processes find the same, so that none
/// waits alone.
Result<std::string> DeviceGroup::find_reason_against(Group& group,
                                                     const std::optional<DeviceLink>& link) {
    Result<Nccl> nccl = open_library(link);
    TRILBY_TRY(without_library, objection_to(group, nccl));
    if (!without_library.empty()) {
        return without_library;
    }
    TRILBY_TRY(obstacle, find_obstacle(group, {nccl->version(), link->pci_address}, place_));
    if (!obstacle.empty()) {
        return obstacle;
    }
    use_network(place_.interface);
    Result<NcclId> id = group.rank() == 0 ? nccl->make_id() : NcclId{};
    TRILBY_TRY(without_id, objection_to(group, id));
    if (!without_id.empty()) {
        return without_id;
    }
    TRILBY_CHECK(group.broadcast(std::as_writable_bytes(std::span(&*id, 1))));
    auto joined = NcclCommunicator::join(*nccl, *id, static_cast<int>(place_.rank),
                                         static_cast<int>(place_.size), link->follow,
                                         share_of_time(joining_share));
    if (joined) {
        library_ = nccl->name();
        communicator_ = std::move(*joined);
    }
    return objection_to(group, joined);
}

Result<void> DeviceGroup::exchange_blocks(Bytes sent, WritableBytes received) {
    std::vector<NcclTransfer> transfers;
    const std::size_t block = sent.size() / static_cast<std::size_t>(place_.size);
    for (std::size_t rank = 0; rank < static_cast<std::size_t>(place_.size); ++rank) {
        transfers.push_back({.rank = static_cast<int>(rank),
                             .sent = sent.subspan(rank * block, block),
                             .received = received.subspan(rank * block, block)});
    }
    return exchange(transfers);
}

Result<void> DeviceGroup::gather(Bytes own, WritableBytes all) {
    std::vector<NcclTransfer> transfers;
    for (std::size_t rank = 0; rank < static_cast<std::size_t>(place_.size); ++rank) {
        transfers.push_back({.rank = static_cast<int>(rank),
                             .sent = own,
                             .received = all.subspan(rank * own.size(), own.size())});
    }
    return exchange(transfers);
}

Result<void> DeviceGroup::exchange(const std::vector<NcclTransfer>& transfers) {
    return communicator_->exchange(transfers, share_of_time(exchange_share));
}

NcclCommunicator::Limit DeviceGroup::share_of_time(double share) const {
    return NcclCommunicator::Limit(share * place_.timeout_s);
}

}  // namespace trilby::group
