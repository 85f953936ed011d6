// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/catalog.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <set>
#include <string_view>

namespace trilby::validate {
namespace {

bool is_measured(const Quantity& quantity) {
    return std::ranges::any_of(known_checks(), [&](const CheckInfo& check) {
        return std::ranges::find(check.measures, &quantity) != check.measures.end();
    });
}

TEST(Catalog, NamesAreUnique) {
    std::set<std::string_view> names;
    for (const CheckInfo& check : known_checks()) {
        EXPECT_TRUE(names.insert(check.name).second) << check.name;
    }
}

TEST(Catalog, EveryFaultIsDetectedBySomeCheck) {
    for (const FaultInfo& fault : known_faults()) {
        EXPECT_TRUE(std::ranges::any_of(known_checks(), [&](const CheckInfo& check) {
            return check.detects.contains(fault.fault);
        })) << fault.name;
    }
}

TEST(Catalog, EveryThresholdHasAMeasuredQuantity) {
    for (const Quantity* quantity : {&quantities::matmul_float32, &quantities::triad,
                                     &quantities::to_device_pinned, &quantities::to_host_pinned}) {
        EXPECT_TRUE(is_measured(*quantity)) << quantity->name;
    }
}

}  // namespace
}  // namespace trilby::validate
