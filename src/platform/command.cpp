// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/command.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/child_process.hpp"
#include "platform/string_array.hpp"

namespace trilby::platform {
namespace {

constexpr std::size_t most_bytes = 4U << 20;

Error failed(const Command& command, ErrorCode code, std::string_view how) {
    return {code, fmt::format("'{}': {}", command.program.string(), how)};
}

Result<void> append(std::string_view piece, std::string& into) {
    if (into.size() + piece.size() > most_bytes) {
        return failure(ErrorCode::bad_data, "it prints without end");
    }
    into += piece;
    return {};
}

}  // namespace

Result<CommandOutput> run_program(const Command& command, const ChildLimits& limits) {
    TRILBY_TRY(child,
               ChildProcess::spawn({.program = command.program, .arguments = command.arguments}));
    CommandOutput output;
    const auto status = follow(
        child,
        [&output](ChildStream stream, std::string_view piece) {
            return append(piece, stream == ChildStream::output ? output.standard_output
                                                               : output.standard_error);
        },
        limits);
    if (!status) {
        return std::unexpected(failed(command, status.error().code, status.error().message));
    }
    if (status->was_signaled) {
        return std::unexpected(failed(command, ErrorCode::unavailable,
                                      fmt::format("it was ended by signal {}", status->code)));
    }
    output.exit_code = status->code;
    return output;
}

Error replace_process(const Command& command) {
    StringArray words(command.program, command.arguments);
    std::fflush(stdout);
    ::execv(*words.data(), words.data());
    return cannot_execute(errno, command.program);
}

}  // namespace trilby::platform
