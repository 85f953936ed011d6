// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A running server.py with its folder. Tests are skipped without Python or OpenSSL.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/text.hpp"
#include "made_content.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/file_tree.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"
#include "train/publication.hpp"

namespace trilby::fetch {

class ServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        server_.write("content/data.gz", content_);
        start();
        if (port_ == 0) {
            GTEST_SKIP() << "the test server needs python3 and openssl";
        }
        // Settings of the machine for its network do not apply to this server.
        for (const char* name :
             {"CURL_CA_BUNDLE", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
            ::unsetenv(name);
        }
        ::setenv("SSL_CERT_FILE", (server_ / "certificate.pem").c_str(), 1);
    }

    void TearDown() override {
        ::unsetenv("SSL_CERT_FILE");
        to_server_.reset();
        if (pid_ > 0) {
            ::waitpid(pid_, nullptr, 0);
        }
    }

    [[nodiscard]] std::string url(const std::string& mode, const std::string& host = "localhost") {
        return fmt::format("https://{}:{}/{}/data.gz", host, port_, mode);
    }
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::string log = platform::FileTree(server_.path()).read("/requests").value_or("");
        std::vector<std::string> lines;
        for (const std::string_view line : split_lines(log)) {
            lines.emplace_back(line);
        }
        return lines;
    }
    /// The content of a file in the target folder; nothing if it does not exist.
    [[nodiscard]] std::optional<std::string> found(const std::string& name) const {
        const auto content = platform::FileTree(target_.path()).read("/" + name, 64U << 20);
        return content ? std::optional(*content) : std::nullopt;
    }

    testing::TemporaryFolder server_;
    testing::TemporaryFolder target_;
    std::string content_ = made_content(100'000);
    std::string sha256_ = sha256_of_text(content_);
    train::PublishedFile file_{"data.gz", content_.size(), sha256_};
    int port_ = 0;

  private:
    void start() {
        int input[2];
        int output[2];
        ASSERT_EQ(::pipe2(input, O_CLOEXEC), 0);
        ASSERT_EQ(::pipe2(output, O_CLOEXEC), 0);
        to_server_ = platform::FileDescriptor(input[1]);
        const platform::FileDescriptor their_input(input[0]);
        platform::FileDescriptor their_output(output[1]);
        const std::string folder = server_.path();
        const std::string server = testing::test_folder() / "fetch/server.py";
        const char* arguments[] = {"python3", server.c_str(), folder.c_str(), nullptr};
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
        ::posix_spawnp(&pid_, "python3", &actions, nullptr, const_cast<char**>(arguments), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        their_output.reset();
        std::FILE* const lines = ::fdopen(output[0], "r");
        if (std::fscanf(lines, "ready %d", &port_) != 1) {
            port_ = 0;
        }
        std::fclose(lines);
    }

    platform::FileDescriptor to_server_;
    pid_t pid_ = -1;
};

}  // namespace trilby::fetch
