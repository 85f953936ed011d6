// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/idx_folder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "data/idx.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::data {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t longest_side = 1024;

/// Files are called train-images-idx3-ubyte or, on some disks, train-images.idx3-ubyte.
bool is_called(const fs::path& file, std::string_view part, std::string_view content) {
    std::string name = lower_case(file.filename().native());
    if (name.ends_with(".gz")) {
        name.resize(name.size() - 3);
    }
    const char* const rank = content == "images" ? "3" : "1";
    return std::ranges::any_of(std::array{'-', '.'}, [&](char joint) {
        return name.ends_with(fmt::format("{}-{}{}idx{}-ubyte", part, content, joint, rank));
    });
}

/// A compressed file is left out if it is there uncompressed, too.
std::vector<fs::path> files_called(const fs::path& folder, std::string_view part,
                                   std::string_view content) {
    std::vector<fs::path> found;
    if (const auto entries = platform::folder_entries(folder)) {
        std::ranges::copy_if(*entries, std::back_inserter(found), [&](const fs::path& entry) {
            std::error_code unknown;
            return is_called(entry, part, content) && !fs::is_directory(entry, unknown);
        });
    }
    std::ranges::sort(found);
    const auto repeats = std::ranges::unique(found, [](const fs::path& a, const fs::path& b) {
        return b.native() == a.native() + ".gz";
    });
    found.erase(repeats.begin(), repeats.end());
    return found;
}

/// Nothing if there is none. ErrorCode::bad_data for several.
Result<std::optional<fs::path>> file_called(const fs::path& folder,
                                            std::span<const std::string_view> parts,
                                            std::string_view content) {
    for (const std::string_view part : parts) {
        const std::vector<fs::path> found = files_called(folder, part, content);
        if (found.size() > 1) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("'{}' has several files of {}-{}: '{}' and '{}'", folder.string(), part,
                            content, found[0].filename().string(), found[1].filename().string()),
                "keep the files of one data set in the folder, each once");
        }
        if (!found.empty()) {
            return found.front();
        }
    }
    return std::nullopt;
}

Result<IdxFile> open_images(const fs::path& path) {
    TRILBY_TRY(file, IdxFile::open(path));
    const auto is_side = [](std::int64_t side) { return side >= 1 && side <= longest_side; };
    const std::vector<std::int64_t>& shape = file.shape();
    if (shape.size() != 3 || !is_side(shape[1]) || !is_side(shape[2])) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' does not hold images of 1 to {} pixels: its sizes are {}",
                                   path.string(), longest_side, fmt::join(shape, " x ")),
                       "check whether files of images and labels are swapped");
    }
    if (shape[0] == 0) {
        return failure(ErrorCode::bad_data, fmt::format("'{}' has no images", path.string()));
    }
    return std::move(file);
}

/// In pieces, since the header may claim more than the file has.
Result<std::vector<std::uint8_t>> read_labels(const fs::path& path, std::int64_t count) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 20;
    TRILBY_TRY(file, IdxFile::open(path));
    if (file.shape() != std::vector{count}) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' holds {} values, expected {}, a label for each image",
                                   path.string(), fmt::join(file.shape(), " x "), count),
                       "check whether files are swapped or belong to another data set");
    }
    std::vector<std::uint8_t> labels;
    const auto all = static_cast<std::size_t>(count);
    while (labels.size() < all) {
        const std::size_t first = labels.size();
        labels.resize(std::min(all, first + piece_bytes));
        TRILBY_CHECK(file.read_next(std::as_writable_bytes(std::span(labels).subspan(first))));
    }
    TRILBY_CHECK(file.expect_end());
    return labels;
}

struct LabeledPart {
    IdxPart part;
    std::vector<std::uint8_t> labels;  ///< as in the file
    std::vector<std::int64_t> shape;
};

constexpr std::array<std::string_view, 1> training_names{"train"};
constexpr std::array<std::string_view, 2> test_names{"t10k", "test"};

Result<std::optional<LabeledPart>> open_part(const fs::path& folder, Part part,
                                             std::span<const std::string_view> names) {
    TRILBY_TRY(images, file_called(folder, names, "images"));
    TRILBY_TRY(labels, file_called(folder, names, "labels"));
    if (!images && !labels) {
        return std::nullopt;
    }
    if (!images || !labels) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has no file {}-{}-idx{}-ubyte or .gz", folder.string(),
                                   names.front(), images ? "labels" : "images", images ? 1 : 3),
                       "copy all files of the data set into the folder");
    }
    TRILBY_TRY(file, open_images(*images));
    TRILBY_TRY(values, read_labels(*labels, file.shape()[0]));
    return LabeledPart{.part = {.part = part, .images = *images, .labels = {}},
                       .labels = std::move(values),
                       .shape = file.shape()};
}

/// The positions of the labels that the training part has.
std::map<std::uint8_t, std::int32_t> positions_of(const std::vector<std::uint8_t>& labels) {
    std::map<std::uint8_t, std::int32_t> positions;
    for (const std::uint8_t label : labels) {
        positions.emplace(label, 0);
    }
    std::int32_t next = 0;
    for (auto& [label, position] : positions) {
        position = next++;
    }
    return positions;
}

Result<void> append(LabeledPart part, const std::map<std::uint8_t, std::int32_t>& positions,
                    IdxFolder& folder) {
    for (const std::uint8_t label : part.labels) {
        const auto found = positions.find(label);
        if (found == positions.end()) {
            return failure(ErrorCode::bad_data,
                           fmt::format("label {} is in the test part of '{}', but not in the "
                                       "training part",
                                       label, part.part.images.string()),
                           "check whether the files belong to one data set");
        }
        part.part.labels.push_back(found->second);
    }
    folder.parts.push_back(std::move(part.part));
    return {};
}

}  // namespace

bool is_idx_folder(const fs::path& path) {
    return !files_called(path, "train", "images").empty();
}

Result<IdxFolder> open_idx_folder(const fs::path& path) {
    TRILBY_TRY(training, open_part(path, Part::training, training_names));
    TRILBY_TRY(test, open_part(path, Part::test, test_names));
    if (!training) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has no IDX files of training images", path.string()));
    }
    if (test && (test->shape[1] != training->shape[1] || test->shape[2] != training->shape[2])) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the test images in '{}' have {} x {} pixels, the training "
                                   "images {} x {}",
                                   path.string(), test->shape[2], test->shape[1],
                                   training->shape[2], training->shape[1]),
                       "check whether the files belong to one data set");
    }
    const auto positions = positions_of(training->labels);
    if (positions.size() < 2) {
        return failure(ErrorCode::bad_data,
                       fmt::format("all training images in '{}' have the label {}", path.string(),
                                   positions.begin()->first),
                       "give images of at least two classes");
    }
    IdxFolder folder{
        .height = training->shape[1], .width = training->shape[2], .classes = {}, .parts = {}};
    for (const auto& [label, position] : positions) {
        folder.classes.push_back(fmt::format("{}", label));
    }
    TRILBY_CHECK(append(std::move(*training), positions, folder));
    if (test) {
        TRILBY_CHECK(append(std::move(*test), positions, folder));
    }
    return folder;
}

Result<void> read_idx_images(
    const IdxFolder& folder, const IdxPart& part,
    const std::function<void(std::size_t, std::span<const std::uint8_t>)>& use) {
    TRILBY_TRY(file, IdxFile::open(part.images));
    if (file.shape() !=
        std::vector{static_cast<std::int64_t>(part.labels.size()), folder.height, folder.width}) {
        return corrupt_file(part.images, "changed while it was read");
    }
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(folder.height * folder.width));
    for (std::size_t i = 0; i < part.labels.size(); ++i) {
        TRILBY_CHECK(file.read_next(std::as_writable_bytes(std::span(pixels))));
        use(i, pixels);
    }
    return file.expect_end();
}

}  // namespace trilby::data
