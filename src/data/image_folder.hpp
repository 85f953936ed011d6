// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Images in one folder per class, perhaps below folders for training, validation and test.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/part.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

struct ImageClass {
    std::string name;
    std::vector<std::filesystem::path> files;  ///< sorted, so that their order is repeatable
};

/// The images of one part of the data.
struct ImagePart {
    Part part = Part::training;
    std::vector<ImageClass> classes;  ///< sorted by name
};

struct ImageFolder {
    std::vector<ImagePart> parts;      ///< those with images; only training if it is not split
    std::vector<std::string> classes;  ///< of all parts, sorted
    std::uint64_t stray_images = 0;    ///< not in the folder of a class
    std::uint64_t other_files = 0;     ///< by name neither PNG nor JPEG
    std::vector<std::filesystem::path> empty_folders = {};  ///< which could be classes
};

/// Whether the folder, or one of the folders in it, has folders with images.
[[nodiscard]] bool is_image_folder(const std::filesystem::path& path);

/// The images in the folder itself, which have no classes; sorted.
[[nodiscard]] std::vector<std::filesystem::path> images_in(const std::filesystem::path& folder);

/// Lists the files by their names' endings and does not open them. ErrorCode::bad_data if there are
/// fewer than two classes, if a class is only in the validation or test part, or if some folders
/// are parts and others are not.
[[nodiscard]] Result<ImageFolder> list_images(const std::filesystem::path& path);

}  // namespace trilby::data
