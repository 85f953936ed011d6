// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <fmt/format.h>
#include <functional>
#include <future>

#include "probe/runtimes/runtimes.hpp"
#include "worker/client.hpp"

namespace trilby::sources {
namespace {

using worker::Outcome;

json::object describe(const worker::Failure& failure) {
    std::string message = failure.error.message;
    if (!failure.output.empty()) {
        message += fmt::format("; it printed: {}", failure.output);
    }
    return {{"state", runtime_state_name(state_of(failure.outcome))}, {"message", message}};
}

worker::Answer<json::object> ask(const std::string& name, const AskOptions& options) {
    auto worker = worker::Worker::start({.program = options.worker_program});
    if (!worker) {
        return std::unexpected(worker.error());
    }
    const worker::RequestOptions request{.silence_limit = options.limit};
    if (const auto loaded = worker->load(options.module, request); !loaded) {
        return std::unexpected(loaded.error());
    }
    return worker->run(name, {}, request);
}

json::object ask_named(const std::string& name, const AskOptions& options) {
    const auto answer = ask(name, options);
    json::object described = answer ? *answer : describe(answer.error());
    described["name"] = name;
    return described;
}

}  // namespace

RuntimeState state_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::crashed:
        case Outcome::exited:
            return RuntimeState::crashed;
        case Outcome::timed_out:
            return RuntimeState::timed_out;
        case Outcome::stuck:
            return RuntimeState::stuck;
        default:
            return RuntimeState::not_asked;
    }
}

json::array ask_runtimes(const AskOptions& options) {
    constexpr std::array names{"nvml", "cuda", "hip", "rocm_smi"};
    std::array<std::future<json::object>, names.size()> answers;
    for (std::size_t i = 0; i < names.size(); ++i) {
        answers[i] = std::async(std::launch::async, ask_named, names[i], std::cref(options));
    }
    json::array runtimes;
    for (auto& answer : answers) {
        runtimes.push_back(answer.get());
    }
    return runtimes;
}

}  // namespace trilby::sources
