// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <new>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include "platform/atomic_file.hpp"
#include "platform/scratch_file.hpp"

namespace trilby::platform {
namespace {

struct Stream {
    int fd;
    int flags;
};
constexpr std::array streams{Stream{STDIN_FILENO, O_WRONLY}, Stream{STDOUT_FILENO, O_RDONLY},
                             Stream{STDERR_FILENO, O_RDONLY}};

bool is_closed(int fd) {
    return ::fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

/// open() returns the lowest free number, which is that of the stream: those before it are open.
void occupy_standard_streams() {
    for (const Stream& stream : streams) {
        if (is_closed(stream.fd) && ::open("/dev/null", stream.flags) != stream.fd) {
            ::_exit(static_cast<int>(ErrorCode::io));  // nothing can be reported
        }
    }
}

Result<void> flush_standard_output() {
    // If the stream failed before, the reason is lost.
    const int error_number = std::fflush(stdout) == 0 ? EIO : errno;
    if (std::ferror(stdout) != 0) {
        return std::unexpected(system_error(error_number, "write to", "standard output"));
    }
    return {};
}

/// The error for an exception of the standard library or fmt.
Error error_of(const std::exception& exception) {
    const auto* failed = dynamic_cast<const std::system_error*>(&exception);
    if (std::ferror(stdout) != 0) {  // print() threw
        return system_error(failed == nullptr ? EIO : failed->code().value(), "write to",
                            "standard output");
    }
    if (const auto* lack = dynamic_cast<const NoSpace*>(&exception)) {
        return lack->error();
    }
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
        return {ErrorCode::io, "out of memory", system_error(ENOMEM, "", "").hint};
    }
    if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
        return system_error(file->code().value(), "use", file->path1());
    }
    if (failed != nullptr) {  // of the remaining calls, only starting a thread throws it
        return system_error(failed->code().value(), "start", "a thread");
    }
    return {ErrorCode::internal, exception.what(), "please report it"};
}

/// With fewer, what cannot be opened would look as if it were damaged or missing.
constexpr rlim_t least_open_files = 8;

Result<void> require_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < least_open_files) {
        return failure(ErrorCode::io,
                       fmt::format("at most {} files may be open, expected at least {}",
                                   limit.rlim_cur, least_open_files),
                       system_error(EMFILE, "", "").hint);
    }
    return {};
}

bool is_lack_of_memory(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const std::bad_alloc&) {
        return true;
    } catch (...) {
        return false;
    }
}

const ReportError* current_report = nullptr;
std::terminate_handler usual_end = std::abort;

/// Other exceptions that cannot be caught are defects, and leave a core dump.
[[noreturn]] void report_lack_of_memory() {
    std::set_terminate(usual_end);  // if the report fails as well
    const std::exception_ptr exception = std::current_exception();
    if (exception != nullptr && is_lack_of_memory(exception)) {
        const int exit_code = (*current_report)(error_of(std::bad_alloc()));
        std::fflush(stdout);
        ::_exit(exit_code);
    }
    usual_end();
    std::abort();
}

/// While it exists, std::terminate() reports a lack of memory.
class TerminateHandler {
  public:
    explicit TerminateHandler(const ReportError& report) {
        current_report = &report;
        usual_end = std::set_terminate(report_lack_of_memory);
    }
    ~TerminateHandler() { std::set_terminate(usual_end); }
    TerminateHandler(const TerminateHandler&) = delete;
    TerminateHandler& operator=(const TerminateHandler&) = delete;
};

}  // namespace

void prepare_process() {
    occupy_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

int run_to_end(const std::function<int()>& program, const ReportError& report) {
    const TerminateHandler handler(report);
    try {
        if (const auto enough = require_open_files(); !enough) {
            return report(enough.error());
        }
        const int exit_code = program();
        const Result<void> flushed = flush_standard_output();
        return flushed || exit_code != 0 ? exit_code : report(flushed.error());
    } catch (const std::exception& exception) {
        return report(error_of(exception));
    }
}

}  // namespace trilby::platform
