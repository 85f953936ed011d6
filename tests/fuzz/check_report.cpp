// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any JSON from a worker is rejected, or is a check report that survives a round trip through JSON
// and can be written in every output format.

#include "validate/check_report.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/validation.hpp"

namespace {

using namespace trilby;

validate::Validation validation_of(validate::CheckReport report) {
    validate::Validation whole;
    whole.subject.device_name = "device";
    whole.results.push_back({.planned = {validate::find_check("matmul"), 1, 1}, .report = report});
    return whole;
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_outputs(const validate::Validation& whole) {
    for (const std::string& text : std::initializer_list<std::string>{
             report::to_text(whole.results.front(), {}), report::summary_text(whole, {}),
             report::to_junit(whole), report::to_html(whole)}) {
        require(!text.empty() && text.find('\x1b') == std::string::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = json::parse_object({reinterpret_cast<const char*>(data), size}, "input");
    if (!document) {
        return 0;
    }
    const auto report = validate::parse_check_report(*document, "report");
    if (!report) {
        return 0;
    }
    // Not compared with the input: writing may drop digits of numbers.
    const auto once = json::parse_object(json::serialize(validate::to_json(*report)), "written");
    require(once.has_value());
    require(validate::parse_check_report(*once, "written").has_value());
    check_outputs(validation_of(*report));
    return 0;
}
