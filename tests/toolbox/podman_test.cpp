// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/podman.hpp"

#include <gtest/gtest.h>

namespace trilby::toolbox {
namespace {

TEST(ParseContainers, ReadsTheOutputOfPodman) {
    const auto containers = parse_containers(
        R"([{"Names": ["trilby"], "Image": "localhost/x:latest", "State": "exited", "Pid": 0}])");
    ASSERT_TRUE(containers);
    ASSERT_EQ(containers->size(), 1U);
    EXPECT_EQ(containers->front().name, "trilby");
    EXPECT_EQ(containers->front().image, "localhost/x:latest");
    EXPECT_EQ(containers->front().state, "exited");
    EXPECT_TRUE(parse_containers("[]")->empty());
}

TEST(ParseContainers, RefusesAnythingElse) {
    for (const char* text : {"", "{}", "[1]", R"([{"Names": []}])", R"([{"Names": ["x"]}])",
                             R"([{"Names": [1], "Image": "x", "State": "y"}])", "NAMES  IMAGE"}) {
        const auto containers = parse_containers(text);
        ASSERT_FALSE(containers) << text;
        EXPECT_EQ(containers.error().code, ErrorCode::bad_data) << text;
    }
}

}  // namespace
}  // namespace trilby::toolbox
