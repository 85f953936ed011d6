// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/group_store.hpp"

#include <chrono>
#include <exception>
#include <fmt/format.h>
#include <torch/torch.h>
#include <utility>

#if __has_include(<torch/csrc/distributed/c10d/TCPStore.hpp>)
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#define TRILBY_HAS_TCP_STORE 1
#endif

#include "backends/torch/runtime.hpp"

namespace trilby::backends {
namespace {

#ifdef TRILBY_HAS_TCP_STORE

class TcpStore : public group::Store {
  public:
    explicit TcpStore(c10::intrusive_ptr<c10d::Store> store) : store_(std::move(store)) {}

    Result<void> set(const std::string& key, const std::string& value) override {
        try {
            store_->set(key, std::vector<std::uint8_t>(value.begin(), value.end()));
            return {};
        } catch (const std::exception& exception) {
            return failure(ErrorCode::failed, explain_exception(exception));
        }
    }
    std::optional<std::string> get(const std::string& key) override {
        try {
            const std::vector<std::uint8_t> value = store_->get(key);
            return std::string(value.begin(), value.end());
        } catch (const std::exception&) {
            return std::nullopt;
        }
    }

  private:
    c10::intrusive_ptr<c10d::Store> store_;
};

/// Later versions use libuv unless told otherwise, also where they were built without it. Both
/// kinds of stores understand each other.
void avoid_libuv(auto& options) {
    if constexpr (requires { options.useLibUV; }) {
        options.useLibUV = false;
    }
}

Result<std::unique_ptr<group::Store>> tcp_store(const group::Place& place) {
    c10d::TCPStoreOptions options;
    avoid_libuv(options);
    options.port = static_cast<std::uint16_t>(place.store_port);
    options.isServer = place.rank == 0 && !place.has_store;
    options.waitWorkers = false;
    options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(place.timeout_s * 1000));
    try {
        auto store = c10::make_intrusive<c10d::TCPStore>(place.store_host, options);
        return std::make_unique<TcpStore>(
            c10::make_intrusive<c10d::PrefixStore>(place.store_prefix, std::move(store)));
    } catch (const std::exception& exception) {
        return failure(ErrorCode::failed,
                       fmt::format("process {} cannot reach the store of the group at {} port {}: "
                                   "{}",
                                   place.rank, place.store_host, place.store_port,
                                   explain_exception(exception)),
                       "check MASTER_ADDR and MASTER_PORT, and that the port is free and open");
    }
}

#else

Result<std::unique_ptr<group::Store>> tcp_store(const group::Place& place) {
    return failure(ErrorCode::unavailable,
                   fmt::format("this LibTorch has no TCP store, so process {} cannot find the "
                               "others",
                               place.rank),
                   "start the processes with mpirun, or on one machine with --processes");
}

#endif

}  // namespace

Result<std::unique_ptr<group::Store>> make_group_store(const group::Place& place) {
    if (place.store_host.empty()) {
        return std::make_unique<group::FileStore>(place.store_folder,
                                                  std::chrono::duration<double>(place.timeout_s));
    }
    return tcp_store(place);
}

}  // namespace trilby::backends
