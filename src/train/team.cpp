// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/team.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_descriptor.hpp"

namespace trilby::train {
namespace {

using worker::Failure;

/// Whether the process failed because another one did.
bool is_consequence(const Failure& failure) {
    return failure.error.code == ErrorCode::unavailable ||
           failure.outcome == worker::Outcome::cancelled;
}

Result<platform::FileDescriptor> make_event() {
    platform::FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) {
        return std::unexpected(platform::system_error(errno, "create", "an event descriptor"));
    }
    return event;
}

void raise(int event_fd) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(event_fd, &one, sizeof one);
}

/// How long a process has to notice that another one has failed.
constexpr auto grace = std::chrono::seconds(2);

}  // namespace

/// The parts of a team that a member needs.
struct Team::Shared {
    std::shared_future<bool> are_data_ready;
    std::shared_future<void> first_has_ended;
    int abandon_fd = -1;
    int abandon_first_fd = -1;
};

/// A process besides the first, in a thread that waits for it.
class Team::Member {
  public:
    Member(std::int64_t rank, Shared shared) : rank_(rank), shared_(std::move(shared)) {}

    void start(const PreparedData& data, SessionOptions options, const Recipe& recipe,
               json::object params) {
        options.interrupts = nullptr;  // all stop after the same step
        options.on_cancel = {};
        options.abandon_fd = shared_.abandon_fd;
        options.silence_limit = std::chrono::hours(24 * 365);  // the others notice its silence
        failure_ = std::async(std::launch::async, [=, this, &data, &recipe] {
            auto failure = work(data, options, recipe, params);
            const bool has_failed = failure && failure->outcome != worker::Outcome::cancelled;
            // The first process may wait for one that has not even joined. But if all stop, it may
            // take longer to save.
            if (has_failed &&
                shared_.first_has_ended.wait_for(grace) != std::future_status::ready) {
                raise(shared_.abandon_first_fd);
            }
            return failure;
        });
    }
    [[nodiscard]] std::int64_t rank() const { return rank_; }
    [[nodiscard]] bool has_ended_after(std::chrono::seconds wait) const {
        return failure_.wait_for(wait) == std::future_status::ready;
    }
    [[nodiscard]] std::optional<Failure> failure() { return failure_.get(); }

  private:
    [[nodiscard]] std::optional<Failure> work(const PreparedData& data,
                                              const SessionOptions& options, const Recipe& recipe,
                                              const json::object& params) const {
        auto session = Session::start_on_sealed(data, options);
        if (!session) {
            return session.error();
        }
        if (!shared_.are_data_ready.get()) {
            return std::nullopt;
        }
        const auto done = session->run("train", recipe, params);
        return done ? std::nullopt : std::optional(done.error());
    }

    std::int64_t rank_;
    Shared shared_;
    std::future<std::optional<Failure>> failure_;
};

Result<Team> Team::create(const TeamOptions& options) {
    TRILBY_TRY(store, platform::TemporaryFolder::create("trilby-group"));
    TRILBY_TRY(abandon, make_event());
    TRILBY_TRY(abandon_first, make_event());
    return Team(options, std::move(store), std::move(abandon), std::move(abandon_first));
}

Team::Team(TeamOptions options, platform::TemporaryFolder store, platform::FileDescriptor abandon,
           platform::FileDescriptor abandon_first)
    : options_(std::move(options)),
      store_(std::move(store)),
      abandon_(std::move(abandon)),
      abandon_first_(std::move(abandon_first)) {}

Team::Team(Team&&) noexcept = default;

Team::~Team() {
    if (!members_.empty()) {
        static_cast<void>(end(Failure{}));
    }
}

group::Place Team::place(std::int64_t rank) const {
    return {.rank = rank,
            .size = options_.processes,
            .engine = options_.engine.string(),
            .store_folder = store_.path().string(),
            .timeout_s = options_.timeout_s};
}

void Team::start(const PreparedData& data, const SessionOptions& options, const Recipe& recipe,
                 const json::object& params) {
    const Shared shared{.are_data_ready = data_ready_.get_future().share(),
                        .first_has_ended = first_ended_.get_future().share(),
                        .abandon_fd = abandon_.get(),
                        .abandon_first_fd = abandon_first_.get()};
    for (std::int64_t rank = 1; rank < options_.processes; ++rank) {
        SessionOptions own = options;
        own.device += options_.has_gpus ? rank : 0;
        json::object own_params = params;
        own_params["place"] = to_json(place(rank));
        members_.push_back(std::make_unique<Member>(rank, shared));
        members_.back()->start(data, std::move(own), recipe, std::move(own_params));
    }
}

void Team::data_are_ready() {
    data_ready_.set_value(true);
    is_waiting_for_data_ = false;
}

/// Ends those that do not end by themselves.
void Team::end_members(std::chrono::seconds wait) {
    first_ended_.set_value();
    if (std::exchange(is_waiting_for_data_, false)) {
        data_ready_.set_value(false);
    }
    for (const auto& member : members_) {
        if (!member->has_ended_after(wait)) {
            raise(abandon_.get());
        }
    }
}

std::optional<Failure> Team::end(const std::optional<Failure>& failure) {
    end_members(failure ? grace : std::chrono::seconds(30));
    std::optional<Failure> cause = failure;
    for (const auto& member : std::exchange(members_, {})) {
        auto other = member->failure();
        if (other && !is_consequence(*other) && (!cause || is_consequence(*cause))) {
            other->error.message = fmt::format("process {} of {}: {}", member->rank(),
                                               options_.processes, other->error.message);
            cause = std::move(other);
        }
    }
    return cause;
}

}  // namespace trilby::train
