// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/units.hpp"

namespace trilby::worker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kept_output_bytes = 16U << 10;
constexpr auto exit_wait = std::chrono::milliseconds(2000);

/// Checks here what the worker would reject without an answer.
Result<void> check(std::string_view payload) {
    if (payload.size() > request_limit_bytes) {
        return failure(ErrorCode::usage,
                       fmt::format("the request has {} bytes, expected at most {}", payload.size(),
                                   request_limit_bytes));
    }
    if (const auto parsed = parse_request(payload); !parsed) {
        return failure(ErrorCode::usage, parsed.error().message,
                       "use names and paths that are UTF-8 text");
    }
    return {};
}

Error not_started(Error error) {
    if (error.hint.empty()) {
        error.hint = "reinstall the package trilby";
    }
    return error;
}

}  // namespace

/// The deadlines of the current request, and whether it is being cancelled.
struct Worker::Wait {
    const RequestOptions& options;
    std::int64_t id = 0;
    std::chrono::milliseconds limit = options.silence_limit;
    Clock::time_point end = Clock::now() + options.total_limit;
    Clock::time_point deadline = std::min(Clock::now() + limit, end);
    bool is_cancelling = false;
    int interrupts_noticed = 0;
    std::optional<Error> event_error = std::nullopt;  ///< of on_event, which cancelled the request

    /// A message arrived. It does not extend the deadline of a cancellation.
    void heard() {
        if (!is_cancelling) {
            deadline = std::min(Clock::now() + limit, end);
        }
    }
    void cancelling() {
        is_cancelling = true;
        limit = options.cancel_limit;
        deadline = Clock::now() + limit;
    }
};

Answer<Worker> Worker::start(const WorkerOptions& options) {
    auto child = platform::ChildProcess::spawn(
        {.program = options.program,
         .arguments = {},
         .environment = options.environment,
         .address_space_limit_bytes = options.address_space_limit_bytes,
         .shared_descriptors = options.shared_descriptors});
    if (!child) {
        return std::unexpected(Failure{Outcome::exited, not_started(child.error()), {}});
    }
    Worker worker(std::move(*child));
    const RequestOptions request{.silence_limit = options.start_limit};
    Wait wait{request};
    auto message = worker.next_message(wait);
    if (!message) {
        return std::unexpected(message.error());
    }
    const auto* hello = std::get_if<Hello>(&*message);
    if (hello == nullptr || hello->protocol != protocol_version) {
        return std::unexpected(worker.kill_and_fail(
            Outcome::violated,
            {ErrorCode::unavailable,
             hello == nullptr
                 ? fmt::format("'{}' did not send a greeting", options.program.string())
                 : fmt::format("'{}' speaks protocol {}, expected {}", options.program.string(),
                               hello->protocol, protocol_version),
             "reinstall trilby, so that all its parts have the same version"}));
    }
    return worker;
}

Answer<json::object> Worker::load(const std::filesystem::path& module,
                                  const RequestOptions& options) {
    auto loaded = request("load", {{"module", module.string()}}, options);
    if (!loaded && loaded.error().error.code == ErrorCode::no_input) {
        loaded.error().outcome = Outcome::no_device;
        loaded.error().error.code = ErrorCode::unavailable;
    }
    return loaded;
}

Answer<json::object> Worker::devices(const RequestOptions& options) {
    return request("devices", {}, options);
}

Answer<json::object> Worker::run(const std::string& job, json::object params,
                                 const RequestOptions& options) {
    return request("run", {{"job", job}, {"params", std::move(params)}}, options);
}

Answer<json::object> Worker::request(const std::string& method, json::object params,
                                     const RequestOptions& options) {
    if (options.interrupts != nullptr && options.interrupts->count() > 0) {
        return std::unexpected(
            Failure{Outcome::cancelled, {ErrorCode::interrupted, "interrupted", {}}, {}});
    }
    Wait wait{options, ++last_id_};
    if (auto sent = send({wait.id, method, std::move(params)}); !sent) {
        return std::unexpected(sent.error());
    }
    while (true) {
        auto message = next_message(wait);
        if (!message) {
            return std::unexpected(wait.event_error
                                       ? Failure{Outcome::refused, *wait.event_error, {}}
                                       : message.error());
        }
        wait.heard();
        if (const auto* event = std::get_if<Event>(&*message); event && event->id == wait.id) {
            if (auto taken = take(*event, wait); !taken) {
                return std::unexpected(taken.error());
            }
        } else if (wait.event_error) {
            return std::unexpected(Failure{Outcome::refused, *wait.event_error, {}});
        } else if (auto* reply = std::get_if<Reply>(&*message); reply && reply->id == wait.id) {
            return std::move(reply->result);
        } else if (auto* refusal = std::get_if<Refusal>(&*message);
                   refusal && refusal->id == wait.id) {
            return std::unexpected(with_output(failure_of(*refusal)));
        } else {
            return std::unexpected(kill_and_fail(
                Outcome::violated,
                {ErrorCode::failed, "the worker sent a message that answers no open request",
                 "reinstall the backend's package"}));
        }
    }
}

Answer<WorkerMessage> Worker::next_message(Wait& wait) {
    while (true) {
        auto decoded = take_decoded();
        if (!decoded) {
            return std::unexpected(decoded.error());
        }
        if (*decoded) {
            return std::move(**decoded);
        }
        if (auto polled = poll_once(wait); !polled) {
            return std::unexpected(polled.error());
        }
    }
}

Answer<std::optional<WorkerMessage>> Worker::take_decoded() {
    const auto violated = [this](const Error& why) {
        return std::unexpected(kill_and_fail(
            Outcome::violated,
            {ErrorCode::failed, "the worker broke the protocol: " + printable(why.message, 400),
             "reinstall trilby and its backends, so that all parts have the same version"}));
    };
    auto frame = decoder_.next();
    if (!frame) {
        return violated(frame.error());
    }
    if (!*frame) {
        return std::nullopt;
    }
    auto message = parse_worker_message(**frame);
    if (!message) {
        return violated(message.error());
    }
    return std::move(*message);
}

/// Waits for bytes of the worker, a signal or the deadline.
std::expected<void, Failure> Worker::poll_once(Wait& wait) {
    const int interrupt_fd = wait.options.interrupts ? wait.options.interrupts->fd() : -1;
    // The process before its channel: once it has ended, everything it sent can be read.
    std::array<pollfd, 6> watched{{{child_.handle().get(), POLLIN, 0},
                                   {child_.channel().get(), POLLIN, 0},
                                   {child_.standard_output().get(), POLLIN, 0},
                                   {child_.standard_error().get(), POLLIN, 0},
                                   {interrupt_fd, POLLIN, 0},
                                   {wait.options.abandon_fd, POLLIN, 0}}};
    const auto& [process, channel, output, error, interrupt, abandon] = watched;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(wait.deadline - Clock::now());
    // Another thread that waits for its worker may read the event of a signal before this one
    // sees it, so that the count is looked at now and then.
    const std::int64_t longest_ms = wait.options.interrupts ? 500 : 86'400'000;
    const auto timeout_ms = std::clamp<std::int64_t>(left.count(), 0, longest_ms);
    // A failure, such as EINTR, leaves every revents at 0: the caller polls again.
    ::poll(watched.data(), watched.size(), static_cast<int>(timeout_ms));
    if (abandon.revents != 0) {
        return std::unexpected(kill_and_fail(
            Outcome::cancelled, {ErrorCode::interrupted, "the worker was no longer needed", {}}));
    }
    if (output.revents != 0) {
        static_cast<void>(platform::read_piece(child_.standard_output(), keep_end()));
    }
    if (error.revents != 0) {
        static_cast<void>(platform::read_piece(child_.standard_error(), keep_end()));
    }
    // Messages count even after the deadline: this process may have been suspended.
    const bool has_news = (channel.revents != 0 || process.revents != 0) && !wait.is_cancelling;
    if (left.count() <= 0 && !has_news) {
        return std::unexpected(overdue(wait));
    }
    // Not by poll(): an earlier request may have read the event of this signal.
    if (wait.options.interrupts && wait.options.interrupts->count() > wait.interrupts_noticed) {
        if (auto noticed = notice_interrupt(wait); !noticed) {
            return noticed;
        }
    }
    const bool is_over = channel.revents != 0 ? !read_channel() : process.revents != 0;
    if (is_over) {
        return std::unexpected(ended());
    }
    return {};
}

Failure Worker::overdue(const Wait& wait) {
    const std::string limit = format_duration(wait.limit);
    if (wait.is_cancelling) {
        return kill_and_fail(
            Outcome::cancelled,
            {ErrorCode::interrupted,
             fmt::format("the worker did not stop within {} and was killed", limit),
             {}});
    }
    const bool is_silent = wait.deadline < wait.end;
    return kill_and_fail(
        Outcome::timed_out,
        {ErrorCode::failed,
         is_silent ? fmt::format("the worker said nothing for {} and was killed", limit)
                   : fmt::format("the worker did not end within {} and was killed",
                                 format_duration(wait.options.total_limit)),
         "the backend, its driver or the device hangs; look at 'journalctl -k' for messages of the "
         "driver"});
}

std::expected<void, Failure> Worker::notice_interrupt(Wait& wait) {
    wait.interrupts_noticed = wait.options.interrupts->count();
    if (wait.interrupts_noticed > 1) {
        return std::unexpected(
            kill_and_fail(Outcome::cancelled, {ErrorCode::interrupted, "interrupted twice", {}}));
    }
    if (wait.options.on_cancel) {
        wait.options.on_cancel();
    }
    return cancel(wait);
}

std::expected<void, Failure> Worker::take(const Event& event, Wait& wait) {
    if (wait.options.on_event && !wait.event_error) {
        if (const auto taken = wait.options.on_event(event.content); !taken) {
            wait.event_error = taken.error();
            return cancel(wait);
        }
    }
    if (Clock::now() >= wait.end && !wait.is_cancelling) {  // events do not extend it
        return std::unexpected(overdue(wait));
    }
    return {};
}

std::expected<void, Failure> Worker::cancel(Wait& wait) {
    if (wait.is_cancelling) {
        return {};
    }
    wait.cancelling();
    return send({wait.id, "cancel", {}});
}

std::expected<void, Failure> Worker::send(const Request& request) {
    const std::string payload = to_json(request);
    if (auto sendable = check(payload); !sendable) {
        return std::unexpected(with_output({Outcome::refused, sendable.error()}));
    }
    const std::string frame = encode_frame(payload);
    std::string_view rest = frame;
    while (!rest.empty()) {
        const ssize_t sent = ::send(child_.channel().get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            // A thread of the worker reads all the time, so it hangs if the socket stays full.
            pollfd writable{child_.channel().get(), POLLOUT, 0};
            if (::poll(&writable, 1, static_cast<int>(exit_wait.count())) == 0) {
                return std::unexpected(kill_and_fail(
                    Outcome::timed_out, {ErrorCode::failed,
                                         "the worker does not read its requests and was killed",
                                         {}}));
            }
        } else if (errno != EINTR) {
            return std::unexpected(ended());
        }
    }
    return {};
}

/// Returns false at the end of the stream.
bool Worker::read_channel() {
    std::array<char, 1U << 16> bytes;
    const ssize_t got = ::read(child_.channel().get(), bytes.data(), bytes.size());
    if (got > 0) {
        decoder_.append({bytes.data(), static_cast<std::size_t>(got)});
        return true;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

platform::PieceSink Worker::keep_end() {
    return [this](std::string_view piece) -> Result<void> {
        output_ += piece;
        if (output_.size() > kept_output_bytes) {
            output_.erase(0, output_.size() - kept_output_bytes);
        }
        return {};
    };
}

/// The failure for a process or a channel that has ended.
Failure Worker::ended() {
    const auto status = child_.wait(exit_wait);
    if (!status) {
        return kill_and_fail(
            Outcome::violated,
            {ErrorCode::failed, "the worker closed its channel without ending, and was killed",
             "reinstall the backend's package"});
    }
    return with_output(failure_of(*status));
}

Failure Worker::kill_and_fail(Outcome outcome, Error error) {
    if (!child_.kill()) {
        outcome = Outcome::stuck;
        error = {ErrorCode::failed,
                 fmt::format("the worker (process {}) hangs inside the kernel and cannot be killed",
                             child_.pid()),
                 "the driver hangs: see 'journalctl -k', and restart the machine"};
    }
    return with_output({outcome, std::move(error)});
}

Failure Worker::with_output(Failure failure) {
    for (auto* stream : {&child_.standard_output(), &child_.standard_error()}) {
        static_cast<void>(platform::read_rest(*stream, keep_end()));
    }
    failure.output = printable(output_, kept_output_bytes);
    return failure;
}

}  // namespace trilby::worker
