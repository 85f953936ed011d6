// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace trilby::data {

/// What the examples of a data set are used for.
enum class Part : std::uint8_t { training, validation, test };

/// first..last-1
struct Range {
    std::int64_t first = 0;
    std::int64_t last = 0;

    [[nodiscard]] std::int64_t size() const { return last - first; }
    bool operator==(const Range&) const = default;
};

/// The elements of a part, of an array with one for each row.
template <class Element>
[[nodiscard]] std::span<Element> part_of(std::span<Element> rows, const Range& part) {
    return rows.subspan(static_cast<std::size_t>(part.first),
                        static_cast<std::size_t>(part.size()));
}

/// The rows of each part; rows of no part are not used.
struct Parts {
    Range training;
    Range validation;
    Range test;

    [[nodiscard]] const Range& of(Part part) const {
        return part == Part::training ? training : part == Part::validation ? validation : test;
    }
    bool operator==(const Parts&) const = default;
};

}  // namespace trilby::data
