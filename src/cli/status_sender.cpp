// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/status_sender.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <variant>

#include "base/json.hpp"
#include "install/folders.hpp"
#include "platform/environment.hpp"

namespace trilby::cli {
namespace {

constexpr std::size_t longest_complaint = 1024;

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

StatusSender::StatusSender(std::function<void(const std::string& reason)> warn)
    : warn_(std::move(warn)) {
    if (!platform::environment_variable("KUBEFLOW_TRAINER_SERVER_URL")) {
        return;
    }
    auto fetch = platform::ChildProcess::spawn(
        {.program = install::layout().libexec_folder / "trilby-fetch", .arguments = {"report"}});
    if (fetch) {
        fetch_.emplace(std::move(*fetch));
    } else {
        warn_once(fetch.error().message);
    }
}

void StatusSender::take(const train::Event& event) {
    if (!fetch_) {
        return;
    }
    if (std::holds_alternative<train::StartEvent>(event)) {
        started_ = Clock::now();
    }
    status_ = report::after(std::move(status_), event, Clock::now() - started_);
    send();
    read_complaint();
}

void StatusSender::finish(const train::TrainingResult* result) {
    // trilby-fetch posts twice at most: what it is posting now, and the last status.
    constexpr auto limit = std::chrono::seconds(7);
    if (!fetch_) {
        return;
    }
    if (result != nullptr) {
        status_ = report::after(std::move(status_), *result);
    }
    send();
    fetch_->channel().reset();
    const auto ended = fetch_->wait(limit);
    read_complaint();
    if (!complaint_.empty()) {
        warn_once(first_line(complaint_));
    } else if (!ended) {
        warn_once("trilby-fetch does not end");
    } else if (ended->was_signaled || ended->code != 0) {
        warn_once(fmt::format("trilby-fetch ended with {} {}",
                              ended->was_signaled ? "signal" : "code", ended->code));
    }
    fetch_.reset();
}

void StatusSender::send() {
    if (status_.steps <= 0.0) {
        return;
    }
    flush();
    if (unsent_.empty()) {
        unsent_ = json::serialize(report::to_json(status_, now())) + "\n";
        flush();
    }
}

void StatusSender::flush() {
    if (unsent_.empty() || !fetch_->channel()) {
        return;
    }
    const ssize_t sent = ::send(fetch_->channel().get(), unsent_.data(), unsent_.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
        unsent_.erase(0, static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
        fetch_->channel().reset();  // trilby-fetch has ended; finish() says why
    }
}

void StatusSender::read_complaint() {
    std::array<char, longest_complaint> piece;
    const ssize_t got = ::read(fetch_->standard_error().get(), piece.data(), piece.size());
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(0, got));
    complaint_.append(piece.data(), std::min(size, longest_complaint - complaint_.size()));
    if (complaint_.find('\n') != std::string::npos) {
        warn_once(first_line(complaint_));
    }
}

void StatusSender::warn_once(std::string_view reason) {
    if (warn_) {
        std::exchange(warn_, nullptr)(std::string(reason));
    }
}

}  // namespace trilby::cli
