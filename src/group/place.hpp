// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Where a process stands among those that train together, and how it finds them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

struct Place {
    std::int64_t rank = 0;
    std::int64_t size = 1;
    std::string engine = {};        ///< the file of its module
    std::string store_folder = {};  ///< of a FileStore; empty: a TCP store
    std::string store_host = {};
    std::int64_t store_port = 0;
    /// A launcher such as torchrun runs the TCP store; else rank 0 does.
    bool has_store = false;
    std::string store_prefix = {};  ///< of this attempt: a restarted group starts anew
    std::string interface = {};     ///< of the network; empty: this machine only
    double timeout_s = 300.0;       ///< for finding each other, and for each exchange
};

[[nodiscard]] json::object to_json(const Place& place);
/// The parameter `place` of a job. Nothing where there is none.
[[nodiscard]] Result<std::optional<Place>> parse_place(const json::object& params);

}  // namespace trilby::group
