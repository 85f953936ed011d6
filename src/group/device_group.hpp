// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The GPUs of a group's processes, which send each other what is in their memory without the host:
/// through NCCL or RCCL, where all processes have it and a GPU of their own.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "group/group.hpp"
#include "group/nccl.hpp"
#include "group/place.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

/// A process's GPU, which is the current device of the thread.
struct DeviceLink {
    std::string library;      ///< "libnccl.so.2" or "librccl.so.1", or a path
    std::string pci_address;  ///< empty if it is unknown
    NcclCommunicator::Follow follow;
};

/// Which process has failed, on which host, and with what message. It is the first one that did not
/// just wait for another (ErrorCode::unavailable), if there is such a process. Empty if none has
/// failed. All processes call it.
[[nodiscard]] Result<std::string> first_objection(Group& group, const Result<void>& own);

/// Its errors do not say which process is missing: Group::meet() does.
class DeviceGroup {
  public:
    /// What all processes have agreed on.
    struct Agreement {
        std::unique_ptr<DeviceGroup> devices;  ///< nothing: the host carries all
        std::string reason;                    ///< why it does
    };

    /// All processes of the group call it; one without a GPU gives no link. An error only if they
    /// have lost each other.
    [[nodiscard]] static Result<Agreement> join(Group& group, const Place& place,
                                                const std::optional<DeviceLink>& link);

    /// "libnccl.so.2, version 2.21.5"
    [[nodiscard]] const std::string& library() const { return library_; }

    /// Like those of Group, with memory of the device, which must have finished its work there.
    [[nodiscard]] Result<void> exchange_blocks(Bytes sent, WritableBytes received);
    [[nodiscard]] Result<void> gather(Bytes own, WritableBytes all);

  private:
    explicit DeviceGroup(Place place) : place_(std::move(place)) {}

    [[nodiscard]] Result<std::string> find_reason_against(Group& group,
                                                          const std::optional<DeviceLink>& link);
    [[nodiscard]] Result<void> exchange(const std::vector<NcclTransfer>& transfers);
    [[nodiscard]] NcclCommunicator::Limit share_of_time(double share) const;

    Place place_;
    std::string library_;
    std::unique_ptr<NcclCommunicator> communicator_;
};

}  // namespace trilby::group
