// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/status_server.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>

#include "support/temporary_folder.hpp"

namespace trilby::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* address = "KUBEFLOW_TRAINER_SERVER_URL";
constexpr const char* authority = "KUBEFLOW_TRAINER_SERVER_CA_CERT";
constexpr const char* token = "KUBEFLOW_TRAINER_SERVER_TOKEN";

/// The variables as the platform sets them, with files in a folder of the test. Nothing listens on
/// port 1.
class StatusServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_.write("ca.crt", "a certificate");
        folder_.write("token", "a.b-c_d\n");
        ::setenv(address, "http://127.0.0.1:1/status", 1);
        ::setenv(authority, (folder_ / "ca.crt").c_str(), 1);
        ::setenv(token, (folder_ / "token").c_str(), 1);
    }
    void TearDown() override {
        for (const char* name : {address, authority, token}) {
            ::unsetenv(name);
        }
    }

    /// Why a post does not succeed.
    std::string failure_of_post() {
        const auto posted = post_status(find_status_server().value(), "{}");
        return posted ? "" : posted.error().message;
    }

    testing::TemporaryFolder folder_;
};

TEST_F(StatusServerTest, IsThatOfThePlatformsVariables) {
    ::setenv(address, "HTTPS://trainer.kubeflow.svc:10443/apis/status", 1);
    const auto server = find_status_server();
    ASSERT_TRUE(server);
    EXPECT_EQ(server->url, "https://trainer.kubeflow.svc:10443/apis/status");
    EXPECT_EQ(server->authority, folder_ / "ca.crt");
    EXPECT_EQ(server->token, folder_ / "token");
}

TEST_F(StatusServerTest, NeedsAllVariables) {
    for (const char* name : {address, authority, token}) {
        const std::string value = ::getenv(name);
        ::unsetenv(name);
        const auto server = find_status_server();
        ASSERT_FALSE(server) << name;
        EXPECT_THAT(server.error().message, HasSubstr(name));
        ::setenv(name, value.c_str(), 1);
    }
}

TEST_F(StatusServerTest, IsNotUsedWithoutEncryptionExceptOnThisMachine) {
    for (const char* here : {"http://localhost:8080/a", "http://127.0.0.1/a", "http://[::1]:1/a"}) {
        ::setenv(address, here, 1);
        EXPECT_TRUE(find_status_server()) << here;
    }
    for (const char* unfit :
         {"trainer", "http://trainer/a", "http://127.0.0.1.example.org/a", "http://localhost.org/a",
          "ftp://localhost/a", "file:///etc/passwd", "https://", "https://me:secret@localhost/a",
          "http://me:secret@localhost/a"}) {
        ::setenv(address, unfit, 1);
        const auto server = find_status_server();
        ASSERT_FALSE(server) << unfit;
        EXPECT_EQ(server.error().code, ErrorCode::usage);
        EXPECT_THAT(server.error().message, Not(HasSubstr("secret")));
    }
}

TEST_F(StatusServerTest, SaysThatNothingListens) {
    EXPECT_THAT(failure_of_post(), HasSubstr("127.0.0.1 port 1"));
}

TEST_F(StatusServerTest, ReadsTheTokenAnewForEachPost) {
    const StatusServer server = find_status_server().value();
    EXPECT_THAT(post_status(server, "{}").error().message, HasSubstr("port 1"));
    std::filesystem::remove(folder_ / "token");
    EXPECT_THAT(post_status(server, "{}").error().message, HasSubstr("token"));
    folder_.write("token", "e.f.g");
    EXPECT_THAT(post_status(server, "{}").error().message, HasSubstr("port 1"));
}

TEST_F(StatusServerTest, RefusesATokenThatCouldAddHeaders) {
    for (const std::string unfit :
         {"", " \n", "secret\r\nHost: x", "secret secret", "secret\x7f", "s\xc3\xa4", "a\tb"}) {
        folder_.write("token", unfit);
        EXPECT_THAT(failure_of_post(), HasSubstr("is not a token"));
        EXPECT_THAT(failure_of_post(), Not(HasSubstr("secret")));
    }
}

TEST_F(StatusServerTest, RefusesFilesThatAreTooLongOrNotRegular) {
    folder_.write("token", std::string(20'000, 'a'));
    EXPECT_THAT(failure_of_post(), HasSubstr("longer than 16384 bytes"));
    std::filesystem::remove(folder_ / "token");
    ASSERT_EQ(::mkfifo((folder_ / "token").c_str(), 0600), 0);
    EXPECT_THAT(failure_of_post(), HasSubstr("not a regular file"));
    ::setenv(token, "/dev/zero", 1);
    EXPECT_THAT(failure_of_post(), HasSubstr("not a regular file"));
}

TEST_F(StatusServerTest, NeedsTheFileOfTheAuthority) {
    folder_.write("ca.crt", "");
    EXPECT_THAT(failure_of_post(), HasSubstr("ca.crt' is empty"));
    std::filesystem::remove(folder_ / "ca.crt");
    EXPECT_THAT(failure_of_post(), HasSubstr("ca.crt"));
}

}  // namespace
}  // namespace trilby::fetch
