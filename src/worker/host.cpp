// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/host.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/version.hpp"
#include "worker/module.hpp"

namespace trilby::worker {
namespace {

WorkerMessage invalid(std::int64_t id, std::string message) {
    return Refusal{id, "invalid_argument", std::move(message), {}};
}

Result<json::object> parse_object(std::string_view text, std::string_view what) {
    TRILBY_TRY(document, json::parse(text, what));
    return json::as_object(document, what);
}

WorkerMessage from_error(std::int64_t id, const Error& error) {
    const char* status = error.code == ErrorCode::unavailable ? "unsupported" : "invalid_argument";
    return Refusal{id, status, error.message, error.hint};
}

json::value text_or_null(const char* text) {
    return text != nullptr ? json::value(printable(text)) : json::value(nullptr);
}

}  // namespace

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
    send(Hello{protocol_version, TRILBY_BACKEND_ABI_VERSION, version});
    std::thread reader([this] { read_requests(); });
    while (const auto request = next_request()) {
        send(handle(*request));
        const std::lock_guard lock(queue_mutex_);
        running_id_ = 0;
        is_cancelled_ = false;
    }
    reader.join();
    if (session_ != nullptr) {
        backend_->close(session_);
    }
    return 0;
}

/// The reader thread: ends with the stream.
void Host::read_requests() {
    FrameDecoder decoder;
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
                ::_exit(2);  // the client is not ours: there is nobody to tell
            }
            accept(*request);
        }
        if (!frame) {
            ::_exit(2);
        }
    }
    const std::lock_guard lock(queue_mutex_);
    if (running_id_ != 0) {
        ::_exit(0);  // the client has gone: no job may go on for nobody
    }
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
    // Not started yet: the answer is the same, and the job never runs.
    if (std::erase_if(queue_, [&](const Request& r) { return r.id == request.id; }) > 0) {
        send(Refusal{request.id, "cancelled", "cancelled before it began", {}});
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
    if (session_ != nullptr) {
        return invalid(request.id, "a module is loaded already, and a worker takes only one");
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
    event_id_ = request.id;
    error_message_.clear();
    trilby_session* session = nullptr;
    const trilby_status status = backend_->open(&callbacks_, &session);
    if (status != TRILBY_OK || session == nullptr) {
        return refuse(request.id, status != TRILBY_OK ? status : TRILBY_INTERNAL);
    }
    session_ = session;
    return Reply{request.id, {{"name", backend_->name}, {"version", backend_->version}}};
}

WorkerMessage Host::devices(const Request& request) {
    constexpr std::uint32_t device_limit = 1024;
    json::array devices;
    for (std::uint32_t index = 0; index < device_limit; ++index) {
        trilby_device device{};
        device.struct_size = sizeof device;
        error_message_.clear();
        const trilby_status status = backend_->device(session_, index, &device);
        if (status == TRILBY_NOT_FOUND) {
            break;
        }
        if (status != TRILBY_OK) {
            return refuse(request.id, status);
        }
        const bool has_memory = device.memory_total_bytes != TRILBY_UNKNOWN_U64;
        devices.push_back(
            json::object{{"index", index},
                         {"name", text_or_null(device.name)},
                         {"pci_address", text_or_null(device.pci_address)},
                         {"memory_total_bytes",
                          has_memory ? json::value(device.memory_total_bytes) : json::value()}});
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
    event_id_ = request.id;
    result_.reset();
    error_message_.clear();
    const trilby_status status = backend_->run(session_, job->c_str(), text.data(), text.size());
    event_id_ = 0;
    if (status != TRILBY_OK) {
        return refuse(request.id, status);
    }
    const auto result = parse_object(result_.value_or(""), "the module's result");
    if (!result) {
        return Refusal{request.id, "internal", result.error().message,
                       "report this to whoever made the backend"};
    }
    return Reply{request.id, *result};
}

WorkerMessage Host::refuse(std::int64_t id, trilby_status status) {
    const std::string message =
        error_message_.empty() ? fmt::format("the module gave no reason ({})", status_word(status))
                               : printable(error_message_);
    return Refusal{id, status_word(status), message, printable(error_hint_)};
}

void Host::send(const WorkerMessage& message) {
    const std::string frame = encode_frame(to_json(message));
    const std::lock_guard lock(send_mutex_);
    std::string_view rest = frame;
    while (!rest.empty()) {
        const ssize_t sent = ::send(channel_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EINTR) {
            ::_exit(0);  // the client has gone
        }
    }
}

void Host::on_event(void* context, const char* text, size_t size) {
    auto& host = *static_cast<Host*>(context);
    const auto content = parse_object({text, size}, "event");
    // A malformed event is dropped: the job's result decides, not its chatter.
    if (const std::int64_t id = host.event_id_; content && id != 0) {
        host.send(Event{id, *content});
    }
}

void Host::on_result(void* context, const char* text, size_t size) {
    static_cast<Host*>(context)->result_ = std::string(text, size);
}

void Host::on_error(void* context, const char* message, const char* hint) {
    auto& host = *static_cast<Host*>(context);
    host.error_message_ = message != nullptr ? message : "";
    host.error_hint_ = hint != nullptr ? hint : "";
}

int Host::on_is_cancelled(void* context) {
    return static_cast<Host*>(context)->is_cancelled_ ? 1 : 0;
}

}  // namespace trilby::worker
