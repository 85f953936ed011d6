// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is JSON or an error. A parsed document is the same after serialize() and after
// pretty().

#include "base/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace json = trilby::json;

namespace {

/// Allows for older versions of Boost, which parse some numbers with a wrong last digit.
bool is_near(double a, double b) {
    return std::abs(a - b) <= 1e-14 * std::max(std::abs(a), std::abs(b)) + 1e-300;
}

bool is_same(const json::value& a, const json::value& b);

bool is_same(const json::array& a, const json::array& b) {
    return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return is_same(x, y); });
}

bool is_same(const json::object& a, const json::object& b) {
    return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
        return x.key() == y.key() && is_same(x.value(), y.value());
    });
}

bool is_same(const json::value& a, const json::value& b) {
    if (a.kind() != b.kind()) {
        return false;
    }
    if (a.is_double()) {
        return is_near(a.get_double(), b.get_double());
    }
    if (a.is_array()) {
        return is_same(a.get_array(), b.get_array());
    }
    return a.is_object() ? is_same(a.get_object(), b.get_object()) : a == b;
}

void check_written(const json::value& document, const std::string& text) {
    const auto again = json::parse(text, "written");
    if (!again || !is_same(document, *again)) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (const auto document = json::parse({reinterpret_cast<const char*>(data), size}, "input")) {
        check_written(*document, json::serialize(*document));
        check_written(*document, json::pretty(*document));
    }
    return 0;
}
