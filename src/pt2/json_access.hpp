// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Members of a large JSON document where they are: json::get_object() would copy them.

#pragma once

#include <string_view>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// ErrorCode::bad_data at a place of the document.
[[nodiscard]] std::unexpected<Error> malformed(std::string_view where, std::string_view what);

// A missing or mistyped key is ErrorCode::bad_data.
[[nodiscard]] Result<const json::object*> object_in(const json::object& from, std::string_view key,
                                                    std::string_view where);
[[nodiscard]] Result<const json::array*> array_in(const json::object& from, std::string_view key,
                                                  std::string_view where);
/// An element of an array.
[[nodiscard]] Result<const json::object*> object_of(const json::value& element,
                                                    std::string_view where);

/// The only member of an object, which says by its key what it is: {"as_int": 3}.
struct Tagged {
    std::string_view tag;
    const json::object* object;  ///< the object with the member, for json::get_integer() and such
    const json::value* content;
};
[[nodiscard]] Result<Tagged> tagged(const json::value& element, std::string_view where);

}  // namespace trilby::pt2
