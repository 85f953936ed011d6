// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_job.hpp"

#include "base/read_json.hpp"
#include "base/write_json.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {

json::object to_json(const CheckParams& params) {
    return json::to_json(params, json::whole_texts);
}

json::object to_json(const CheckProgress& event) {
    return json::to_json(event, json::whole_texts);
}

Result<CheckParams> parse_check_params(const json::object& document) {
    return json::from_json<CheckParams>(document, "params");
}

Result<CheckProgress> parse_check_progress(const json::object& document) {
    return json::from_json<CheckProgress>(document, "progress event");
}

}  // namespace trilby::validate
