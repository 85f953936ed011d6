// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// libcurl's handles with owners, and its options with a check.

#pragma once

#include <curl/curl.h>
#include <memory>
#include <string>

namespace trilby::fetch {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

/// A part of the URL, or empty.
[[nodiscard]] std::string part_of(const Url& url, CURLUPart part);

/// Sets options and records whether libcurl knows all of them. Without a safety option it must not
/// be used.
class Options {
  public:
    explicit Options(CURL* handle) : handle_(handle) {}

    template <class Value>
    void set(CURLoption option, Value value) {
        // The parentheses avoid a macro of that name, which needs a constant option.
        is_complete_ &= (curl_easy_setopt)(handle_, option, value) == CURLE_OK;
    }
    [[nodiscard]] bool is_complete() const { return is_complete_; }

  private:
    CURL* handle_;
    bool is_complete_ = true;
};

}  // namespace trilby::fetch
