// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/runtimes/telemetry.hpp"

#include <utility>

#include "base/text.hpp"

namespace trilby::backends {

json::object CardTelemetry::finish() && {
    reading_["errors"] = std::move(errors_);
    for (auto& [key, why] : unknown_) {
        why = printable(std::string_view(why.as_string()));
    }
    reading_["unknown"] = std::move(unknown_);
    return std::move(reading_);
}

}  // namespace trilby::backends
