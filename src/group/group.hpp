// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Processes that compute together, and what they tell each other. An engine (group/engines/)
/// carries the bytes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "group/engine_abi.h"
#include "group/place.hpp"
#include "group/store.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

using Bytes = std::span<const std::byte>;
using WritableBytes = std::span<std::byte>;

class Group {
  public:
    /// Loads the engine and waits until all processes are connected. Its errors, and those of the
    /// calls below, name the process that could not be reached and its host.
    [[nodiscard]] static Result<Group> join(const Place& place, Store& store);

    [[nodiscard]] std::int64_t rank() const { return rank_; }
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(hosts_.size()); }
    [[nodiscard]] const std::string& host(std::int64_t rank) const {
        return hosts_[static_cast<std::size_t>(rank)];
    }

    /// Sends block i of `sent` to process i, and receives block i of `received` from it. All blocks
    /// have the same size.
    [[nodiscard]] Result<void> exchange_blocks(Bytes sent, WritableBytes received);
    /// Gives `own` to all processes; `all` has those of all, by rank.
    [[nodiscard]] Result<void> gather(Bytes own, WritableBytes all);
    /// Gives the bytes of process 0 to all others.
    [[nodiscard]] Result<void> broadcast(WritableBytes bytes);
    [[nodiscard]] Result<void> broadcast(std::string& text);
    /// Returns once all processes have called it. An error names one that has died or hangs.
    [[nodiscard]] Result<void> meet();

  private:
    struct Leave {
        const trilby_group_engine* engine;
        void operator()(void* group) const { engine->leave(group); }
    };

    Group(const trilby_group_engine& engine, void* group, const Place& place);

    /// Transfers of one process to and from all others, by rank.
    struct Transfers {
        std::vector<const void*> sent;
        std::vector<std::size_t> sent_bytes;
        std::vector<void*> received;
        std::vector<std::size_t> received_bytes;
    };
    [[nodiscard]] Transfers no_transfers() const;
    [[nodiscard]] Result<void> exchange(const Transfers& transfers);
    [[nodiscard]] Result<void> tell_hosts();

    std::int64_t rank_;
    std::vector<std::string> hosts_;  ///< by rank
    std::unique_ptr<void, Leave> group_;
};

}  // namespace trilby::group
