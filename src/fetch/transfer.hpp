// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// One HTTPS request: certificates are always checked, and no other protocol is ever spoken, not
/// even after a redirection.

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

/// What a server may not exceed.
struct TransferLimits {
    std::chrono::milliseconds connect{30'000};
    /// A transfer slower than this for so long is given up.
    std::uint32_t slowest_bytes_per_second = 1024;
    std::chrono::seconds slowest_time{30};
    int redirections = 5;
};

/// What may help after a failure.
enum class Remedy : std::uint8_t {
    none,
    retry,       ///< the network or the server is busy: the same again, a little later
    start_over,  ///< the server cannot continue at the offset: ask for the whole
};

struct TransferFailure {
    Remedy remedy = Remedy::none;
    Error error;
};

struct Transfer {
    std::string url;
    std::uint64_t offset_bytes = 0;  ///< what lies before is not asked for
    TransferLimits limits;
    /// Gets the content in order; its error ends the transfer and is handed on.
    std::function<Result<void>(std::span<const std::byte>)> on_bytes;
    std::function<bool()> is_cancelled;  ///< asked about once a second, and with every piece
};

/// Runs until the server says that its file has ended. The authorities that may sign certificates
/// are the system's, or those in the file that CURL_CA_BUNDLE or SSL_CERT_FILE names.
[[nodiscard]] std::expected<void, TransferFailure> run(const Transfer& transfer);

}  // namespace trilby::fetch
