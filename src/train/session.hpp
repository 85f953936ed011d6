// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A worker that computes on some data.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/json.hpp"
#include "platform/interrupt.hpp"
#include "train/prepared_data.hpp"
#include "worker/client.hpp"

namespace trilby::train {

struct SessionOptions {
    std::filesystem::path worker_program;
    std::filesystem::path backend_module;
    std::int64_t device = 0;
    std::int64_t threads = 1;
    std::chrono::milliseconds silence_limit{300'000};
    platform::InterruptWatch* interrupts = nullptr;
    std::function<void()> on_cancel = {};  ///< the worker finishes its step first
    int abandon_fd = -1;                   ///< the worker is killed once it is readable
};

class Session {
  public:
    /// Starts a worker, loads the backend while the arrays of `data` are filled, seals them, and
    /// checks that the device computes a known answer. The worker inherits `descriptor`, unless it
    /// is -1.
    [[nodiscard]] static worker::Answer<Session> start(PreparedData& data,
                                                       const SessionOptions& options,
                                                       int descriptor = -1);

    /// The same for data that another session fills and seals, before the first job.
    [[nodiscard]] static worker::Answer<Session> start_on_sealed(const PreparedData& data,
                                                                 const SessionOptions& options);

    /// Runs a job with the parameters that all jobs on data have and with those of `more`.
    [[nodiscard]] worker::Answer<json::object> run(
        const std::string& job, const Recipe& recipe, const json::object& more,
        const std::function<Result<void>(const json::object&)>& on_event = {});

    /// Empty if the device has none.
    [[nodiscard]] worker::Answer<std::string> device_name();

    /// The failure of a backend whose answer is incomplete or cannot be true.
    [[nodiscard]] worker::Failure contract_broken(const Error& why) const;

    /// The number by which the worker knows the descriptor of start().
    static constexpr std::int64_t inherited_descriptor = 5;

  private:
    [[nodiscard]] static worker::Answer<Session> open(const PreparedData& data,
                                                      const SessionOptions& options,
                                                      int descriptor);
    Session(worker::Worker worker, const PreparedData& data, SessionOptions options)
        : worker_(std::move(worker)), data_(data), options_(std::move(options)) {}

    [[nodiscard]] worker::RequestOptions request() const;

    worker::Worker worker_;
    const PreparedData& data_;
    SessionOptions options_;
};

}  // namespace trilby::train
