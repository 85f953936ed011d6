// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The values of a pickle that may be a state dict.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tensors/state_dict.hpp"

namespace trilby::tensors::pickle {

// Everything that may be large is kept in one place, and values refer to it: two bytes of a pickle
// can repeat a value, and a dictionary can be in itself.

struct None {};
struct Dictionary;
struct List;
struct Global {
    std::string name;  ///< "collections.OrderedDict"
};
struct Storage {
    std::string_view dtype;
    const std::string* key;
};
struct Mark {};
struct Tuple;
/// A value that a state dict may have and that is no tensor.
struct Other {};

using Value = std::variant<None, bool, std::int64_t, const std::string*, const Global*, Storage,
                           const PickledTensor*, Other, Mark, Dictionary*, List*, const Tuple*>;

struct Dictionary {
    std::vector<std::pair<Value, Value>> entries;
};
struct List {
    std::vector<Value> elements;
};
struct Tuple {
    std::vector<Value> elements;
};

inline constexpr std::size_t most_name_bytes = 1000;
inline constexpr const char* what_to_save =
    "save only the tensors: torch.save(model.state_dict(), FILE)";

/// Null for a value that is no text.
inline const std::string* text_of(const Value& value) {
    const auto* text = std::get_if<const std::string*>(&value);
    return text == nullptr ? nullptr : *text;
}

}  // namespace trilby::tensors::pickle
