// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/nccl.hpp"

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <thread>
#include <utility>

#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::group {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int success = 0;
constexpr int remote_error = 6;
constexpr int in_progress = 7;
constexpr int type_of_bytes = 0;
constexpr int sum = 0;
constexpr int least_version = 21400;
constexpr unsigned magic = 0xcafebeef;
void* const default_stream = nullptr;

/// How long the others may need to take note that this process leaves.
constexpr std::chrono::seconds leaving_limit{10};

template <class Value, class... Arguments>
bool find(const platform::DynamicLibrary& library, const char* name,
          Value (*&function)(Arguments...)) {
    function = reinterpret_cast<Value (*)(Arguments...)>(library.symbol(name));
    return function != nullptr;
}

/// The name of the first function that the library lacks, or null.
const char* find_all(const platform::DynamicLibrary& library, NcclFunctions& functions) {
    const char* missing = nullptr;
    const auto take = [&](const char* name, auto& function) {
        if (!find(library, name, function) && missing == nullptr) {
            missing = name;
        }
    };
    take("ncclGetVersion", functions.get_version);
    take("ncclGetUniqueId", functions.get_unique_id);
    take("ncclCommInitRankConfig", functions.init);
    take("ncclCommGetAsyncError", functions.get_state);
    take("ncclGroupStart", functions.begin);
    take("ncclGroupEnd", functions.end);
    take("ncclSend", functions.send);
    take("ncclRecv", functions.receive);
    take("ncclAllReduce", functions.all_reduce);
    take("ncclReduceScatter", functions.reduce_scatter);
    take("ncclAllGather", functions.all_gather);
    take("ncclBroadcast", functions.broadcast);
    take("ncclCommFinalize", functions.finalize);
    take("ncclCommDestroy", functions.destroy);
    take("ncclCommAbort", functions.abort);
    take("ncclGetErrorString", functions.text_of);
    return missing;
}

/// Calls that do not block may still be in progress when they return. ErrorCode::unavailable if
/// another process is to blame.
Result<void> require(const NcclFunctions& nccl, const char* call, int status) {
    if (status == success || status == in_progress) {
        return {};
    }
    const char* const text = nccl.text_of(status);
    return failure(status == remote_error ? ErrorCode::unavailable : ErrorCode::failed,
                   fmt::format("{} failed with status {}: {}", call, status,
                               printable(text != nullptr ? text : "unknown", 200)),
                   "NCCL_DEBUG=WARN makes the library say more");
}

}  // namespace

std::string version_text(int nccl_version) {
    return fmt::format("{}.{}.{}", nccl_version / 10'000, nccl_version / 100 % 100,
                       nccl_version % 100);
}

void use_network(const std::string& interface) {
    const std::string name = "=" + (interface.empty() ? "lo" : interface);
    ::setenv("NCCL_SOCKET_IFNAME", name.c_str(), /*overwrite=*/0);
}

Result<Nccl> Nccl::open(const std::string& library) {
    TRILBY_TRY(opened, platform::DynamicLibrary::open(library));
    Nccl nccl;
    const char* const missing = find_all(opened, nccl.functions_);
    if (missing != nullptr || nccl.functions_.get_version(&nccl.version_) != success ||
        nccl.version_ < least_version) {
        return failure(ErrorCode::unavailable,
                       fmt::format("'{}' is older than 2.14{}", library,
                                   missing != nullptr ? fmt::format(": it has no {}", missing)
                                                      : std::string()),
                       "install a later version");
    }
    nccl.name_ = fmt::format("{}, version {}", std::filesystem::path(library).filename().string(),
                             version_text(nccl.version_));
    return nccl;
}

Result<NcclId> Nccl::make_id() const {
    NcclId id{};
    TRILBY_CHECK(require(functions_, "ncclGetUniqueId", functions_.get_unique_id(&id)));
    return id;
}

Result<std::unique_ptr<NcclCommunicator>> NcclCommunicator::join(const Nccl& nccl, const NcclId& id,
                                                                 int rank, int size, Follow follow,
                                                                 Limit limit) {
    std::unique_ptr<NcclCommunicator> joined(
        new NcclCommunicator(nccl.functions(), std::move(follow)));
    NcclConfig config{.size = sizeof(NcclConfig),
                      .magic = magic,
                      .version = least_version,
                      .blocking = 0,
                      .unused = INT_MIN};
    TRILBY_CHECK(require(nccl.functions(), "ncclCommInitRankConfig",
                         nccl.functions().init(&joined->communicator_, size, id, rank, &config)));
    TRILBY_CHECK(joined->wait(
        "ncclCommInitRankConfig", [] { return true; }, limit));
    return joined;
}

NcclCommunicator::~NcclCommunicator() {
    if (communicator_ == nullptr) {
        return;
    }
    if (can_leave_in_peace()) {
        nccl_.destroy(communicator_);
    } else {
        nccl_.abort(communicator_);
    }
}

/// Whether the others have read all that they wanted from this process. What they still read would
/// vanish if it left earlier.
bool NcclCommunicator::can_leave_in_peace() const {
    return is_whole_ &&
           require(nccl_, "ncclCommFinalize", nccl_.finalize(communicator_)).has_value() &&
           wait(
               "ncclCommFinalize", [] { return true; }, leaving_limit)
               .has_value();
}

Result<void> NcclCommunicator::exchange(const std::vector<NcclTransfer>& transfers, Limit limit) {
    return complete([&] { return enqueue_all(transfers); }, limit);
}

Result<void> NcclCommunicator::carry_out(const NcclCollective& collective, Limit limit) {
    return complete([&] { return enqueue(collective); }, limit);
}

/// After a failure, nothing of the call may go on, because the library may still be writing.
Result<void> NcclCommunicator::complete(const Enqueue& enqueue, Limit limit) {
    is_whole_ = false;
    const Result<void> done = communicator_ == nullptr
                                  ? failure(ErrorCode::unavailable, "the GPUs lost each other")
                                  : enqueue_and_wait(enqueue, limit);
    if (!done && communicator_ != nullptr) {
        nccl_.abort(std::exchange(communicator_, nullptr));
    }
    is_whole_ = done.has_value();
    return done;
}

Result<void> NcclCommunicator::enqueue_and_wait(const Enqueue& enqueue, Limit limit) {
    TRILBY_CHECK(enqueue_as_group(enqueue));
    IsDone is_done;  // not before the library has put all on the stream
    return wait(
        "the exchange between GPUs",
        [&] {
            is_done = is_done ? is_done : follow_();
            return is_done();
        },
        limit);
}

/// As one group, which ends whatever happens: the library would wait for each transfer alone.
Result<void> NcclCommunicator::enqueue_as_group(const Enqueue& enqueue) {
    TRILBY_CHECK(require(nccl_, "ncclGroupStart", nccl_.begin()));
    const Result<void> enqueued = enqueue();
    const Result<void> ended = require(nccl_, "ncclGroupEnd", nccl_.end());
    return enqueued ? ended : enqueued;
}

Result<void> NcclCommunicator::enqueue_all(const std::vector<NcclTransfer>& transfers) {
    for (const NcclTransfer& transfer : transfers) {
        if (!transfer.sent.empty()) {
            TRILBY_CHECK(
                require(nccl_, "ncclSend",
                        nccl_.send(transfer.sent.data(), transfer.sent.size(), type_of_bytes,
                                   transfer.rank, communicator_, default_stream)));
        }
        if (!transfer.received.empty()) {
            TRILBY_CHECK(require(
                nccl_, "ncclRecv",
                nccl_.receive(transfer.received.data(), transfer.received.size(), type_of_bytes,
                              transfer.rank, communicator_, default_stream)));
        }
    }
    return {};
}

Result<void> NcclCommunicator::enqueue(const NcclCollective& collective) {
    const auto& [operation, sent, received, count, nccl_type, root] = collective;
    const int type = static_cast<int>(nccl_type);
    switch (operation) {
        case NcclOperation::all_reduce:
            return require(
                nccl_, "ncclAllReduce",
                nccl_.all_reduce(sent, received, count, type, sum, communicator_, default_stream));
        case NcclOperation::reduce_scatter:
            return require(nccl_, "ncclReduceScatter",
                           nccl_.reduce_scatter(sent, received, count, type, sum, communicator_,
                                                default_stream));
        case NcclOperation::all_gather:
            return require(
                nccl_, "ncclAllGather",
                nccl_.all_gather(sent, received, count, type, communicator_, default_stream));
        case NcclOperation::broadcast:
            return require(
                nccl_, "ncclBroadcast",
                nccl_.broadcast(sent, received, count, type, root, communicator_, default_stream));
    }
    return {};
}

Result<void> NcclCommunicator::wait(const char* what, const IsDone& is_done, Limit limit) const {
    const auto start = Clock::now();
    while (true) {
        int state = success;
        TRILBY_CHECK(
            require(nccl_, "ncclCommGetAsyncError", nccl_.get_state(communicator_, &state)));
        TRILBY_CHECK(require(nccl_, what, state));
        if (state == success && is_done()) {
            return {};
        }
        const auto waited = Clock::now() - start;
        if (waited > limit) {
            return failure(
                ErrorCode::unavailable,
                fmt::format("the GPUs did not answer each other in {:.0f} s", limit.count()),
                "give more time with --timeout, or see what NCCL_DEBUG=WARN shows");
        }
        if (waited > std::chrono::milliseconds(2)) {  // a short wait is worth a CPU
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        } else {
            std::this_thread::yield();
        }
    }
}

}  // namespace trilby::group
