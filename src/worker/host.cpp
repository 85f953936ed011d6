// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/host.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <new>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/json.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "install/version.hpp"
#include "worker/module.hpp"

namespace trilby::worker {
namespace {

constexpr const char* report_hint = "report this to the developers of the backend";

WorkerMessage invalid(std::int64_t id, std::string message) {
    return Refusal{id, "invalid_argument", std::move(message), {}};
}

WorkerMessage from_error(std::int64_t id, const Error& error) {
    const char* status = error.code == ErrorCode::unavailable ? "unsupported" : "invalid_argument";
    return Refusal{id, status, printable(error.message), error.hint};
}

WorkerMessage defect(std::int64_t id, std::string message) {
    return Refusal{id, "internal", std::move(message), report_hint};
}

json::value text_or_null(const char* text) {
    return text != nullptr ? json::value(printable(text)) : json::value(nullptr);
}

json::value bytes_or_null(std::uint64_t bytes) {
    const bool is_known = bytes <= std::uint64_t{INT64_MAX};
    return is_known ? json::value(static_cast<std::int64_t>(bytes)) : json::value(nullptr);
}

std::string_view view_of(const char* text, std::size_t size) {
    return text != nullptr ? std::string_view(text, size) : std::string_view();
}

WorkerMessage out_of_memory(std::int64_t id) {
    return Refusal{id, "out_of_memory", "the worker ran out of memory", {}};
}

/// Without memory there is no answer: the process ends, and the client shows this output.
template <class F>
void or_end(F work) {
    try {
        work();
    } catch (const std::bad_alloc&) {
        print_without_memory(stderr, "trilby-worker: error: out of memory\n");
        ::_exit(static_cast<int>(ErrorCode::io));
    }
}

}  // namespace

void end_with_group() {
    ::kill(-::getpid(), SIGKILL);  // a worker started by hand does not lead a group
    ::_exit(0);
}

Host::Host(int channel) : channel_(channel) {
    callbacks_ = {.struct_size = sizeof(trilby_host),
                  .abi_version = TRILBY_BACKEND_ABI_VERSION,
                  .context = this,
                  .event = &Host::on_event,
                  .result = &Host::on_result,
                  .error = &Host::on_error,
                  .is_cancelled = &Host::on_is_cancelled};
}

int Host::serve() {
    send(to_json(Hello{protocol_version, TRILBY_BACKEND_ABI_VERSION, version}));
    std::thread reader([this] { or_end([this] { read_requests(); }); });
    or_end([this] { answer_requests(); });
    reader.join();
    if (session_ != nullptr) {
        backend_->close(session_);
    }
    return 0;
}

void Host::answer_requests() {
    while (const auto request = next_request()) {
        const std::string payload = answer(*request);
        end_request();
        send(payload);
    }
}

/// The reader thread. It ends with the stream.
void Host::read_requests() {
    FrameDecoder decoder(request_limit_bytes);
    std::array<char, 1U << 16> bytes;
    while (true) {
        const ssize_t got = ::read(channel_, bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        decoder.append({bytes.data(), static_cast<std::size_t>(got)});
        auto frame = decoder.next();
        for (; frame && *frame; frame = decoder.next()) {
            const auto request = parse_request(**frame);
            if (!request) {
                ::_exit(2);  // not a client of this protocol, so there is no answer
            }
            accept(*request);
        }
        if (!frame) {
            ::_exit(2);
        }
    }
    const std::lock_guard lock(queue_mutex_);
    if (running_id_ != 0) {
        end_with_group();
    }
    queue_.clear();
    is_closed_ = true;
    queue_changed_.notify_one();
}

void Host::accept(const Request& request) {
    const std::lock_guard lock(queue_mutex_);
    if (request.method != "cancel") {
        queue_.push_back(request);
        queue_changed_.notify_one();
        return;
    }
    if (request.id == running_id_) {
        is_cancelled_ = true;
    }
    // A request that has not started is answered here and never runs.
    if (std::erase_if(queue_, [&](const Request& r) { return r.id == request.id; }) > 0) {
        send(to_json(Refusal{request.id, "cancelled", "cancelled before it began", {}}));
    }
}

std::optional<Request> Host::next_request() {
    std::unique_lock lock(queue_mutex_);
    queue_changed_.wait(lock, [this] { return is_closed_ || !queue_.empty(); });
    if (queue_.empty()) {
        return std::nullopt;
    }
    Request request = std::move(queue_.front());
    queue_.pop_front();
    running_id_ = request.id;
    return request;
}

/// Called before the answer is sent: no event may follow it, and the client may hang up then.
void Host::end_request() {
    take_events_for(0);
    const std::lock_guard lock(queue_mutex_);
    running_id_ = 0;
    is_cancelled_ = false;
}

std::string Host::answer(const Request& request) {
    try {
        std::string payload = to_json(handle(request));
        if (has_lost_message_) {
            return to_json(out_of_memory(request.id));
        }
        if (payload.size() <= frame_limit_bytes) {
            return payload;
        }
        return to_json(defect(request.id, fmt::format("the module's result has {} bytes, "
                                                      "expected at most {}",
                                                      payload.size(), frame_limit_bytes)));
    } catch (const std::bad_alloc&) {
        return to_json(out_of_memory(request.id));
    } catch (const std::exception& error) {
        return to_json(
            defect(request.id, "the module let an exception escape: " + printable(error.what())));
    }
}

WorkerMessage Host::handle(const Request& request) {
    if (request.method == "load") {
        return load(request);
    }
    if (request.method != "devices" && request.method != "run") {
        return invalid(request.id, fmt::format("unknown method '{}', expected load, devices, run "
                                               "or cancel",
                                               printable(request.method, 64)));
    }
    if (session_ == nullptr) {
        return invalid(request.id, fmt::format("'{}' before 'load'", request.method));
    }
    return request.method == "devices" ? devices(request) : run(request);
}

WorkerMessage Host::load(const Request& request) {
    // A failed load leaves its libraries in the process, where their names would clash.
    if (std::exchange(has_tried_to_load_, true)) {
        return invalid(request.id, "a second 'load': a worker loads one module in its life");
    }
    const auto path = json::get_string(request.params, "module", "load");
    if (!path) {
        return from_error(request.id, path.error());
    }
    const auto backend = load_module(*path);
    if (!backend) {
        return from_error(request.id, backend.error());
    }
    backend_ = *backend;
    clear_answer();
    take_events_for(request.id);
    trilby_session* session = nullptr;
    const trilby_status status = backend_->open(&callbacks_, &session);
    if (status != TRILBY_OK) {
        return refuse(request.id, status);
    }
    if (session == nullptr) {
        return defect(request.id, "the module opened without a session");
    }
    session_ = session;
    return Reply{request.id,
                 {{"name", printable(backend_->name)}, {"version", printable(backend_->version)}}};
}

WorkerMessage Host::devices(const Request& request) {
    constexpr std::uint32_t device_limit = 1024;
    json::array devices;
    for (std::uint32_t index = 0; index < device_limit; ++index) {
        trilby_device device{};
        device.struct_size = sizeof device;
        device.memory_total_bytes = TRILBY_UNKNOWN_U64;
        clear_answer();
        const trilby_status status = backend_->device(session_, index, &device);
        if (status == TRILBY_NOT_FOUND) {
            break;
        }
        if (status != TRILBY_OK) {
            return refuse(request.id, status);
        }
        devices.push_back(
            json::object{{"index", index},
                         {"name", text_or_null(device.name)},
                         {"pci_address", text_or_null(device.pci_address)},
                         {"memory_total_bytes", bytes_or_null(device.memory_total_bytes)}});
    }
    return Reply{request.id, {{"devices", std::move(devices)}}};
}

WorkerMessage Host::run(const Request& request) {
    const auto job = json::get_string(request.params, "job", "run");
    const auto params = json::get_object(request.params, "params", "run");
    if (!job || !params) {
        return from_error(request.id, !job ? job.error() : params.error());
    }
    const std::string text = json::serialize(*params);
    clear_answer();
    take_events_for(request.id);
    const trilby_status status = backend_->run(session_, job->c_str(), text.data(), text.size());
    if (status != TRILBY_OK) {
        return refuse(request.id, status);
    }
    if (result_count_ != 1) {
        return defect(request.id,
                      fmt::format("the module delivered {} results, expected one", result_count_));
    }
    const auto result = json::parse_object(result_, "the module's result");
    if (!result) {
        return defect(request.id, result.error().message);
    }
    return Reply{request.id, *result};
}

WorkerMessage Host::refuse(std::int64_t id, trilby_status status) {
    const std::string message =
        error_message_.empty() ? fmt::format("the module gave no reason ({})", status_word(status))
                               : printable(error_message_);
    return Refusal{id, status_word(status), message, printable(error_hint_)};
}

void Host::clear_answer() {
    result_.clear();
    result_count_ = 0;
    error_message_.clear();
    error_hint_.clear();
    has_lost_message_ = false;
}

/// Runs a callback of the module, which no exception may reach.
template <class F>
void Host::within_callback(void* context, F take) noexcept {
    auto& host = *static_cast<Host*>(context);
    try {
        take(host);
    } catch (const std::bad_alloc&) {
        host.has_lost_message_ = true;
    }
}

void Host::send(std::string_view payload) {
    const std::lock_guard lock(send_mutex_);
    write_frame(payload);
}

void Host::take_events_for(std::int64_t id) {
    const std::lock_guard lock(send_mutex_);
    event_id_ = id;
}

void Host::write_frame(std::string_view payload) {
    const std::string frame = encode_frame(payload);
    std::string_view rest = frame;
    while (!rest.empty()) {
        const ssize_t sent = ::send(channel_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EINTR) {
            end_with_group();
        }
    }
}

void Host::on_event(void* context, const char* text, size_t size) {
    within_callback(context, [&](Host& host) {
        const auto content = json::parse_object(view_of(text, size), "event");
        const std::lock_guard lock(host.send_mutex_);
        if (!content || host.event_id_ == 0) {
            return;  // a malformed event is dropped: only the result counts
        }
        const std::string payload = to_json(Event{host.event_id_, *content});
        if (payload.size() <= frame_limit_bytes) {
            host.write_frame(payload);
        }
    });
}

void Host::on_result(void* context, const char* text, size_t size) {
    within_callback(context, [&](Host& host) {
        host.result_ = view_of(text, size);
        ++host.result_count_;
    });
}

void Host::on_error(void* context, const char* message, const char* hint) {
    within_callback(context, [&](Host& host) {
        host.error_message_ = message != nullptr ? message : "";
        host.error_hint_ = hint != nullptr ? hint : "";
    });
}

int Host::on_is_cancelled(void* context) {
    return static_cast<Host*>(context)->is_cancelled_ ? 1 : 0;
}

}  // namespace trilby::worker
