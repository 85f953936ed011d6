// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The engine over TCP: the library Gloo, as distributions package it.

#include <chrono>
#include <cstdint>
#include <exception>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/unbound_buffer.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "group/engines/engine.hpp"

namespace trilby::group {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// The values of the place, as Gloo asks for them.
class PlaceStore : public gloo::rendezvous::Store {
  public:
    explicit PlaceStore(const trilby_group_place& place) : place_(place) {}

    void set(const std::string& key, const std::vector<char>& value) override {
        if (place_.set(place_.store, key.c_str(), value.data(), value.size()) != 0) {
            throw std::runtime_error("cannot write '" + key + "' for the other processes");
        }
    }
    std::vector<char> get(const std::string& key) override {
        std::vector<char> value(size_of(key, nullptr, 0));
        value.resize(size_of(key, value.data(), value.size()));
        return value;
    }
    void wait(const std::vector<std::string>& keys) override {
        for (const std::string& key : keys) {
            static_cast<void>(size_of(key, nullptr, 0));
        }
    }
    void wait(const std::vector<std::string>& keys, const Milliseconds& /*limit*/) override {
        wait(keys);
    }

  private:
    std::size_t size_of(const std::string& key, char* into, std::size_t capacity) {
        const std::int64_t size = place_.get(place_.store, key.c_str(), into, capacity);
        if (size < 0) {
            throw std::runtime_error("the other processes did not start in time");
        }
        return static_cast<std::size_t>(size);
    }

    const trilby_group_place& place_;
};

/// Versions of Gloo differ in how they take the store.
template <class Context>
void connect(Context& context, const trilby_group_place& place,
             std::shared_ptr<gloo::transport::Device>& device) {
    if constexpr (requires(PlaceStore & store) { context.connectFullMesh(store, device); }) {
        PlaceStore store(place);
        context.connectFullMesh(store, device);
    } else {
        context.connectFullMesh(std::make_shared<PlaceStore>(place), device);
    }
}

class GlooGroup {
  public:
    explicit GlooGroup(const trilby_group_place& place)
        : limit_(place.timeout_ms),
          context_(std::make_shared<gloo::rendezvous::Context>(place.rank, place.size)) {
        gloo::transport::tcp::attr attributes("127.0.0.1");
        if (place.interface != nullptr) {
            attributes = {};
            attributes.iface = place.interface;
        }
        auto device = gloo::transport::tcp::CreateDevice(attributes);
        context_->setTimeout(limit_);
        connect(*context_, place, device);
    }

    void exchange(const void* const* sent, const std::size_t* sent_bytes, void* const* received,
                  const std::size_t* received_bytes) {
        const std::uint64_t slot = next_slot_++;
        std::vector<Buffer> outgoing;
        std::vector<Buffer> incoming;
        for (int rank = 0; rank < context_->size; ++rank) {
            if (rank == context_->rank) {
                copy_own(sent[rank], received[rank], sent_bytes[rank]);
                continue;
            }
            if (received_bytes[rank] > 0) {
                incoming.push_back(buffer(received[rank], received_bytes[rank], rank));
                at(rank, [&] { incoming.back().memory->recv(rank, slot); });
            }
            if (sent_bytes[rank] > 0) {
                // Gloo does not write to what it sends.
                outgoing.push_back(buffer(const_cast<void*>(sent[rank]), sent_bytes[rank], rank));
                at(rank, [&] { outgoing.back().memory->send(rank, slot); });
            }
        }
        for (Buffer& one : incoming) {
            at(one.rank, [&] { one.memory->waitRecv(limit_); });
        }
        for (Buffer& one : outgoing) {
            at(one.rank, [&] { one.memory->waitSend(limit_); });
        }
    }

  private:
    struct Buffer {
        int rank;
        std::unique_ptr<gloo::transport::UnboundBuffer> memory;
    };

    Buffer buffer(void* bytes, std::size_t size, int rank) {
        return {rank, context_->createUnboundBuffer(bytes, size)};
    }

    template <class Act>
    static void at(int rank, Act act) {
        try {
            act();
        } catch (const std::exception& exception) {
            throw Unreachable(rank, exception.what());
        }
    }

    Milliseconds limit_;
    std::shared_ptr<gloo::rendezvous::Context> context_;
    std::uint64_t next_slot_ = 0;
};

}  // namespace
}  // namespace trilby::group

const trilby_group_engine* trilby_group_engine_get() {
    static const trilby_group_engine engine =
        trilby::group::make_engine<trilby::group::GlooGroup>("gloo");
    return &engine;
}
