// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The server of Kubeflow Trainer that takes the status of a training run. Certificates are always
/// checked, and no redirection and no proxy is used. No error quotes the token or an answer.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::fetch {

struct StatusServer {
    std::string url;
    std::filesystem::path authority;         ///< the file with the server's certificate authority
    std::filesystem::path token;             ///< the file with what authorizes a request
    std::chrono::milliseconds limit{3'000};  ///< for a whole request
};

/// The server of the variables KUBEFLOW_TRAINER_SERVER_URL, KUBEFLOW_TRAINER_SERVER_CA_CERT and
/// KUBEFLOW_TRAINER_SERVER_TOKEN. ErrorCode::usage if one is missing, or if the URL is not HTTPS;
/// on this machine it may be HTTP.
[[nodiscard]] Result<StatusServer> find_status_server();

/// Posts a JSON document. Both files are read again each time, since the platform replaces them.
[[nodiscard]] Result<void> post_status(const StatusServer& server, std::string_view status);

}  // namespace trilby::fetch
