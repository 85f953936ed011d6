// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/pickled_tensors.hpp"

#include <utility>
#include <variant>

#include "base/try.hpp"

namespace trilby::tensors::pickle {
namespace {

/// Takes the tensors out of dictionaries in dictionaries.
class Collector {
  public:
    Result<void> collect(const Value& value, const std::string& name, int depth = 0) {
        constexpr int most_levels = 32;
        constexpr std::size_t most_visits = 100'000;
        if (++visits_ > most_visits || depth > most_levels) {
            return failure(ErrorCode::bad_data,
                           "its dictionaries are nested too deeply or too often", what_to_save);
        }
        if (const auto* tensor = std::get_if<const PickledTensor*>(&value)) {
            found.push_back(**tensor);
            found.back().name = name;
        }
        if (auto* const* dictionary = std::get_if<Dictionary*>(&value)) {
            for (const auto& [key, entry] : (*dictionary)->entries) {
                const std::string* text = text_of(key);
                const std::string inner = text == nullptr ? "?" : *text;
                if (name.size() + inner.size() >= most_name_bytes) {
                    return failure(ErrorCode::bad_data, "a name in it is too long", what_to_save);
                }
                TRILBY_CHECK(collect(entry, name.empty() ? inner : name + "." + inner, depth + 1));
            }
        }
        return {};
    }

    std::vector<PickledTensor> found;

  private:
    std::size_t visits_ = 0;
};

}  // namespace

Result<std::vector<PickledTensor>> tensors_in(const Value& value) {
    Collector collector;
    TRILBY_CHECK(collector.collect(value, ""));
    return std::move(collector.found);
}

}  // namespace trilby::tensors::pickle
