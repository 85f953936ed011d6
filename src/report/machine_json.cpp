// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/machine_json.hpp"

#include "base/document.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "machine/describe.hpp"

namespace trilby::report {

json::object to_json(const Machine& machine) {
    return json::document(json::to_json(machine));
}

Result<Machine> parse_machine(std::string_view text, std::string_view where) {
    TRILBY_TRY(members, json::parse_document(text, where));
    return json::from_json<Machine>(members, where);
}

}  // namespace trilby::report
