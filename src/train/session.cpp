// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/session.hpp"

#include <future>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "worker/contract.hpp"
#include "worker/thread_limits.hpp"

namespace trilby::train {
namespace {

using worker::Answer;
using worker::Failure;

// ChildOptions::shared_descriptors[0] in the child.
constexpr std::int64_t arrays_descriptor = 4;

/// Decompressing the data takes about as long as loading LibTorch, so both happen at once, or one
/// after the other where no thread can be started.
std::expected<void, Failure> load_module_and_data(worker::Worker& worker,
                                                  const worker::RequestOptions& request,
                                                  PreparedData& data,
                                                  const std::filesystem::path& module) {
    auto filled =
        std::async(std::launch::async | std::launch::deferred, [&] { return finish(data); });
    const auto loaded = worker.load(module, request);
    if (const auto arrays = filled.get(); !arrays) {
        return worker::refused(arrays.error());
    }
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    return {};
}

}  // namespace

Answer<Session> Session::open(const PreparedData& data, const SessionOptions& options,
                              int descriptor) {
    TRILBY_TRY(worker, worker::Worker::start(
                           {.program = options.worker_program,
                            .environment = worker::thread_variables(options.threads),
                            .shared_descriptors = {data.arrays.descriptor(), descriptor}}));
    return Session(std::move(worker), data, options);
}

Answer<Session> Session::start_on_sealed(const PreparedData& data, const SessionOptions& options) {
    TRILBY_TRY(session, open(data, options, -1));
    const worker::RequestOptions request = session.request();
    TRILBY_CHECK(session.worker_.load(options.backend_module, request));
    TRILBY_CHECK(
        worker::known_answer(session.worker_, options.backend_module, options.device, request));
    return std::move(session);
}

Answer<Session> Session::start(PreparedData& data, const SessionOptions& options, int descriptor) {
    TRILBY_TRY(session, open(data, options, descriptor));
    const worker::RequestOptions request = session.request();
    TRILBY_CHECK(load_module_and_data(session.worker_, request, data, options.backend_module));
    TRILBY_CHECK(
        worker::known_answer(session.worker_, options.backend_module, options.device, request));
    return std::move(session);
}

Answer<json::object> Session::run(
    const std::string& job, const Recipe& recipe, const json::object& more,
    const std::function<Result<void>(const json::object&)>& on_event) {
    json::object params{{"device", options_.device},
                        {"threads", options_.threads},
                        {"recipe", to_toml(recipe)},
                        {"schema", json::serialize(data_.schema)},
                        {"parts", to_json(data_.parts)},
                        {"arrays_descriptor", arrays_descriptor},
                        {"arrays", to_json(data_.arrays.layout())}};
    params.insert(more.begin(), more.end());
    worker::RequestOptions options = request();
    options.on_event = on_event;
    auto answer = worker_.run(job, std::move(params), options);
    if (!answer && answer.error().outcome == worker::Outcome::timed_out) {
        std::string& hint = answer.error().error.hint;
        hint = "give a larger --timeout if a single step takes that long; otherwise " + hint;
    }
    return answer;
}

Answer<std::string> Session::device_name() {
    TRILBY_TRY(answer, worker_.devices(request()));
    const auto devices = json::get_array(answer, "devices", "the worker's devices");
    const auto index = static_cast<std::size_t>(options_.device);
    if (!devices || index >= devices->size()) {
        return std::string();
    }
    const auto device = json::as_object((*devices)[index], "the worker's device");
    return device ? printable(json::get_string(*device, "name", "device").value_or(""), 200)
                  : std::string();
}

Failure Session::contract_broken(const Error& why) const {
    return worker::contract_broken(options_.backend_module, why);
}

worker::RequestOptions Session::request() const {
    return {.silence_limit = options_.silence_limit,
            .interrupts = options_.interrupts,
            .on_cancel = options_.on_cancel,
            .abandon_fd = options_.abandon_fd};
}

}  // namespace trilby::train
