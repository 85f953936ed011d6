// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/place.hpp"

#include <fmt/format.h>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"

namespace trilby::group {

TRILBY_DESCRIBE(Place, rank, size, engine, store_folder, store_host, store_port, has_store,
                store_prefix, interface, timeout_s)

json::object to_json(const Place& place) {
    return json::to_json(place, json::whole_texts);
}

Result<std::optional<Place>> parse_place(const json::object& params) {
    constexpr std::int64_t most_processes = 100'000;
    if (!params.contains("place")) {
        return std::nullopt;
    }
    TRILBY_TRY(document, json::get_object(params, "place", "params"));
    TRILBY_TRY(place, json::from_json<Place>(document, "place"));
    if (place.size < 1 || place.size > most_processes || place.rank < 0 ||
        place.rank >= place.size || !(place.timeout_s > 0 && place.timeout_s < 1e6)) {
        return failure(ErrorCode::usage, fmt::format("there is no process {} of {} with a limit of "
                                                     "{} s",
                                                     place.rank, place.size, place.timeout_s));
    }
    return std::optional(std::move(place));
}

}  // namespace trilby::group
