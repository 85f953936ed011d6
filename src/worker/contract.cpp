// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/contract.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::worker {
namespace {

/// The libraries in the answer. A device that compared nothing has proved nothing.
Result<json::object> libraries_of(const json::object& answer) {
    constexpr const char* where = "the known answer";
    TRILBY_TRY(elements, json::get_integer(answer, "elements", where));
    if (elements < 1) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: elements is {}, expected 1 or more", where, elements));
    }
    return json::get_object(answer, "libraries", where);
}

}  // namespace

Failure contract_broken(const std::filesystem::path& module, const Error& why) {
    return {.outcome = Outcome::violated,
            .error = {ErrorCode::failed,
                      fmt::format("backend '{}' broke its contract: {}", module.stem().string(),
                                  why.message),
                      "report this to the developers of the backend"}};
}

Answer<json::object> known_answer(Worker& worker, const std::filesystem::path& module,
                                  std::int64_t device, const RequestOptions& options) {
    TRILBY_TRY(answer, worker.run("known_answer", {{"device", device}}, options));
    auto libraries = libraries_of(answer);
    if (!libraries) {
        return std::unexpected(contract_broken(module, libraries.error()));
    }
    return std::move(*libraries);
}

}  // namespace trilby::worker
