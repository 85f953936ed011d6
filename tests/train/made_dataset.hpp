// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A data set of three images for tests.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "data/made_idx.hpp"
#include "support/temporary_folder.hpp"
#include "train/dataset_catalog.hpp"

namespace trilby::testing {

inline constexpr std::array made_files{
    train::PublishedFile{"a.gz", 0, ""}, train::PublishedFile{"b.gz", 0, ""},
    train::PublishedFile{"c.gz", 0, ""}, train::PublishedFile{"d.gz", 0, ""}};
inline constexpr std::array<std::string_view, 3> made_classes{"ankle", "boot", "coat"};
inline constexpr train::Dataset made_dataset{{.name = "made", .files = made_files},
                                             "",
                                             train::LabeledImages{.training_count = 2,
                                                                  .test_count = 1,
                                                                  .height = 1,
                                                                  .width = 2,
                                                                  .classes = made_classes,
                                                                  .pixel_mean = 0.25,
                                                                  .pixel_deviation = 0.5}};

/// Half of the files are compressed.
inline void write_made_dataset(const TemporaryFolder& folder) {
    folder.write("a.gz", gzip(data::idx({2, 1, 2}, "abcd")));
    folder.write("b.gz", gzip(data::idx({2}, std::string("\0\2", 2))));
    folder.write("c.gz", data::idx({1, 1, 2}, "ef"));
    folder.write("d.gz", data::idx({1}, "\1"));
}

}  // namespace trilby::testing
