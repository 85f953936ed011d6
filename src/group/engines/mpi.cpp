// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The engine over MPI. Compiled once for each MPI library that is there, since their binary
/// interfaces differ.

#include <chrono>
#include <cstddef>
#include <limits>
#include <mpi.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "group/engines/engine.hpp"

namespace trilby::group {
namespace {

using Clock = std::chrono::steady_clock;

void require(int status, int rank) {
    if (status != MPI_SUCCESS) {
        std::string text(MPI_MAX_ERROR_STRING, '\0');
        int size = 0;
        MPI_Error_string(status, text.data(), &size);
        throw Unreachable(rank, text.substr(0, static_cast<std::size_t>(size)));
    }
}

class MpiGroup {
  public:
    explicit MpiGroup(const trilby_group_place& place)
        : limit_(std::chrono::milliseconds(place.timeout_ms)) {
        int provided = 0;
        require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), -1);
        require(MPI_Comm_dup(MPI_COMM_WORLD, &world_), -1);
        require(MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN), -1);
        MPI_Comm_rank(world_, &rank_);
        MPI_Comm_size(world_, &size_);
        if (rank_ != place.rank || size_ != place.size) {
            throw std::runtime_error("MPI says that this is process " + std::to_string(rank_) +
                                     " of " + std::to_string(size_) + ", the launcher that it is " +
                                     std::to_string(place.rank) + " of " +
                                     std::to_string(place.size));
        }
    }

    /// MPI_Finalize() waits for all processes, so not after one was lost.
    ~MpiGroup() {
        if (is_whole_) {
            MPI_Finalize();
        }
    }
    MpiGroup(const MpiGroup&) = delete;
    MpiGroup& operator=(const MpiGroup&) = delete;

    void exchange(const void* const* sent, const std::size_t* sent_bytes, void* const* received,
                  const std::size_t* received_bytes) {
        is_whole_ = false;
        std::vector<Request> requests;
        for (int rank = 0; rank < size_; ++rank) {
            if (rank == rank_) {
                copy_own(sent[rank], received[rank], sent_bytes[rank]);
                continue;
            }
            for (const Piece& piece : pieces_of(received_bytes[rank])) {
                requests.push_back({rank});
                require(MPI_Irecv(static_cast<char*>(received[rank]) + piece.first, piece.bytes,
                                  MPI_BYTE, rank, 0, world_, &requests.back().handle),
                        rank);
            }
            for (const Piece& piece : pieces_of(sent_bytes[rank])) {
                requests.push_back({rank});
                require(MPI_Isend(static_cast<const char*>(sent[rank]) + piece.first, piece.bytes,
                                  MPI_BYTE, rank, 0, world_, &requests.back().handle),
                        rank);
            }
        }
        for (Request& request : requests) {
            wait(request);
        }
        is_whole_ = true;
    }

  private:
    struct Request {
        int rank;
        MPI_Request handle = MPI_REQUEST_NULL;
    };
    /// MPI counts with int.
    struct Piece {
        std::size_t first;
        int bytes;
    };

    static std::vector<Piece> pieces_of(std::size_t bytes) {
        constexpr std::size_t most = std::numeric_limits<int>::max();
        std::vector<Piece> pieces;
        for (std::size_t first = 0; first < bytes; first += most) {
            pieces.push_back({first, static_cast<int>(std::min(most, bytes - first))});
        }
        return pieces;
    }

    /// MPI_Wait() has no limit of time.
    void wait(Request& request) {
        const auto start = Clock::now();
        for (int polls = 0;; ++polls) {
            int is_done = 0;
            require(MPI_Test(&request.handle, &is_done, MPI_STATUS_IGNORE), request.rank);
            if (is_done != 0) {
                return;
            }
            const auto waited = Clock::now() - start;
            if (waited > limit_) {
                throw Unreachable(request.rank, "it did not answer in time");
            }
            if (waited > std::chrono::milliseconds(2)) {  // a short wait is worth a CPU
                std::this_thread::sleep_for(std::chrono::microseconds(50));
            } else if (polls % 100 == 99) {
                std::this_thread::yield();
            }
        }
    }

    Clock::duration limit_;
    MPI_Comm world_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    bool is_whole_ = true;  ///< whether all exchanges have succeeded
};

}  // namespace
}  // namespace trilby::group

const trilby_group_engine* trilby_group_engine_get() {
    static const trilby_group_engine engine =
        trilby::group::make_engine<trilby::group::MpiGroup>("mpi");
    return &engine;
}
