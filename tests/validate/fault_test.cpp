// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/fault.hpp"

#include <gmock/gmock.h>

namespace trilby::validate {
namespace {

TEST(Fault, EveryNameIsFound) {
    for (const FaultInfo& fault : known_faults()) {
        EXPECT_EQ(fault_named(fault.name), fault.fault);
        EXPECT_EQ(fault_name(fault.fault), fault.name);
    }
    EXPECT_EQ(fault_named("no-such-fault"), std::nullopt);
}

TEST(FaultSet, ContainsItsFaults) {
    const FaultSet set = FaultSet(FaultClass::tile) | FaultClass::lost_device;
    EXPECT_TRUE(set.contains(FaultClass::tile));
    EXPECT_TRUE(set.contains(FaultClass::lost_device));
    EXPECT_FALSE(set.contains(FaultClass::crash));
    EXPECT_FALSE(FaultSet().contains(FaultClass::bit_flip));
}

}  // namespace
}  // namespace trilby::validate
