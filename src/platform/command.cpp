// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/command.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/child_process.hpp"

namespace trilby::platform {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_bytes = 4U << 20;

std::unexpected<Error> failed(const Command& command, ErrorCode code, std::string_view how) {
    return failure(code, fmt::format("'{}' {}", command.program.string(), how));
}

Result<ChildProcess> start(const Command& command) {
    auto child = ChildProcess::spawn({.program = command.program, .arguments = command.arguments});
    if (!child) {
        child.error().hint.clear();  // it is about programs of ours
    }
    return child;
}

/// Takes what a pipe has, and closes it at its end. False once it is too much.
bool take(FileDescriptor& pipe, std::string& into) {
    std::array<char, 16384> buffer{};
    while (pipe && into.size() <= most_bytes) {
        const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
        if (count > 0) {
            into.append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            pipe.reset();
        } else if (errno == EAGAIN) {
            break;
        }
    }
    return into.size() <= most_bytes;
}

bool take_all(ChildProcess& child, CommandOutput& output) {
    return take(child.standard_output(), output.standard_output) &&
           take(child.standard_error(), output.standard_error);
}

void wait_for_news(ChildProcess& child, std::chrono::milliseconds limit) {
    std::array<pollfd, 3> news{{{child.standard_output().get(), POLLIN, 0},
                                {child.standard_error().get(), POLLIN, 0},
                                {child.handle().get(), POLLIN, 0}}};
    ::poll(news.data(), news.size(), static_cast<int>(limit.count()));
}

}  // namespace

Result<CommandOutput> run_to_its_end(const Command& command, std::chrono::milliseconds limit) {
    constexpr auto longest_wait = std::chrono::milliseconds(1000);
    TRILBY_TRY(child, start(command));
    CommandOutput output;
    for (const auto deadline = Clock::now() + limit; Clock::now() < deadline;) {
        wait_for_news(child, longest_wait);
        if (!take_all(child, output)) {
            return failed(command, ErrorCode::bad_data, "prints without end");
        }
        if (const auto status = child.wait(std::chrono::milliseconds(0))) {
            if (status->was_signalled) {
                return failed(command, ErrorCode::unavailable,
                              fmt::format("was ended by signal {}", status->code));
            }
            static_cast<void>(take_all(child, output));
            output.exit_code = status->code;
            return output;
        }
    }
    return failed(command, ErrorCode::unavailable,
                  fmt::format("took longer than {} seconds, and was ended",
                              std::chrono::ceil<std::chrono::seconds>(limit).count()));
}

Error become(const Command& command) {
    std::vector<std::string> words{command.program.string()};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    std::fflush(stdout);
    ::execv(pointers.front(), pointers.data());
    return system_error(errno, "start", command.program);
}

}  // namespace trilby::platform
