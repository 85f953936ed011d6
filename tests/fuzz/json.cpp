// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes parse or fail; what parses says the same after either way of writing it.

#include "base/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace json = trilby::json;

namespace {

/// Text with one meaning has one compact form.
std::string canonical(std::string_view text) {
    const auto document = json::parse(text, "written");
    return document ? json::serialize(*document) : std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = json::parse({reinterpret_cast<const char*>(data), size}, "input");
    if (document) {
        const std::string compact = canonical(json::serialize(*document));
        if (canonical(json::pretty(*document)) != compact || canonical(compact) != compact) {
            std::abort();
        }
    }
    return 0;
}
