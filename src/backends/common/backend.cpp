// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/common/backend.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <new>
#include <utility>

#include "base/text.hpp"

struct trilby_session {
    const trilby_host* host;
    std::vector<trilby::backends::Device> devices;
};

namespace trilby::backends {
namespace {

trilby_status status_of(ErrorCode code) {
    constexpr std::array<std::pair<ErrorCode, trilby_status>, 8> rows{
        {{ErrorCode::usage, TRILBY_INVALID_ARGUMENT},
         {ErrorCode::bad_data, TRILBY_BAD_DATA},
         {ErrorCode::no_input, TRILBY_NOT_FOUND},
         {ErrorCode::unavailable, TRILBY_UNSUPPORTED},
         {ErrorCode::cannot_create, TRILBY_CANNOT_CREATE},
         {ErrorCode::io, TRILBY_IO},
         {ErrorCode::interrupted, TRILBY_CANCELLED},
         {ErrorCode::internal, TRILBY_INTERNAL}}};
    const auto* row = std::ranges::find(rows, code, &std::pair<ErrorCode, trilby_status>::first);
    return row != rows.end() ? row->second : TRILBY_FAILED;
}

trilby_status fail(const trilby_host& host, const Error& error) {
    host.error(host.context, error.message.c_str(), error.hint.c_str());
    return status_of(error.code);
}

/// Runs `call` and turns any exception into a status, because none may cross the ABI.
template <class Call>
trilby_status guarded(const trilby_host& host, Call call) noexcept {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        host.error(host.context, "not enough memory on the host",
                   "close other programs, or use a smaller batch");
        return TRILBY_OUT_OF_MEMORY;
    } catch (const std::exception& exception) {
        const trilby_status status = definition().classify(exception);
        const std::string text = printable(definition().explain(exception), 2000);
        host.error(host.context, text.c_str(),
                   status == TRILBY_OUT_OF_MEMORY ? "use a smaller batch" : nullptr);
        return status;
    } catch (...) {
        host.error(host.context, "an unknown exception", nullptr);
        return TRILBY_INTERNAL;
    }
}

trilby_status open_session(const trilby_host* host, trilby_session** session) {
    return guarded(*host, [&]() -> trilby_status {
        auto devices = definition().start();
        if (!devices) {
            return fail(*host, devices.error());
        }
        *session = std::make_unique<trilby_session>(host, std::move(*devices)).release();
        return TRILBY_OK;
    });
}

void close_session(trilby_session* session) {
    delete session;
}

trilby_status describe_device(trilby_session* session, uint32_t index, trilby_device* device) {
    if (index >= session->devices.size() || device->struct_size < sizeof(trilby_device)) {
        return TRILBY_NOT_FOUND;
    }
    const Device& found = session->devices[index];
    device->index = index;
    device->name = found.name.c_str();
    device->pci_address = found.pci_address.empty() ? nullptr : found.pci_address.c_str();
    device->memory_total_bytes = found.memory_total_bytes.value_or(TRILBY_UNKNOWN_U64);
    return TRILBY_OK;
}

trilby_status run_job(trilby_session* session, const char* name, const char* params_json,
                      size_t params_size) {
    const trilby_host& host = *session->host;
    return guarded(host, [&]() -> trilby_status {
        const auto jobs = definition().jobs;
        const auto job = std::ranges::find(jobs, std::string_view(name), &Job::name);
        if (job == jobs.end()) {
            return fail(host, {ErrorCode::usage,
                               fmt::format("backend {} has no job '{}'", definition().name,
                                           printable(name, 64)),
                               "install the same version of trilby and the backend"});
        }
        const auto params = json::parse({params_json, params_size}, "params");
        if (!params || !params->is_object()) {
            return fail(host, {ErrorCode::usage, "the parameters are not a JSON object", {}});
        }
        const auto result = job->run(JobContext(host, session->devices), params->get_object());
        if (!result) {
            return fail(host, result.error());
        }
        const std::string text = json::serialize(*result);
        host.result(host.context, text.data(), text.size());
        return TRILBY_OK;
    });
}

}  // namespace

void JobContext::event(const json::object& content) const {
    const std::string text = json::serialize(content);
    host_.event(host_.context, text.data(), text.size());
}

}  // namespace trilby::backends

extern "C" const trilby_backend* trilby_backend_get(uint32_t host_abi_version) {
    using namespace trilby::backends;
    if (host_abi_version != TRILBY_BACKEND_ABI_VERSION) {
        return nullptr;
    }
    static const trilby_backend table{.struct_size = sizeof(trilby_backend),
                                      .abi_version = TRILBY_BACKEND_ABI_VERSION,
                                      .name = definition().name,
                                      .version = definition().version,
                                      .open = open_session,
                                      .close = close_session,
                                      .device = describe_device,
                                      .run = run_job};
    return &table;
}
