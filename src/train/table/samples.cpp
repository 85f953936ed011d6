// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/samples.hpp"

#include "base/try.hpp"
#include "train/table/schema.hpp"

namespace trilby::train::table {
namespace {

Samples number_samples(const Target& target, std::span<const float> truth,
                       std::span<const float> outputs) {
    constexpr std::size_t most_numbers = 2000;
    NumberSamples numbers{.name = target.column, .pairs = {}};
    for (const std::size_t i : spread(truth.size(), most_numbers)) {
        numbers.pairs.emplace_back(in_own_unit(target, double{truth[i]}), double{outputs[i]});
    }
    Samples samples;
    samples.numbers = std::move(numbers);
    return samples;
}

}  // namespace

Result<Samples> choose_samples(const Settings& /*settings*/, const PreparedData& data,
                               std::span<const float> outputs) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const Target& target = schema.target;
    const data::Range& test = data.parts.test;
    return target.is_class()
               ? class_samples(target.classes,
                               data::part_of(data.arrays.elements<std::int32_t>("targets"), test),
                               outputs)
               : number_samples(target, data::part_of(data.arrays.elements<float>("targets"), test),
                                outputs);
}

}  // namespace trilby::train::table
