// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/prepared_data.hpp"

#include <gtest/gtest.h>

namespace trilby::train {
namespace {

TEST(Parts, SurviveARoundTrip) {
    const data::Parts parts{{0, 8}, {8, 9}, {9, 9}};
    EXPECT_EQ(parse_parts({{"parts", to_json(parts)}}, "parts").value(), parts);
}

TEST(Parts, ThatEndBeforeTheyBeginAreRefused) {
    EXPECT_FALSE(parse_parts({{"parts", to_json(data::Parts{{5, 4}, {}, {}})}}, "parts"));
    EXPECT_FALSE(parse_parts({{"parts", to_json(data::Parts{{-1, 4}, {}, {}})}}, "parts"));
    EXPECT_FALSE(parse_parts({}, "parts"));
}

}  // namespace
}  // namespace trilby::train
