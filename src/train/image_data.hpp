// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Labeled images in shared memory. `trilby` decompresses and checks the files while the worker
/// loads LibTorch; the worker then maps them without a copy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/json.hpp"
#include "platform/file_descriptor.hpp"
#include "train/dataset_catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The layout of a data set in shared memory.
struct ImageLayout {
    std::int64_t training_count = 0;
    std::int64_t test_count = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t classes = 0;
    double pixel_mean = 0.0;  ///< pixels scaled to 0..1
    double pixel_deviation = 1.0;

    /// One byte per pixel: training images, test images; one byte per label in the same order.
    [[nodiscard]] std::size_t training_images_bytes() const;
    [[nodiscard]] std::size_t test_images_bytes() const;
    [[nodiscard]] std::size_t total_bytes() const;
};
[[nodiscard]] json::object to_json(const ImageLayout& layout);
[[nodiscard]] Result<ImageLayout> parse_image_layout(const json::object& document);

[[nodiscard]] ImageLayout layout_of(const Dataset& dataset);

/// A memory file of the layout's size, still empty, that a child can inherit.
[[nodiscard]] Result<platform::FileDescriptor> reserve_images(const ImageLayout& layout);

/// Reads the IDX files of `dataset` in `folder` into the memory file and checks counts, sizes and
/// labels. The file is then sealed: no process can change or shrink it.
[[nodiscard]] Result<void> fill_images(const platform::FileDescriptor& memory,
                                       const Dataset& dataset, const std::filesystem::path& folder);

/// A read-only mapping of a filled memory file.
class MappedImages {
  public:
    [[nodiscard]] static Result<MappedImages> map(int memory, const ImageLayout& layout);
    MappedImages(MappedImages&& other) noexcept;
    MappedImages& operator=(MappedImages&&) = delete;
    ~MappedImages();

    [[nodiscard]] const ImageLayout& layout() const { return layout_; }
    [[nodiscard]] std::span<const std::uint8_t> training_images() const;
    [[nodiscard]] std::span<const std::uint8_t> test_images() const;
    [[nodiscard]] std::span<const std::uint8_t> training_labels() const;
    [[nodiscard]] std::span<const std::uint8_t> test_labels() const;

  private:
    MappedImages(std::span<const std::uint8_t> bytes, const ImageLayout& layout)
        : bytes_(bytes), layout_(layout) {}

    std::span<const std::uint8_t> bytes_;
    ImageLayout layout_;
};

}  // namespace trilby::train
