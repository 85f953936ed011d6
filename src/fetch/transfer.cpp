// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/transfer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "fetch/curl.hpp"
#include "install/version.hpp"
#include "platform/environment.hpp"

namespace trilby::fetch {
namespace {

constexpr long http_ok = 200;
constexpr long http_partial_content = 206;
constexpr long http_range_not_satisfiable = 416;

/// The context of libcurl's callbacks.
struct Running {
    const Transfer& transfer;
    CURL* handle;
    std::optional<Error> refusal = std::nullopt;  ///< from on_bytes
    std::array<char, CURL_ERROR_SIZE> detail{};   ///< the message of libcurl

    [[nodiscard]] long status() const {
        long code = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
        return code;
    }
    [[nodiscard]] long expected_status() const {
        return transfer.offset_bytes > 0 ? http_partial_content : http_ok;
    }
};

std::size_t take_bytes(char* bytes, std::size_t /*one*/, std::size_t size, void* context) {
    auto& running = *static_cast<Running*>(context);
    if (running.status() != running.expected_status()) {
        return size;  // an error page is not content
    }
    const auto taken = running.transfer.on_bytes(std::as_bytes(std::span(bytes, size)));
    if (!taken) {
        running.refusal = taken.error();
        return CURL_WRITEFUNC_ERROR;
    }
    return size;
}

int ask_whether_cancelled(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Running*>(context)->transfer.is_cancelled() ? 1 : 0;
}

void set_guards(Options& options, const TransferLimits& limits) {
    options.set(CURLOPT_PROTOCOLS_STR, "https");
    options.set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    options.set(CURLOPT_SSL_VERIFYPEER, 1L);
    options.set(CURLOPT_SSL_VERIFYHOST, 2L);
    options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    options.set(CURLOPT_FOLLOWLOCATION, 1L);
    options.set(CURLOPT_MAXREDIRS, static_cast<long>(limits.redirections));
    options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
    options.set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits.slowest_bytes_per_second));
    options.set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.slowest_time.count()));
    auto authorities = platform::environment_variable("CURL_CA_BUNDLE");
    if (!authorities) {
        authorities = platform::environment_variable("SSL_CERT_FILE");
    }
    if (authorities) {
        options.set(CURLOPT_CAINFO, authorities->c_str());
        options.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
}

void set_request(Options& options, Running& running) {
    static const std::string user_agent = fmt::format("trilby/{}", version);
    options.set(CURLOPT_URL, running.transfer.url.c_str());
    options.set(CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(running.transfer.offset_bytes));
    options.set(CURLOPT_FAILONERROR, 1L);
    options.set(CURLOPT_USERAGENT, user_agent.c_str());
    options.set(CURLOPT_WRITEFUNCTION, &take_bytes);
    options.set(CURLOPT_WRITEDATA, static_cast<void*>(&running));
    options.set(CURLOPT_NOPROGRESS, 0L);
    options.set(CURLOPT_XFERINFOFUNCTION, &ask_whether_cancelled);
    options.set(CURLOPT_XFERINFODATA, static_cast<void*>(&running));
    options.set(CURLOPT_ERRORBUFFER, running.detail.data());
    options.set(CURLOPT_NOSIGNAL, 1L);
    // Without it, a silent name server could delay the end after an interruption.
    options.set(CURLOPT_QUICK_EXIT, 1L);
}

bool is_passing_status(long status) {
    constexpr std::array passing{408L, 429L, 500L, 502L, 503L, 504L};
    return std::ranges::find(passing, status) != passing.end();
}

bool is_passing(CURLcode code) {
    constexpr std::array passing{
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
        CURLE_OPERATION_TIMEDOUT,   CURLE_PARTIAL_FILE,          CURLE_RECV_ERROR,
        CURLE_SEND_ERROR,           CURLE_GOT_NOTHING,           CURLE_HTTP2,
        CURLE_HTTP2_STREAM,         CURLE_SSL_CONNECT_ERROR,
    };
    return std::ranges::find(passing, code) != passing.end();
}

std::string hint_for(CURLcode code) {
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            return "check the clock and the package ca-certificates; if a proxy has an authority "
                   "of its own, set SSL_CERT_FILE to its file";
        case CURLE_UNSUPPORTED_PROTOCOL:
            return "use another server: Trilby downloads over HTTPS only, and this one redirects "
                   "elsewhere";
        default:
            return {};
    }
}

TransferFailure failed_with_status(const Running& running) {
    const long status = running.status();
    if (running.transfer.offset_bytes > 0 &&
        (status == http_ok || status == http_range_not_satisfiable)) {
        return {Remedy::start_over, {ErrorCode::unavailable, "the server cannot resume", {}}};
    }
    return {is_passing_status(status) ? Remedy::retry : Remedy::none,
            {ErrorCode::unavailable,
             fmt::format("the server answered {} for {}, expected {}", status, running.transfer.url,
                         running.expected_status()),
             is_passing_status(status) ? "repeat the command later, and it resumes"
                                       : "the server may have moved the file: update trilby"}};
}

TransferFailure failed(CURLcode code, const Running& running) {
    if (running.refusal) {
        return {Remedy::none, *running.refusal};
    }
    switch (code) {
        case CURLE_ABORTED_BY_CALLBACK:
            return {Remedy::none, {ErrorCode::interrupted, "interrupted", {}}};
        case CURLE_HTTP_RETURNED_ERROR:
            return failed_with_status(running);
        case CURLE_RANGE_ERROR:
            return {Remedy::start_over, {ErrorCode::unavailable, "the server cannot resume", {}}};
        default:
            const char* detail = running.detail[0] != '\0' ? running.detail.data()  //
                                                           : curl_easy_strerror(code);
            return {is_passing(code) ? Remedy::retry : Remedy::none,
                    {ErrorCode::unavailable,
                     fmt::format("cannot fetch {}: {}", running.transfer.url,
                                 printable(detail, CURL_ERROR_SIZE)),
                     hint_for(code)}};
    }
}

}  // namespace

std::expected<void, TransferFailure> run(const Transfer& transfer) {
    const Handle handle(curl_easy_init(), curl_easy_cleanup);
    Running running{transfer, handle.get()};
    Options options(handle.get());
    set_guards(options, transfer.limits);
    set_request(options, running);
    if (handle == nullptr || !options.is_complete()) {
        return std::unexpected(
            TransferFailure{Remedy::none,
                            {ErrorCode::unavailable, "this libcurl lacks HTTPS or a safety option",
                             "install the distribution's libcurl with TLS"}});
    }
    if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) {
        return std::unexpected(failed(code, running));
    }
    if (running.status() != running.expected_status()) {
        return std::unexpected(failed_with_status(running));
    }
    return {};
}

}  // namespace trilby::fetch
