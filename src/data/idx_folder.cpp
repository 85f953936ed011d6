// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/idx_folder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <numeric>
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

/// Calls `use` with the labels piece by piece, since the header may claim more than the file has,
/// and a small compressed file may have more than memory.
Result<void> read_labels(const fs::path& path, std::int64_t count,
                         const std::function<void(std::span<const std::uint8_t>)>& use) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 16;
    TRILBY_TRY(file, IdxFile::open(path));
    if (file.shape() != std::vector{count}) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' holds {} values, expected {}, a label for each image",
                                   path.string(), fmt::join(file.shape(), " x "), count),
                       "check whether files are swapped or belong to another data set");
    }
    std::vector<std::uint8_t> piece(piece_bytes);
    for (auto left = static_cast<std::size_t>(count); left > 0; left -= piece.size()) {
        piece.resize(std::min(left, piece_bytes));
        TRILBY_CHECK(file.read_next(std::as_writable_bytes(std::span(piece))));
        use(piece);
    }
    return file.expect_end();
}

/// How many images have each label of the file.
using LabelCounts = std::array<std::uint64_t, 256>;

struct LabeledPart {
    IdxPart part;
    LabelCounts labels{};
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
    LabeledPart labeled{.part = {.part = part, .images = *images, .labels = *labels, .counts = {}},
                        .shape = file.shape()};
    TRILBY_CHECK(read_labels(*labels, file.shape()[0], [&](std::span<const std::uint8_t> piece) {
        for (const std::uint8_t label : piece) {
            ++labeled.labels[label];
        }
    }));
    return labeled;
}

/// The labels that occur, ascending.
std::vector<std::uint8_t> labels_in(const LabelCounts& counts) {
    std::vector<std::uint8_t> labels;
    for (std::size_t label = 0; label < counts.size(); ++label) {
        if (counts[label] > 0) {
            labels.push_back(static_cast<std::uint8_t>(label));
        }
    }
    return labels;
}

/// `known` are the labels of the training part.
Result<void> append(LabeledPart part, const std::vector<std::uint8_t>& known, IdxFolder& folder) {
    for (const std::uint8_t label : labels_in(part.labels)) {
        if (!std::ranges::binary_search(known, label)) {
            return failure(ErrorCode::bad_data,
                           fmt::format("label {} is in the test part of '{}', but not in the "
                                       "training part",
                                       label, part.part.images.string()),
                           "check whether the files belong to one data set");
        }
    }
    for (const std::uint8_t label : known) {
        part.part.counts.push_back(part.labels[label]);
    }
    folder.parts.push_back(std::move(part.part));
    return {};
}

/// By label; nothing for labels that the training part does not have.
std::array<std::optional<std::uint8_t>, 256> positions_of(const std::vector<std::string>& classes) {
    std::array<std::optional<std::uint8_t>, 256> positions;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (const auto label = parse_number<std::uint8_t>(classes[i])) {
            positions[*label] = static_cast<std::uint8_t>(i);
        }
    }
    return positions;
}

}  // namespace

std::size_t IdxPart::size() const {
    return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

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
    const std::vector<std::uint8_t> labels = labels_in(training->labels);
    if (labels.size() < 2) {
        return failure(ErrorCode::bad_data,
                       fmt::format("all training images in '{}' have the label {}", path.string(),
                                   labels.front()),
                       "give images of at least two classes");
    }
    IdxFolder folder{
        .height = training->shape[1], .width = training->shape[2], .classes = {}, .parts = {}};
    for (const std::uint8_t label : labels) {
        folder.classes.push_back(fmt::format("{}", label));
    }
    TRILBY_CHECK(append(std::move(*training), labels, folder));
    if (test) {
        TRILBY_CHECK(append(std::move(*test), labels, folder));
    }
    return folder;
}

Result<LargeVector<std::uint8_t>> read_idx_labels(const IdxFolder& folder, const IdxPart& part) {
    const auto positions = positions_of(folder.classes);
    LargeVector<std::uint8_t> labels;
    labels.reserve(part.size());
    bool are_known = true;
    TRILBY_CHECK(read_labels(part.labels, static_cast<std::int64_t>(part.size()),
                             [&](std::span<const std::uint8_t> piece) {
                                 for (const std::uint8_t label : piece) {
                                     are_known = are_known && positions[label];
                                     labels.push_back(positions[label].value_or(0));
                                 }
                             }));
    if (!are_known) {
        return corrupt_file(part.labels, "changed while it was read");
    }
    return labels;
}

Result<void> read_idx_images(
    const IdxFolder& folder, const IdxPart& part,
    const std::function<void(std::size_t, std::span<const std::uint8_t>)>& use) {
    TRILBY_TRY(file, IdxFile::open(part.images));
    if (file.shape() !=
        std::vector{static_cast<std::int64_t>(part.size()), folder.height, folder.width}) {
        return corrupt_file(part.images, "changed while it was read");
    }
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(folder.height * folder.width));
    for (std::size_t i = 0; i < part.size(); ++i) {
        TRILBY_CHECK(file.read_next(std::as_writable_bytes(std::span(pixels))));
        use(i, pixels);
    }
    return file.expect_end();
}

}  // namespace trilby::data
