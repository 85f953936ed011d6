// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA's NCCL, or AMD's RCCL, which has the same functions: what is in the memory of a process's
/// GPU goes to the GPUs of other processes. Opened at run time, so that Trilby needs neither.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/dynamic_library.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

/// The name of a group, by which its processes know each other. As in NCCL's binary interface.
struct NcclId {
    char bytes[128];
};

/// As in NCCL's binary interface since 2.14, the first version that can join without blocking.
/// Later versions take the rest from their defaults.
struct NcclConfig {
    std::size_t size;
    unsigned magic;
    unsigned version;
    int blocking;
    int unused;
};

/// The functions of the library, by their names there. They return a status; communicators and
/// streams are pointers to things of its own.
struct NcclFunctions {
    int (*get_version)(int* version);
    int (*get_unique_id)(NcclId* id);
    int (*init)(void** communicator, int size, NcclId id, int rank, NcclConfig* config);
    int (*get_state)(void* communicator, int* state);
    int (*begin)();
    int (*end)();
    int (*send)(const void* bytes, std::size_t count, int type, int to, void* communicator,
                void* stream);
    int (*receive)(void* bytes, std::size_t count, int type, int from, void* communicator,
                   void* stream);
    int (*all_reduce)(const void* sent, void* received, std::size_t count, int type, int operation,
                      void* communicator, void* stream);
    int (*reduce_scatter)(const void* sent, void* received, std::size_t received_count, int type,
                          int operation, void* communicator, void* stream);
    int (*all_gather)(const void* sent, void* received, std::size_t sent_count, int type,
                      void* communicator, void* stream);
    int (*broadcast)(const void* sent, void* received, std::size_t count, int type, int root,
                     void* communicator, void* stream);
    int (*finalize)(void* communicator);
    int (*destroy)(void* communicator);
    int (*abort)(void* communicator);
    const char* (*text_of)(int status);
};

/// "2.21.5" for 22105.
[[nodiscard]] std::string version_text(int nccl_version);

/// Makes the library use only the network that the user named, or the loopback device without a
/// name: by itself it would choose one. NCCL_SOCKET_IFNAME takes precedence if it is set. Call it
/// before the first id is made.
void use_network(const std::string& interface);

class Nccl {
  public:
    /// A name that the loader searches, or a path. ErrorCode::unavailable if it is not there or
    /// too old.
    [[nodiscard]] static Result<Nccl> open(const std::string& library);

    /// 22105 for 2.21.5.
    [[nodiscard]] int version() const { return version_; }
    /// "libnccl.so.2, version 2.21.5"
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Result<NcclId> make_id() const;
    [[nodiscard]] const NcclFunctions& functions() const { return functions_; }

  private:
    NcclFunctions functions_{};
    int version_ = 0;
    std::string name_;
};

/// What a process sends to one of the others, its own number included, and receives from it.
struct NcclTransfer {
    int rank;
    std::span<const std::byte> sent;
    std::span<std::byte> received;
};

/// The types of numbers that the library adds up, by their values in its binary interface.
enum class NcclType : int { int64 = 4, float16 = 6, float32 = 7, bfloat16 = 9 };

enum class NcclOperation : std::uint8_t { all_reduce, reduce_scatter, all_gather, broadcast };

/// One process's part in an operation of the library. All give the same operation, count, type and
/// root.
struct NcclCollective {
    NcclOperation operation;
    const void* sent;
    void* received;
    std::size_t count;  ///< of the smaller of `sent` and `received`
    NcclType type;
    int root = 0;  ///< of a broadcast
};

/// The connections of a process to all others. Its work is on the default stream of the device that
/// was the thread's current one when it joined.
class NcclCommunicator {
  public:
    using Limit = std::chrono::duration<double>;
    /// Whether something is done.
    using IsDone = std::function<bool()>;
    /// Says when the work is done that the default stream has at the time of the call.
    using Follow = std::function<IsDone()>;

    /// Returns once all are connected. The `id` is that of one process.
    [[nodiscard]] static Result<std::unique_ptr<NcclCommunicator>> join(const Nccl& nccl,
                                                                        const NcclId& id, int rank,
                                                                        int size, Follow follow,
                                                                        Limit limit);
    NcclCommunicator(const NcclCommunicator&) = delete;
    NcclCommunicator& operator=(const NcclCommunicator&) = delete;
    ~NcclCommunicator();

    /// Returns when the bytes have arrived. The device must have written what is sent. After a
    /// failure nothing can be exchanged any more.
    [[nodiscard]] Result<void> exchange(const std::vector<NcclTransfer>& transfers, Limit limit);
    /// The same for an operation of the library, which adds up in an order of its own.
    [[nodiscard]] Result<void> carry_out(const NcclCollective& collective, Limit limit);

  private:
    NcclCommunicator(const NcclFunctions& nccl, Follow follow)
        : nccl_(nccl), follow_(std::move(follow)) {}

    using Enqueue = std::function<Result<void>()>;

    [[nodiscard]] Result<void> complete(const Enqueue& enqueue, Limit limit);
    [[nodiscard]] Result<void> enqueue_and_wait(const Enqueue& enqueue, Limit limit);
    [[nodiscard]] Result<void> enqueue_as_group(const Enqueue& enqueue);
    [[nodiscard]] Result<void> enqueue_all(const std::vector<NcclTransfer>& transfers);
    [[nodiscard]] Result<void> enqueue(const NcclCollective& collective);
    /// Waits until the library has no call in progress and `is_done`.
    [[nodiscard]] Result<void> wait(const char* what, const IsDone& is_done, Limit limit) const;
    [[nodiscard]] bool can_leave_in_peace() const;

    NcclFunctions nccl_;
    Follow follow_;
    void* communicator_ = nullptr;
    bool is_whole_ = false;  ///< whether all work has succeeded, and there was some
};

}  // namespace trilby::group
