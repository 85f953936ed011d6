// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/failure.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"

namespace trilby::worker {
namespace {

struct Meaning {
    std::string_view status;
    Outcome outcome;
    ErrorCode code;
};

constexpr std::array<Meaning, 10> meanings{{
    {"failed", Outcome::refused, ErrorCode::failed},
    {"invalid_argument", Outcome::refused, ErrorCode::usage},
    {"bad_data", Outcome::refused, ErrorCode::bad_data},
    {"not_found", Outcome::refused, ErrorCode::no_input},
    {"unsupported", Outcome::refused, ErrorCode::unavailable},
    {"out_of_memory", Outcome::out_of_memory, ErrorCode::failed},
    {"cancelled", Outcome::cancelled, ErrorCode::interrupted},
    {"cannot_create", Outcome::refused, ErrorCode::cannot_create},
    {"io", Outcome::refused, ErrorCode::io},
    {"internal", Outcome::refused, ErrorCode::internal},
}};

Failure failure_of_signal(int signal) {
    if (signal == SIGKILL) {
        return {Outcome::crashed,
                {ErrorCode::failed, "the worker was killed (SIGKILL)",
                 "the kernel usually does this when memory runs out: see 'journalctl -k', and "
                 "try a smaller batch"}};
    }
    if (signal == SIGQUIT) {
        return {Outcome::crashed,
                {ErrorCode::failed, "somebody ended the worker (SIGQUIT)",
                 "end 'trilby' instead, so that it can tidy up"}};
    }
    const char* name = ::sigabbrev_np(signal);
    const std::string which =
        name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
    return {Outcome::crashed,
            {ErrorCode::failed, fmt::format("the worker crashed ({})", which),
             "this is a defect in the backend, its libraries or the driver; 'coredumpctl info "
             "trilby-worker' may show where"}};
}

}  // namespace

Failure failure_of(const Refusal& refusal) {
    const auto* meaning = std::ranges::find(meanings, refusal.status, &Meaning::status);
    const bool is_known = meaning != meanings.end();
    return {is_known ? meaning->outcome : Outcome::refused,
            {is_known ? meaning->code : ErrorCode::internal, printable(refusal.message),
             printable(refusal.hint)}};
}

Failure failure_of(const platform::ExitStatus& status) {
    if (status.was_signaled) {
        return failure_of_signal(status.code);
    }
    return {
        Outcome::exited,
        {ErrorCode::failed, fmt::format("the worker ended early with exit code {}", status.code),
         "its output may say why; if not, the backend or one of its libraries called exit()"}};
}

}  // namespace trilby::worker
