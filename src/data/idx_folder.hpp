// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Labeled images in the IDX files of MNIST and similar data sets, as their publishers call them:
/// train-images-idx3-ubyte and train-labels-idx1-ubyte, and t10k-... (or test-...) of the test
/// part, plain or with ".gz". All may have a prefix, such as "emnist-letters-".

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/large_vector.hpp"
#include "data/part.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// A file of images, and one of their labels.
struct IdxPart {
    Part part = Part::training;
    std::filesystem::path images;
    std::filesystem::path labels;
    std::vector<std::uint64_t> counts;  ///< images by IdxFolder::classes

    [[nodiscard]] std::size_t size() const;  ///< the number of images
};

struct IdxFolder {
    std::int64_t height = 0;  ///< pixels
    std::int64_t width = 0;
    std::vector<std::string> classes;  ///< the labels of the training part, ascending
    std::vector<IdxPart> parts;        ///< the training part, and perhaps the test part
};

/// Whether the folder has IDX files of training images.
[[nodiscard]] bool is_idx_folder(const std::filesystem::path& path);

/// Reads the labels, in bounded memory, and the headers of the images. ErrorCode::bad_data for
/// files that are missing, damaged or do not fit each other, for fewer than two classes, a class
/// that only the test part has, and a folder with several data sets.
[[nodiscard]] Result<IdxFolder> open_idx_folder(const std::filesystem::path& path);

/// The labels of a part as positions in IdxFolder::classes, in the order of the file.
[[nodiscard]] Result<LargeVector<std::uint8_t>> read_idx_labels(const IdxFolder& folder,
                                                                const IdxPart& part);

/// Calls `use` with the pixels of each image, a byte each, in the order of the file.
[[nodiscard]] Result<void> read_idx_images(
    const IdxFolder& folder, const IdxPart& part,
    const std::function<void(std::size_t, std::span<const std::uint8_t>)>& use);

}  // namespace trilby::data
