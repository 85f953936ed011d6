// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/machine_json.hpp"

#include "base/document.hpp"
#include "base/write_json.hpp"
#include "machine/describe.hpp"

namespace trilby::report {

json::object to_json(const Machine& machine) {
    return json::document(json::to_json(machine));
}

SafeText json_text(const Machine& machine) {
    return SafeText::lines(json::document_text(machine));
}

}  // namespace trilby::report
