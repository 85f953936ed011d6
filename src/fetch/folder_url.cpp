// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/folder_url.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "fetch/curl.hpp"

namespace trilby::fetch {
namespace {

std::unexpected<Error> unfit(const std::string& why) {
    return failure(ErrorCode::usage, why,
                   "give an HTTPS folder, such as https://example.org/data/");
}

}  // namespace

Result<std::string> parse_folder_url(const std::string& text) {
    const Url url(curl_url(), curl_url_cleanup);
    const CURLUcode code =
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    // The text may contain a password: errors quote only its other parts.
    if (code != CURLUE_OK) {
        return unfit(fmt::format("the base URL is not valid: {}", curl_url_strerror(code)));
    }
    if (const std::string scheme = part_of(url, CURLUPART_SCHEME); scheme != "https") {
        return unfit(
            fmt::format("the base URL begins with {}://, expected https://: data "
                        "without encryption could be altered on the way",
                        printable(scheme, 32)));
    }
    for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD}) {
        if (!part_of(url, part).empty()) {
            return unfit("the base URL holds a user name or a password");
        }
    }
    for (const CURLUPart part : {CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
        if (!part_of(url, part).empty()) {
            return unfit("the base URL has a query or a fragment, expected a folder");
        }
    }
    const std::string folder = part_of(url, CURLUPART_URL);
    return folder.ends_with('/') ? folder : folder + '/';
}

}  // namespace trilby::fetch
