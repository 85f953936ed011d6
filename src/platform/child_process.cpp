// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"
#include "platform/folder_entries.hpp"
#include "platform/string_array.hpp"

extern char** environ;

namespace trilby::platform {
namespace {

constexpr auto kill_wait = std::chrono::milliseconds(2000);

struct Pair {
    FileDescriptor ours;
    FileDescriptor theirs;
};

/// The error of a call before the program is executed.
Error cannot_start(int error_number, std::string_view call, const std::filesystem::path& program) {
    if (is_shortage(error_number)) {
        return system_error(error_number, "start", program);
    }
    return {ErrorCode::unavailable,
            fmt::format("cannot start '{}': {}: {}", program.string(), call,
                        std::generic_category().message(error_number)),
            "a sandbox or an old kernel refuses this system call: run trilby outside of the "
            "sandbox, on Linux 5.11 or later"};
}

Result<Pair> make_socket(const std::filesystem::path& program) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return std::unexpected(cannot_start(errno, "socketpair", program));
    }
    return Pair{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<Pair> make_pipe(const std::filesystem::path& program) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::unexpected(cannot_start(errno, "pipe2", program));
    }
    return Pair{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<void> set_non_blocking(const FileDescriptor& fd, const std::filesystem::path& program) {
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        return std::unexpected(cannot_start(errno, "fcntl", program));
    }
    return {};
}

/// Our environment with the variables of `extra` added or replaced.
std::vector<std::string> child_environment(
    const std::vector<std::pair<std::string, std::string>>& extra) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        const bool overridden = std::ranges::any_of(
            extra, [&](const auto& set) { return variable.starts_with(set.first + "="); });
        if (!overridden) {
            variables.emplace_back(variable);
        }
    }
    for (const auto& [name, value] : extra) {
        variables.push_back(name + "=" + value);
    }
    return variables;
}

/// What the child needs after fork(), where it must not allocate.
struct ChildSetup {
    const char* program;
    char** arguments;
    char** environment;
    std::array<int, 6> descriptors;  ///< will be 0 to 5; the last two may be -1
    int error_pipe;
    int start_event;
    pid_t parent;
    const std::uint64_t* address_space_limit_bytes;
};

[[noreturn]] void fail_in_child(const ChildSetup& setup) {
    const int error_number = errno;
    [[maybe_unused]] const ssize_t ignored =
        ::write(setup.error_pipe, &error_number, sizeof error_number);
    ::_exit(127);
}

/// Moves the descriptors to their numbers. The first loop moves them out of each other's way.
void install_descriptors(const ChildSetup& setup) {
    const auto count = static_cast<int>(setup.descriptors.size());
    std::array<int, 6> high{};
    for (std::size_t i = 0; i < high.size(); ++i) {
        high[i] =
            setup.descriptors[i] < 0 ? -1 : ::fcntl(setup.descriptors[i], F_DUPFD_CLOEXEC, count);
        if (high[i] < 0 && setup.descriptors[i] >= 0) {
            fail_in_child(setup);
        }
    }
    for (int number = 0; number < count; ++number) {
        const int from = high[static_cast<std::size_t>(number)];
        if (from < 0) {
            ::close(number);  // a leaked descriptor may have this number
        } else if (::dup2(from, number) < 0) {
            fail_in_child(setup);
        }
    }
}

/// Between fork() and exec() the child must not run our signal handlers.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &previous_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t previous_{};
};

/// In the child: the program does not inherit what we ignore or block.
void restore_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        ::signal(signal, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void run_child(const ChildSetup& setup) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != setup.parent) {
        ::_exit(127);  // the parent died before the death signal was armed
    }
    eventfd_t go = 0;
    if (::eventfd_read(setup.start_event, &go) != 0) {
        fail_in_child(setup);
    }
    restore_signals();
    if (setup.address_space_limit_bytes != nullptr) {
        const rlimit limit{*setup.address_space_limit_bytes, *setup.address_space_limit_bytes};
        if (::setrlimit(RLIMIT_AS, &limit) != 0) {
            fail_in_child(setup);
        }
    }
    const int error_pipe = ::fcntl(setup.error_pipe, F_DUPFD_CLOEXEC, 10);
    if (error_pipe < 0) {
        fail_in_child(setup);
    }
    ChildSetup moved = setup;
    moved.error_pipe = error_pipe;
    install_descriptors(moved);
    // Our parent may have leaked descriptors into us.
    ::close_range(static_cast<unsigned>(moved.descriptors.size()), ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(moved.program, moved.arguments, moved.environment);
    fail_in_child(moved);
}

/// The errno of a child that failed before or in exec(); 0 if it succeeded.
int read_exec_error(const FileDescriptor& from) {
    int error_number = 0;
    ssize_t got = 0;
    do {
        got = ::read(from.get(), &error_number, sizeof error_number);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof error_number) ? error_number : 0;
}

/// The pidfd of a child that waits for its start event. Without a pidfd the child is killed.
Result<FileDescriptor> watch(pid_t pid, const std::filesystem::path& program) {
    FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!handle) {
        const int error_number = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return std::unexpected(cannot_start(error_number, "pidfd_open", program));
    }
    return handle;
}

pid_t fork_and_exec(const ChildSetup& setup) {
    const SignalsBlocked blocked;
    const pid_t pid = ::fork();
    if (pid == 0) {
        run_child(setup);
    }
    return pid;
}

/// Whether the process is in the group and has not ended.
bool is_living_member(const FileTree& system, const std::filesystem::path& process, pid_t group) {
    const auto stat = system.read((process / "stat").string());
    const std::string_view text = stat ? std::string_view(*stat) : "";
    // "PID (NAME) STATE PARENT GROUP ...", where NAME can have any character.
    const auto words = split_words(text.substr(std::min(text.rfind(')') + 1, text.size())));
    return words.size() > 2 && words[0] != "Z" && parse_number<pid_t>(words[2]) == group;
}

/// For kill(), a leader that has ended and was not reaped is still in its group.
bool has_living_member(pid_t group) {
    const FileTree system("/");
    const auto processes = folder_entries("/proc");
    return processes && std::ranges::any_of(*processes, [&](const std::filesystem::path& process) {
               return is_living_member(system, process, group);
           });
}

}  // namespace

Error cannot_execute(int error_number, const std::filesystem::path& program) {
    Error why = system_error(error_number, "start", program);
    if (!is_shortage(error_number)) {
        why.code = ErrorCode::unavailable;
        why.hint.clear();
    }
    return why;
}

Result<ChildProcess> ChildProcess::spawn(const ChildOptions& options) {
    TRILBY_TRY(channel, make_socket(options.program));
    TRILBY_TRY(output, make_pipe(options.program));
    TRILBY_TRY(error, make_pipe(options.program));
    for (const Pair* pair : {&channel, &output, &error}) {
        TRILBY_CHECK(set_non_blocking(pair->ours, options.program));
    }
    TRILBY_TRY(exec_error, make_pipe(options.program));
    const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) {
        return std::unexpected(system_error(errno, "open", "/dev/null"));
    }
    // The child waits until we have its pidfd: if it ended earlier, its number could be reused.
    const FileDescriptor start(::eventfd(0, EFD_CLOEXEC));
    if (!start) {
        return std::unexpected(cannot_start(errno, "eventfd", options.program));
    }
    StringArray arguments(options.program, options.arguments);
    StringArray environment(child_environment(options.environment));
    const ChildSetup setup{
        .program = *arguments.data(),
        .arguments = arguments.data(),
        .environment = environment.data(),
        .descriptors = {null.get(), output.theirs.get(), error.theirs.get(), channel.theirs.get(),
                        options.shared_descriptors[0], options.shared_descriptors[1]},
        .error_pipe = exec_error.theirs.get(),
        .start_event = start.get(),
        .parent = ::getpid(),
        .address_space_limit_bytes = options.address_space_limit_bytes.has_value()
                                         ? &*options.address_space_limit_bytes
                                         : nullptr,
    };

    const pid_t pid = fork_and_exec(setup);
    if (pid < 0) {
        return std::unexpected(cannot_start(errno, "fork", options.program));
    }
    ::setpgid(pid, pid);  // in both processes, so the group exists in time
    TRILBY_TRY(handle, watch(pid, options.program));
    ChildProcess child;
    child.pid_ = pid;
    child.handle_ = std::move(handle);
    if (::eventfd_write(start.get(), 1) != 0) {  // the child would wait forever
        const int error_number = errno;
        child.kill();
        return std::unexpected(cannot_start(error_number, "eventfd_write", options.program));
    }
    exec_error.theirs.reset();
    if (const int error_number = read_exec_error(exec_error.ours); error_number != 0) {
        child.kill();
        return std::unexpected(cannot_execute(error_number, options.program));
    }
    child.channel_ = std::move(channel.ours);
    child.standard_output_ = std::move(output.ours);
    child.standard_error_ = std::move(error.ours);
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      handle_(std::move(other.handle_)),
      channel_(std::move(other.channel_)),
      standard_output_(std::move(other.standard_output_)),
      standard_error_(std::move(other.standard_error_)),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
    if (pid_ > 0) {
        kill();
    }
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds limit) {
    if (status_) {
        return status_;
    }
    pollfd ended{handle_.get(), POLLIN, 0};
    const auto deadline = std::chrono::steady_clock::now() + limit;
    int ready = 0;
    do {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        return std::nullopt;
    }
    // Until the dead leader is reaped the number of its group cannot be reused, so this is the time
    // to kill what it left behind.
    ::kill(-pid_, SIGKILL);
    int status = 0;
    // ECHILD: where SIGCHLD is ignored the kernel reaps, and the exit status is lost.
    if (::waitpid(pid_, &status, WNOHANG) != pid_ && errno != ECHILD) {
        return std::nullopt;
    }
    status_ = WIFSIGNALED(status) ? ExitStatus{true, WTERMSIG(status)}
                                  : ExitStatus{false, WEXITSTATUS(status)};
    return status_;
}

std::optional<ExitStatus> ChildProcess::terminate(std::chrono::milliseconds limit) {
    constexpr int poll_ms = 20;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    if (!status_) {
        ::kill(-pid_, SIGTERM);
        while (std::chrono::steady_clock::now() < deadline && has_living_member(pid_)) {
            ::poll(nullptr, 0, poll_ms);
        }
    }
    return wait(
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
}

std::optional<ExitStatus> ChildProcess::kill() {
    if (!status_) {
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);  // it may have left its group
    }
    return wait(kill_wait);
}

}  // namespace trilby::platform
