// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// One HTTPS request. Certificates are always checked, and no other protocol is used, not even
/// after a redirection.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>

#include <trilby/result.hpp>

namespace trilby::fetch {

/// Limits for a server.
struct TransferLimits {
    std::chrono::milliseconds connect{30'000};
    /// A transfer that is slower for this long fails.
    std::uint32_t slowest_bytes_per_second = 1024;
    std::chrono::seconds slowest_time{30};
    int redirections = 5;
};

/// The remedy for a failure.
enum class Remedy : std::uint8_t {
    none,
    retry,       ///< a temporary error: repeat the request later
    start_over,  ///< the server cannot resume: request the whole file
};

struct TransferFailure {
    Remedy remedy = Remedy::none;
    Error error;
};

struct Transfer {
    std::string url;
    std::uint64_t offset_bytes = 0;  ///< the first byte to request
    TransferLimits limits;
    /// Receives the content in order. An error ends the transfer and is returned.
    std::function<Result<void>(std::span<const std::byte>)> on_bytes;
    std::function<bool()> is_cancelled;  ///< called about once a second, and for every piece
};

/// Runs until the server's file has ended. Certificate authorities are the system's, or those in
/// the file of CURL_CA_BUNDLE or SSL_CERT_FILE.
[[nodiscard]] std::expected<void, TransferFailure> run(const Transfer& transfer);

}  // namespace trilby::fetch
