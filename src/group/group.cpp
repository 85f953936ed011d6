// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/group.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/dynamic_library.hpp"

namespace trilby::group {
namespace {

using HostName = std::array<char, 64>;

HostName own_host() {
    HostName name{};
    ::gethostname(name.data(), name.size() - 1);
    return name;
}

Result<const trilby_group_engine*> load_engine(const std::string& file) {
    TRILBY_TRY(library, platform::DynamicLibrary::open(file));
    using Get = const trilby_group_engine* (*)();
    const auto get = reinterpret_cast<Get>(library.symbol("trilby_group_engine_get"));
    const trilby_group_engine* const engine = get != nullptr ? get() : nullptr;
    if (engine == nullptr || engine->abi_version != TRILBY_GROUP_ABI_VERSION ||
        engine->struct_size < sizeof(trilby_group_engine)) {
        return failure(ErrorCode::unavailable,
                       fmt::format("'{}' is not an engine for this version of Trilby", file),
                       "reinstall Trilby");
    }
    return engine;
}

trilby_group_place abi_place(const Place& place, Store& store) {
    return {
        .struct_size = sizeof(trilby_group_place),
        .rank = static_cast<std::int32_t>(place.rank),
        .size = static_cast<std::int32_t>(place.size),
        .timeout_ms = static_cast<std::int32_t>(place.timeout_s * 1000),
        .interface = place.interface.empty() ? nullptr : place.interface.c_str(),
        .store = &store,
        .set =
            [](void* to, const char* key, const void* value, std::size_t size) {
                const std::string text(static_cast<const char*>(value), size);
                return static_cast<Store*>(to)->set(key, text) ? 0 : -1;
            },
        .get = [](void* from, const char* key, void* into, std::size_t capacity) -> std::int64_t {
            const auto value = static_cast<Store*>(from)->get(key);
            if (!value) {
                return -1;
            }
            if (capacity > 0) {
                std::memcpy(into, value->data(), std::min(capacity, value->size()));
            }
            return static_cast<std::int64_t>(value->size());
        }};
}

}  // namespace

Result<Group> Group::join(const Place& place, Store& store) {
    TRILBY_TRY(engine, load_engine(place.engine));
    const trilby_group_place given = abi_place(place, store);
    trilby_group_failure failed{-1, {}};
    void* const joined = engine->join(&given, &failed);
    if (joined == nullptr) {
        return failure(ErrorCode::unavailable,
                       fmt::format("process {} of {} cannot join the others: {}", place.rank,
                                   place.size, printable(failed.message, 400)),
                       "see why the others did not start; they need the same command, version and "
                       "network");
    }
    Group group(*engine, joined, place);
    TRILBY_CHECK(group.tell_hosts());
    return group;
}

Group::Group(const trilby_group_engine& engine, void* group, const Place& place)
    : rank_(place.rank),
      hosts_(static_cast<std::size_t>(place.size), "an unknown host"),
      group_(group, Leave{&engine}) {}

/// So that an error can name the host of a process.
Result<void> Group::tell_hosts() {
    const HostName own = own_host();
    std::vector<HostName> all(hosts_.size());
    TRILBY_CHECK(gather(std::as_bytes(std::span(own)), std::as_writable_bytes(std::span(all))));
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].back() = '\0';
        hosts_[i] = printable(all[i].data(), all[i].size());
    }
    return {};
}

Group::Transfers Group::no_transfers() const {
    return {.sent = std::vector<const void*>(hosts_.size()),
            .sent_bytes = std::vector<std::size_t>(hosts_.size()),
            .received = std::vector<void*>(hosts_.size()),
            .received_bytes = std::vector<std::size_t>(hosts_.size())};
}

Result<void> Group::exchange(const Transfers& transfers) {
    trilby_group_failure failed{-1, {}};
    if (group_.get_deleter().engine->exchange(
            group_.get(), transfers.sent.data(), transfers.sent_bytes.data(),
            transfers.received.data(), transfers.received_bytes.data(), &failed) == 0) {
        return {};
    }
    const auto rank = static_cast<std::size_t>(failed.rank);
    const std::string who = failed.rank >= 0 && rank < hosts_.size()
                                ? fmt::format("process {} of {}, on '{}', cannot be reached", rank,
                                              hosts_.size(), hosts_[rank])
                                : std::string("the processes lost each other");
    return failure(ErrorCode::unavailable,
                   fmt::format("{}: {}", who, printable(failed.message, 400)),
                   "see what that process said last; resume the run from its checkpoint");
}

Result<void> Group::exchange_blocks(Bytes sent, WritableBytes received) {
    Transfers transfers = no_transfers();
    const std::size_t block = sent.size() / hosts_.size();
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        transfers.sent[i] = sent.data() + i * block;
        transfers.received[i] = received.data() + i * block;
        transfers.sent_bytes[i] = transfers.received_bytes[i] = block;
    }
    return exchange(transfers);
}

Result<void> Group::gather(Bytes own, WritableBytes all) {
    Transfers transfers = no_transfers();
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        transfers.sent[i] = own.data();
        transfers.received[i] = all.data() + i * own.size();
        transfers.sent_bytes[i] = transfers.received_bytes[i] = own.size();
    }
    return exchange(transfers);
}

Result<void> Group::broadcast(WritableBytes bytes) {
    Transfers transfers = no_transfers();
    if (rank_ == 0) {
        for (std::size_t i = 1; i < hosts_.size(); ++i) {
            transfers.sent[i] = bytes.data();
            transfers.sent_bytes[i] = bytes.size();
        }
    } else {
        transfers.received[0] = bytes.data();
        transfers.received_bytes[0] = bytes.size();
    }
    return exchange(transfers);
}

Result<void> Group::broadcast(std::string& text) {
    std::uint64_t size = text.size();
    TRILBY_CHECK(broadcast(std::as_writable_bytes(std::span(&size, 1))));
    text.resize(size);
    return broadcast(std::as_writable_bytes(std::span(text)));
}

Result<void> Group::meet() {
    const std::byte here{1};
    std::vector<std::byte> all(hosts_.size());
    return gather(std::span(&here, 1), all);
}

}  // namespace trilby::group
