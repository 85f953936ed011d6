// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The engine for the processes of one machine: what they send goes through memory that they share.

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "group/engines/engine.hpp"
#include "group/engines/mailboxes.hpp"

namespace trilby::group {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* memory_key = "shared memory";
/// A sleeping process notices after this time at the latest that another one has ended.
constexpr std::chrono::milliseconds longest_sleep{100};
/// A process waits this long without sleeping: so short a wait is worth a CPU.
constexpr std::chrono::milliseconds longest_poll{1};

Mailboxes find_memory(const trilby_group_place& place) {
    if (place.rank == 0) {
        Mailboxes made = Mailboxes::make(place.size);
        const std::string path = made.path();
        if (place.set(place.store, memory_key, path.data(), path.size()) != 0) {
            throw std::runtime_error("cannot tell the other processes where the memory is");
        }
        return made;
    }
    std::string path(256, '\0');
    const std::int64_t size = place.get(place.store, memory_key, path.data(), path.size());
    if (size < 0 || size > static_cast<std::int64_t>(path.size())) {
        throw std::runtime_error("process 0 did not start in time");
    }
    path.resize(static_cast<std::size_t>(size));
    return Mailboxes::open(path, place.rank, place.size);
}

/// What is still to be sent to a process, and to be received from it.
struct Rest {
    std::span<const std::byte> sent;
    std::span<std::byte> received;

    [[nodiscard]] bool is_done() const { return sent.empty() && received.empty(); }
};

class SharedMemoryGroup {
  public:
    explicit SharedMemoryGroup(const trilby_group_place& place)
        : rank_(place.rank),
          size_(static_cast<std::size_t>(place.size)),
          limit_(place.timeout_ms),
          boxes_(find_memory(place)) {
        const auto start = Clock::now();
        while (!boxes_.are_all_here()) {
            if (Clock::now() - start > limit_) {
                throw std::runtime_error("the other processes did not start in time");
            }
            const std::uint32_t rings = boxes_.rings();
            if (!boxes_.are_all_here()) {
                boxes_.wait(rings, longest_sleep);
            }
        }
    }

    void exchange(const void* const* sent, const std::size_t* sent_bytes, void* const* received,
                  const std::size_t* received_bytes) {
        std::vector<Rest> rests(size_);
        for (std::size_t i = 0; i < size_; ++i) {
            rests[i] = {{static_cast<const std::byte*>(sent[i]), sent_bytes[i]},
                        {static_cast<std::byte*>(received[i]), received_bytes[i]}};
        }
        Rest& own = rests[static_cast<std::size_t>(rank_)];
        copy_own(own.sent.data(), own.received.data(), own.sent.size());
        own = {};
        finish(rests);
    }

  private:
    void finish(std::vector<Rest>& rests) {
        auto last_move = Clock::now();
        std::optional<int> ended;
        while (true) {
            const std::uint32_t rings = boxes_.rings();
            if (move(rests)) {
                last_move = Clock::now();
                ended.reset();
                continue;
            }
            const std::optional<int> awaited = first_awaited(rests);
            if (!awaited) {
                return;
            }
            if (ended) {
                throw Unreachable(*ended, "it has ended");
            }
            const auto waited = Clock::now() - last_move;
            if (waited > limit_) {
                throw Unreachable(*awaited, "it did not answer in time");
            }
            if (waited < longest_poll) {
                std::this_thread::yield();
                continue;
            }
            boxes_.wait(rings, longest_sleep);
            // It may have put something into its box just before, so look once more.
            ended = first_ended(rests);
        }
    }

    bool move(std::vector<Rest>& rests) {
        bool has_moved = false;
        for (std::size_t i = 0; i < rests.size(); ++i) {
            Rest& rest = rests[i];
            const std::size_t put = boxes_.put(static_cast<int>(i), rest.sent);
            const std::size_t taken = boxes_.take(static_cast<int>(i), rest.received);
            rest.sent = rest.sent.subspan(put);
            rest.received = rest.received.subspan(taken);
            has_moved = has_moved || put > 0 || taken > 0;
        }
        return has_moved;
    }

    static std::optional<int> first_awaited(const std::vector<Rest>& rests) {
        for (std::size_t i = 0; i < rests.size(); ++i) {
            if (!rests[i].is_done()) {
                return static_cast<int>(i);
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<int> first_ended(const std::vector<Rest>& rests) const {
        for (std::size_t i = 0; i < rests.size(); ++i) {
            if (!rests[i].is_done() && !boxes_.is_here(static_cast<int>(i))) {
                return static_cast<int>(i);
            }
        }
        return std::nullopt;
    }

    int rank_;
    std::size_t size_;
    std::chrono::milliseconds limit_;
    Mailboxes boxes_;
};

}  // namespace
}  // namespace trilby::group

const trilby_group_engine* trilby_group_engine_get() {
    static const trilby_group_engine engine =
        trilby::group::make_engine<trilby::group::SharedMemoryGroup>("shared memory");
    return &engine;
}
