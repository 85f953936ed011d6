// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/curl.hpp"

namespace trilby::fetch {

std::string part_of(const Url& url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) {
        return {};
    }
    std::string copy = text;
    curl_free(text);
    return copy;
}

}  // namespace trilby::fetch
