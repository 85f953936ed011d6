// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_split.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <span>
#include <utility>

#include "base/random.hpp"
#include "base/try.hpp"

namespace trilby::data {
namespace {

using Path = std::filesystem::path;

struct LabeledFile {
    Path path;
    std::int32_t label = 0;
};

using Files = std::vector<LabeledFile>;
/// By Part.
using FilesOfParts = std::array<Files, 3>;

Files& files_of(FilesOfParts& parts, Part part) {
    return parts.at(static_cast<std::size_t>(part));
}

std::int32_t label_of(const ImageFolder& folder, const ImageClass& one) {
    const auto at = std::ranges::lower_bound(folder.classes, one.name);
    return static_cast<std::int32_t>(at - folder.classes.begin());
}

FilesOfParts files_by_part(const ImageFolder& folder) {
    FilesOfParts parts;
    for (const ImagePart& part : folder.parts) {
        for (const ImageClass& one : part.classes) {
            for (const Path& file : one.files) {
                files_of(parts, part.part).push_back({file, label_of(folder, one)});
            }
        }
    }
    return parts;
}

/// At least one file, but never the last one.
std::size_t share(std::size_t count, double fraction) {
    const auto wanted =
        static_cast<std::size_t>(std::lround(static_cast<double>(count) * fraction));
    return std::min(std::max<std::size_t>(wanted, 1), count - 1);
}

/// Moves a share of every class from `training`, whose files are ordered by label, to `to`.
void take_from_each_class(Files& training, double fraction, SplitMix64& random, Files& to) {
    Files left;
    for (auto first = training.begin(); first != training.end();) {
        const auto last = std::find_if(first, training.end(), [&](const LabeledFile& file) {
            return file.label != first->label;
        });
        shuffle(std::span(first, last), random);
        const auto taken = first + static_cast<std::ptrdiff_t>(
                                       share(static_cast<std::size_t>(last - first), fraction));
        std::move(first, taken, std::back_inserter(to));
        std::move(taken, last, std::back_inserter(left));
        first = last;
    }
    training = std::move(left);
}

Range append(Files&& files, SplitImages& to) {
    const auto first = static_cast<std::int64_t>(to.files.size());
    for (LabeledFile& file : files) {
        to.files.push_back(std::move(file.path));
        to.labels.push_back(file.label);
    }
    return {first, static_cast<std::int64_t>(to.files.size())};
}

}  // namespace

Result<void> check_parts(const Parts& parts) {
    for (const Part part : {Part::training, Part::validation, Part::test}) {
        if (parts.of(part).size() == 0) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("no images are left for {}", part == Part::training     ? "training"
                                                         : part == Part::validation ? "validation"
                                                                                    : "the test"),
                "use at least 3 images of each class");
        }
    }
    return {};
}

Result<SplitImages> split_images(const ImageFolder& folder, const SplitFractions& fractions,
                                 std::uint64_t seed) {
    FilesOfParts parts = files_by_part(folder);
    Files& training = files_of(parts, Part::training);
    Files& validation = files_of(parts, Part::validation);
    Files& test = files_of(parts, Part::test);
    SplitMix64 random(seed);
    // Both fractions are of all training images. The second is taken from what the first has left,
    // so there it must be larger.
    const bool has_test = !test.empty();
    if (!has_test) {
        take_from_each_class(training, fractions.test, random, test);
    }
    if (validation.empty()) {
        const double left = has_test ? 1.0 : 1.0 - fractions.test;
        take_from_each_class(training, fractions.validation / left, random, validation);
    }
    SplitImages split;
    split.parts.training = append(std::move(training), split);
    split.parts.validation = append(std::move(validation), split);
    split.parts.test = append(std::move(test), split);
    TRILBY_CHECK(check_parts(split.parts));
    return split;
}

Result<void> keep_only(std::span<const std::size_t> kept, SplitImages& images) {
    SplitImages left;
    for (const std::size_t position : kept) {
        left.files.push_back(std::move(images.files[position]));
        left.labels.push_back(images.labels[position]);
    }
    const auto kept_before = [&](std::int64_t position) {
        return std::ranges::lower_bound(kept, static_cast<std::size_t>(position)) - kept.begin();
    };
    const auto shrunk = [&](const Range& part) {
        return Range{kept_before(part.first), kept_before(part.last)};
    };
    left.parts = {shrunk(images.parts.training), shrunk(images.parts.validation),
                  shrunk(images.parts.test)};
    images = std::move(left);
    return check_parts(images.parts);
}

}  // namespace trilby::data
