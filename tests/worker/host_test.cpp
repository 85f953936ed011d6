// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// The worker seen from its socket, with requests that our own client never sends.

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/child_process.hpp"
#include "worker/protocol.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::worker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::module_path;

/// Sends and receives plain frames.
class Conversation {
  public:
    Conversation()
        : child_(platform::ChildProcess::spawn({.program = testing::worker_program(),
                                                .environment = testing::worker_environment()})
                     .value()) {}

    void send_bytes(std::string_view bytes) {
        EXPECT_EQ(::send(child_.channel().get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    void send(std::int64_t id, const std::string& method, json::object params = {}) {
        send_bytes(encode_frame(to_json(Request{id, method, std::move(params)})));
    }
    void load(std::int64_t id, std::string_view module) {
        send(id, "load", {{"module", module_path(module).string()}});
    }
    void run(std::int64_t id, const std::string& job) {
        send(id, "run", {{"job", job}, {"params", json::object{}}});
    }

    /// The next message, which must be a T.
    template <class T>
    T receive() {
        while (true) {
            if (const auto frame = decoder_.next().value()) {
                return std::get<T>(parse_worker_message(*frame).value());
            }
            read_more();
        }
    }

    void hang_up() { child_.channel().reset(); }
    platform::ExitStatus exit_status() { return child_.wait(10s).value(); }

  private:
    void read_more() {
        pollfd readable{child_.channel().get(), POLLIN, 0};
        std::array<char, 4096> bytes{};
        ssize_t got = 0;
        if (::poll(&readable, 1, 10'000) == 1) {
            got = ::read(child_.channel().get(), bytes.data(), bytes.size());
        }
        if (got <= 0) {
            throw std::runtime_error("the worker says nothing");
        }
        decoder_.append({bytes.data(), static_cast<std::size_t>(got)});
    }

    platform::ChildProcess child_;
    FrameDecoder decoder_;
};

class Host : public testing::WorkerTest {};

TEST_F(Host, SendsTheGreetingFirst) {
    Conversation worker;
    const auto hello = worker.receive<Hello>();
    EXPECT_EQ(hello.protocol, protocol_version);
    EXPECT_EQ(hello.abi, 1);
    EXPECT_FALSE(hello.worker_version.empty());
}

TEST_F(Host, ExitsWithZeroWhenTheClientHangsUpBetweenRequests) {
    Conversation worker;
    worker.load(1, "good");
    worker.receive<Hello>();
    worker.receive<Reply>();
    worker.hang_up();
    const auto status = worker.exit_status();
    EXPECT_FALSE(status.was_signaled);
    EXPECT_EQ(status.code, 0);
}

TEST_F(Host, EndsWhenTheClientHangsUpDuringAJob) {
    Conversation worker;
    worker.receive<Hello>();
    worker.load(1, "hang");
    worker.receive<Reply>();
    worker.run(2, "fork");
    worker.receive<Event>();
    worker.hang_up();
    EXPECT_TRUE(worker.exit_status().was_signaled);
}

TEST_F(Host, CancelsWaitingAndRunningRequests) {
    Conversation worker;
    worker.receive<Hello>();
    worker.load(1, "good");
    worker.receive<Reply>();
    worker.run(2, "wait");
    worker.run(3, "wait");
    worker.receive<Event>();
    worker.send(3, "cancel");
    const auto waiting = worker.receive<Refusal>();
    EXPECT_EQ(waiting.id, 3);
    EXPECT_EQ(waiting.status, "cancelled");
    EXPECT_EQ(waiting.message, "cancelled before it began");
    worker.send(2, "cancel");
    const auto running = worker.receive<Refusal>();
    EXPECT_EQ(running.id, 2);
    EXPECT_EQ(running.status, "cancelled");
    EXPECT_EQ(running.message, "stopped as asked, after the step in progress");
}

TEST_F(Host, IgnoresCancellationOfFinishedAndUnknownRequests) {
    Conversation worker;
    worker.receive<Hello>();
    worker.send(99, "cancel");
    worker.load(1, "good");
    worker.receive<Reply>();
    worker.send(1, "cancel");
    worker.run(2, "count");
    for (int step = 1; step <= 3; ++step) {
        EXPECT_EQ(worker.receive<Event>().id, 2);
    }
    EXPECT_EQ(worker.receive<Reply>().id, 2);
}

TEST_F(Host, RefusesRequestsOutOfOrder) {
    Conversation worker;
    worker.receive<Hello>();
    worker.send(1, "devices");
    EXPECT_EQ(worker.receive<Refusal>().message, "'devices' before 'load'");
    worker.send(2, "dance");
    EXPECT_THAT(worker.receive<Refusal>().message, HasSubstr("unknown method 'dance'"));
    worker.send(3, "load");
    EXPECT_EQ(worker.receive<Refusal>().message, "load: key 'module' is missing");
}

TEST_F(Host, LoadsOneModuleInItsLife) {
    Conversation worker;
    worker.receive<Hello>();
    worker.load(1, "old_abi");
    EXPECT_EQ(worker.receive<Refusal>().status, "unsupported");
    worker.load(2, "good");
    EXPECT_EQ(worker.receive<Refusal>().message,
              "a second 'load': a worker loads one module in its life");
}

TEST_F(Host, RefusesParametersOfTheWrongType) {
    Conversation worker;
    worker.receive<Hello>();
    worker.load(1, "good");
    worker.receive<Reply>();
    worker.send(2, "run", {{"job", 7}, {"params", json::object{}}});
    EXPECT_EQ(worker.receive<Refusal>().message, "run: key 'job' is int64, expected a string");
    worker.send(3, "run", {{"job", "count"}});
    EXPECT_EQ(worker.receive<Refusal>().message, "run: key 'params' is missing");
}

TEST_F(Host, EndsIfTheClientBreaksTheProtocol) {
    for (const std::string& bytes :
         {encode_frame("not JSON"), encode_frame("{}"), std::string("GET / HTTP/1.1\r\n\r\n")}) {
        Conversation worker;
        worker.receive<Hello>();
        worker.send_bytes(bytes);
        const auto status = worker.exit_status();
        EXPECT_FALSE(status.was_signaled);
        EXPECT_EQ(status.code, 2);
    }
}

}  // namespace
}  // namespace trilby::worker
