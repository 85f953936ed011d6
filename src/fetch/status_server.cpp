// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/status_server.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "base/try.hpp"
#include "fetch/curl.hpp"
#include "install/version.hpp"
#include "platform/environment.hpp"
#include "platform/large_file.hpp"

namespace trilby::fetch {
namespace {

constexpr std::size_t longest_answer = 65'536;

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Result<std::string> variable(const char* name) {
    auto value = platform::environment_variable(name);
    if (!value) {
        return failure(ErrorCode::usage, fmt::format("the environment lacks {}", name));
    }
    return std::move(*value);
}

bool is_this_machine(std::string_view host) {
    constexpr std::array names{"localhost", "127.0.0.1", "[::1]"};
    return std::ranges::find(names, host) != names.end();
}

/// The address, with its scheme in lower case. Without encryption, the network would see the token.
Result<std::string> encrypted_address(const std::string& text) {
    const Url url(curl_url(), curl_url_cleanup);
    const bool is_valid =
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) == CURLUE_OK;
    const std::string scheme = part_of(url, CURLUPART_SCHEME);
    const bool is_private =
        scheme == "https" || (scheme == "http" && is_this_machine(part_of(url, CURLUPART_HOST)));
    if (!is_valid || !is_private) {
        return failure(ErrorCode::usage,
                       "KUBEFLOW_TRAINER_SERVER_URL is not an HTTPS address without a user name");
    }
    return part_of(url, CURLUPART_URL);
}

/// The content of a small file, which may be replaced at any time.
Result<std::string> content_of(const std::filesystem::path& path, std::size_t limit_bytes) {
    TRILBY_TRY(file, platform::LargeFile::open(path));
    auto content =
        file.size_bytes() <= limit_bytes ? file.read(0, file.size_bytes()) : std::nullopt;
    if (!content) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' cannot be read, or is longer than {} bytes", path.string(),
                                   limit_bytes));
    }
    return std::move(*content);
}

/// A token with other characters could add headers to the request.
Result<std::string> read_token(const std::filesystem::path& path) {
    TRILBY_TRY(content, content_of(path, 16'384));
    const std::string_view token = trim(content);
    if (token.empty() ||
        !std::ranges::all_of(token, [](char byte) { return byte > ' ' && byte <= '~'; })) {
        return failure(ErrorCode::bad_data, fmt::format("'{}' is not a token", path.string()));
    }
    return std::string(token);
}

/// Counts the bytes of the answer, of which only the status is needed. A long one is cut.
std::size_t skip_bytes(char* /*bytes*/, std::size_t /*one*/, std::size_t size, void* context) {
    auto& total = *static_cast<std::size_t*>(context);
    total += size;
    return total <= longest_answer ? size : CURL_WRITEFUNC_ERROR;
}

Headers headers_with(const std::string& token) {
    Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"),
                    curl_slist_free_all);
    curl_slist* const all =
        curl_slist_append(headers.get(), ("Authorization: Bearer " + token).c_str());
    // The list keeps its first element.
    return all == nullptr ? Headers(nullptr, curl_slist_free_all) : std::move(headers);
}

void set_protection(Options& options, const StatusServer& server, const curl_blob& authority) {
    options.set(CURLOPT_PROTOCOLS_STR, server.url.starts_with("https:") ? "https" : "http");
    options.set(CURLOPT_SSL_VERIFYPEER, 1L);
    options.set(CURLOPT_SSL_VERIFYHOST, 2L);
    options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    options.set(CURLOPT_CAINFO_BLOB, &authority);
    options.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    options.set(CURLOPT_FOLLOWLOCATION, 0L);
    options.set(CURLOPT_NOPROXY, "*");
    options.set(CURLOPT_TIMEOUT_MS, static_cast<long>(server.limit.count()));
    options.set(CURLOPT_NOSIGNAL, 1L);
    // Without it, a silent name server could delay the end past the limit.
    options.set(CURLOPT_QUICK_EXIT, 1L);
}

Result<void> send(CURL* handle, char* detail) {
    const CURLcode code = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
        return failure(ErrorCode::unavailable,
                       printable(*detail != '\0' ? detail : curl_easy_strerror(code), 256));
    }
    if (status < 200 || status > 299) {
        return failure(ErrorCode::unavailable,
                       fmt::format("the server answered {}, expected 200", status));
    }
    return {};
}

}  // namespace

Result<StatusServer> find_status_server() {
    TRILBY_TRY(text, variable("KUBEFLOW_TRAINER_SERVER_URL"));
    TRILBY_TRY(url, encrypted_address(text));
    TRILBY_TRY(authority, variable("KUBEFLOW_TRAINER_SERVER_CA_CERT"));
    TRILBY_TRY(token, variable("KUBEFLOW_TRAINER_SERVER_TOKEN"));
    return StatusServer{.url = std::move(url), .authority = authority, .token = token};
}

Result<void> post_status(const StatusServer& server, std::string_view status) {
    TRILBY_TRY(token, read_token(server.token));
    TRILBY_TRY(authority, content_of(server.authority, 1U << 20));
    if (authority.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is empty, expected the certificate of the server's "
                                   "authority",
                                   server.authority.string()));
    }
    const std::string user_agent = fmt::format("trilby/{}", version);
    const curl_blob authority_blob{authority.data(), authority.size(), CURL_BLOB_NOCOPY};
    const Headers headers = headers_with(token);
    std::array<char, CURL_ERROR_SIZE> detail{};
    std::size_t answer_bytes = 0;
    const Handle handle(curl_easy_init(), curl_easy_cleanup);
    Options options(handle.get());
    set_protection(options, server, authority_blob);
    options.set(CURLOPT_URL, server.url.c_str());
    options.set(CURLOPT_USERAGENT, user_agent.c_str());
    options.set(CURLOPT_HTTPHEADER, headers.get());
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(status.size()));
    options.set(CURLOPT_POSTFIELDS, status.data());
    options.set(CURLOPT_WRITEFUNCTION, &skip_bytes);
    options.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer_bytes));
    options.set(CURLOPT_ERRORBUFFER, detail.data());
    if (handle == nullptr || headers == nullptr || !options.is_complete()) {
        return failure(ErrorCode::unavailable, "this libcurl lacks HTTPS or a safety option");
    }
    return send(handle.get(), detail.data());
}

}  // namespace trilby::fetch
